#include "server/lease/write_lease.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/refusal/seal_refusal.hpp"
#include "server/seal/seal_start.hpp"
#include "server/sessions/resolved_path.hpp"

namespace burnbox::upload {
namespace {

// What rsync has beside the files that stay: one that is not renamed yet.
constexpr std::size_t kTemporary = 1;

}  // namespace

WriteLease::WriteLease(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account,
                       std::shared_ptr<OpenSession> session, Terms leased, const Facts& facts)
    : registry_(std::move(registry)),
      account_(std::move(account)),
      session_(std::move(session)),
      leased_(std::move(leased)),
      facts_(facts),
      top_(join_path(account_->name, session_->name)),
      folder_(registry_->inbox(), top_),
      sync_failures_before_(registry_->sync_failures()) {}

WriteLease::~WriteLease() {
    if (given_back_) return;
    const std::lock_guard lock(account_->mutex);
    account_->release(counted_);
    session_->leased = session_->leased_alone = false;
}

Status WriteLease::prepare() {
    std::vector<std::string> cut;
    std::string journal;
    {
        const std::lock_guard lock(account_->mutex);
        cut = session_->files.paths_cut_off();
        refusals_before_ = session_->refusals;
        began_ = !facts_.manner.dry_run && !session_->files.is_transfer_open();
        // Before the look: what becomes of other handles from here on is their doing.
        if (!facts_.manner.dry_run) BB_CHECK(session_->files.transfer_began());
        journal = session_->files.journal_path();
    }
    if (!facts_.manner.dry_run && !journal.empty())
        BB_CHECK(Journal::sync(registry_->services.state_fs, journal));
    BB_CHECK(folder_.make_nobodys(cut));
    BB_TRY(const FolderLook seen, folder_.look());
    before_ = {.files = file_stamps(seen.entries),
               .own_files = seen.own_files,
               .others = folders_and_links(seen.entries)};
    for (const std::string& path : cut)
        if (const auto found = before_.files.find(path); found != before_.files.end())
            cut_.insert(found->second.inode);
    prepared_ = true;
    return {};
}

Status WriteLease::measure() {
    const std::lock_guard one_at_a_time(mutex_);
    if (given_back_) return {};
    BB_CHECK(check_upload_right(*account_));
    const bool has_quota = account_->terms.quota_bytes() != 0;
    const LeasedCount there = folder_.count(has_quota);
    const std::lock_guard lock(account_->mutex);
    if (has_quota) {
        const std::uint64_t known = session_->files.bytes();
        account_->release(counted_);
        counted_ = there.bytes > known ? there.bytes - known : 0;
        account_->open_bytes += counted_;
        BB_CHECK(check_quota(*account_));
    }
    const std::size_t others = session_->others;
    if (there.others > others)
        BB_CHECK(account_->check_other_room(registry_->limits(), there.others - others));
    // Files that nobody sent have no records.
    const std::size_t known = std::max(session_->files.count(), before_.files.size());
    if (there.files <= known) return {};
    // Nothing is refused here that the end would take: markers are not asked for room.
    const ConfigSnapshot config = registry_->config();
    Limits limits = config->limits;
    limits.files += 1 + config->session.marker.size() + kTemporary;
    return account_->check_file_room(limits, there.files - known);
}

bool WriteLease::was_refused() const {
    const std::lock_guard lock(account_->mutex);
    return session_->refusals != refusals_before_;
}

void WriteLease::hash_brought(Brought& brought) const {
    std::vector<std::string> paths;
    for (const std::string& path : brought.left.brought) paths.push_back(join_path(top_, path));
    auto hashed = hash_files(registry_->inbox(), paths, registry_->services.run_blocking);
    for (std::size_t i = 0; i < hashed.size(); ++i) {
        if (hashed[i])
            brought.hashed[i] = *hashed[i];
        else if (hashed[i].error().code != Errc::conflict && hashed[i].error().code != Errc::not_found)
            brought.left.problems.push_back(hashed[i].error().message);
    }
}

Result<Brought> WriteLease::look_at_brought(bool ended_well) const {
    Brought brought{.counts = ended_well,
                    .began = registry_->tick(),
                    .manner = facts_.manner,
                    .before = before_.files,
                    .others_before = before_.others,
                    .cut = cut_,
                    .look = {},
                    .left = {},
                    .hashed = {}};
    auto modes = folder_.make_accessible();
    BB_TRY(brought.look, folder_.look());
    brought.left = folder_.put_in_order(before_, was_refused(), brought.look, account_->mutex);
    std::ranges::move(modes, std::back_inserter(brought.left.modes));
    brought.hashed.resize(brought.left.brought.size());
    if (ended_well) hash_brought(brought);
    return brought;
}

// No program began.
void WriteLease::give_back_unused(Done done) {
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    given_back_ = true;
    session_->leased = session_->leased_alone = false;
    if (began_) session_->files.transfer_ended_well();
    undo_empty_session();
    after.add([done = std::move(done)] { done(std::string()); });
}

void WriteLease::give_back(bool ended_well, Done done) {
    const std::lock_guard one_at_a_time(mutex_);
    if (!prepared_) return give_back_unused(std::move(done));
    auto brought = look_at_brought(ended_well);
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    given_back_ = true;
    account_->release(std::exchange(counted_, 0));
    session_->leased = session_->leased_alone = false;
    // A marker of another client may be on its way to a refusal.
    if (session_->phase != Phase::open && session_->phase != Phase::sealing) {
        after.add([done, name = session_->name] {
            done(fail(Errc::not_found, fmt::format("{} was removed meanwhile", escape(name))));
        });
        return;
    }
    if (!brought) {  // nobody knows what the program did
        session_->files.lost_all();
        after.add([done, error = brought.error()] { done(std::unexpected(error)); });
        return;
    }
    if (registry_->sync_failures() != sync_failures_before_) {
        brought->counts = false;
        brought->left.problems.emplace_back("the disk failed to keep what was received: send it again");
    }
    LeaseRecord(*registry_, *account_, *session_, facts_.connection).write(*brought);
    const auto others = folders_and_links(brought->look.entries);
    if (others != before_.others) session_->folders_completed = registry_->tick();
    session_->others = others.size();
    undo_empty_session();
    answer(*brought, std::move(done), after);
}

// A session that nothing came into: a dry run, or a program that did not begin.
void WriteLease::undo_empty_session() {
    if (!facts_.made_session || session_->phase != Phase::open) return;
    if (!registry_->inbox().remove_folder(top_)) return;
    session_->phase = Phase::gone;
    session_->files.remove_journal();
    account_->sessions.erase(session_->name);
}

void WriteLease::answer(const Brought& brought, Done done, AfterUnlock& after) {
    const std::string problem = list_reasons(brought.left.problems);
    const ConfigSnapshot config = registry_->config();
    const std::string marker =
        brought.counts ? brought_marker(config->session, brought.left.brought) : std::string();
    log::info("rsync ended", log::kv("account", account_->name), log::kv("session", session_->name),
              log::kv("counts", brought.counts), log::kv("files", brought.left.brought.size()));
    if (!marker.empty())
        return start_seal(registry_, account_, session_,
                          {.by = SealRequest::By::marker,
                           .marker = marker,
                           .again = false,
                           .sender_opened_at = {},
                           .problem = problem},
                          std::move(done), after);
    Result<std::string> result = std::string();
    if (!problem.empty())
        result = fail(Errc::invalid, fmt::format("{}: {}", escape(session_->name), problem));
    else if (!brought.counts && !brought.left.brought.empty())
        result =
            fmt::format("{}: what came now counts as cut off until it is sent again", escape(session_->name));
    else if (const auto cut = session_->files.paths_cut_off(); !cut.empty())
        result = fmt::format("{}: cut off before, and not sent again: {}", escape(session_->name),
                             list_names(cut));
    after.add([done = std::move(done), result = std::move(result)] { done(result); });
}

}  // namespace burnbox::upload
