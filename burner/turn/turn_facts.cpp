// What is known at the beginning of a turn.
#include <algorithm>

#include "burner/finish/finisher.hpp"
#include "burner/prepare/parity_loop.hpp"
#include "burner/prepare/splitter.hpp"
#include "burner/turn/turn.hpp"

namespace burnbox {

Result<QueueSnapshot> Turn::gather(SteadyTime rests_until) {
    const BurnerServices& services = context_.services;
    BB_TRY(auto rows, services.catalogue.burn_queue());
    const ConfigSnapshot config = services.config.snapshot();
    QueueSnapshot facts;
    facts.now = services.clock.steady_now();
    facts.time = services.clock.now();
    facts.pools = config->pools;
    facts.batch = config->burn.batch;
    facts.layout = config->burn.layout;
    facts.drives = context_.schedule.drives();
    DriveFacts& here = facts.drives[context_.drive.name()];
    here = facts_of_this_drive(std::move(here), *config);
    here.rests_until = rests_until;
    for (SessionRow& row : rows) facts.queue.push_back(facts_of(std::move(row), *config));
    forget_others(facts.queue);
    return facts;
}

QueuedSession Turn::facts_of(SessionRow row, const Config& config) {
    const BurnerServices& services = context_.services;
    QueuedSession session = context_.schedule.facts_of(std::move(row));
    const SessionRow& queued = session.row;
    session.folder_is_behind = queued.folder_next.empty() && waits_for_its_folder(queued);
    if (const auto fs = services.inbox.fs_of(queued); !fs) session.folder_away = fs.error().message;
    waits_.tell_when_folder_is_back(session);
    session.not_split_yet = waits_for_split(config, context_.schedule, queued);
    session.not_protected_yet =
        !unprotected_.contains(queued.id) && waits_for_parity(services, context_.schedule, queued);
    if (!session.not_protected_yet && config.burn.redundancy == 0) unprotected_.insert(queued.id);
    return session;
}

DriveFacts Turn::facts_of_this_drive(DriveFacts noted, const Config& config) const {
    const auto own = config.drives.find(context_.drive.name());
    noted.emulated = context_.drive.emulated();
    noted.has_changer = own != config.drives.end() && !own->second.load.empty();
    noted.unsuitable = context_.notes.unsuitable;
    for (const auto& [session, backoff] : context_.notes.rests) noted.rests[session] = backoff.until();
    return noted;
}

// What is noted of sessions that left the queue.
void Turn::forget_others(const std::vector<QueuedSession>& queue) {
    std::set<SessionId> queued;
    for (const QueuedSession& session : queue) queued.insert(session.row.id);
    const auto left = [&](const auto& note) { return !queued.contains(note.first); };
    std::erase_if(context_.notes.rests, left);
    std::erase_if(sizes_, left);
    std::erase_if(layouts_, left);
    std::erase_if(unprotected_, [&](SessionId session) { return !queued.contains(session); });
    waits_.keep_only(queued);
}

}  // namespace burnbox
