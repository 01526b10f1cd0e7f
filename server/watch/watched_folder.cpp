#include "server/watch/watched_folder.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/events/event_names.hpp"
#include "common/session/names.hpp"
#include "common/session/repair.hpp"
#include "server/upload/seal_start.hpp"
#include "server/watch/returned_folders.hpp"

namespace burnbox::watch {
namespace {

constexpr unsigned kMostAtWork = 2;               // the disk pool is the uploads' too
constexpr std::chrono::seconds kRescanEvery{30};  // only when not everything can be watched
constexpr std::chrono::seconds kTryAgain{60};     // after the disk or the catalogue failed
// No account has this name: sessions here have no journals, and must not touch those of the account's inbox.
constexpr const char* kNoJournal = "-watched";

// The administrator decided that this folder's content is to be burned; rights and quota are for what comes
// by SSH.
AccountConfig account_of(const Config& config, const std::string& name) {
    AccountConfig account;
    if (const auto found = config.accounts.find(name); found != config.accounts.end())
        account = found->second;
    account.name = name;
    account.rights = {};
    account.quota_bytes = 0;
    return account;
}

bool is_open_name(const std::string& name) {
    return !name.starts_with('.') && parse_folder(name).state == FolderState::open;
}

// burnbox's own texts, and the names they have while they are written.
bool is_own_text(const std::string& inside) {
    if (is_own_file(inside)) return !inside.ends_with(".refused");
    return inside.starts_with('.') && inside.ends_with(".tmp") &&
           is_own_file(inside.substr(1, inside.size() - 5));
}

}  // namespace

WatchedFolder::WatchedFolder(const WatchConfig& config, const UploadServices& services,
                             std::function<void(std::function<void()>)> to_watch_thread)
    : config_(config),
      services_(services),
      to_watch_thread_(std::move(to_watch_thread)),
      core_(std::make_shared<upload::Core>(services)),
      account_(std::make_shared<upload::Account>(account_of(services.config, config.account),
                                                 account_of(services.config, config.account).pool)) {}

Status WatchedFolder::recover() {
    BB_CHECK(settle_returned_folders(services_, ""));
    return repair_inboxes(services_.inbox, services_.catalogue, {config_.account});
}

Status WatchedFolder::start() {
    BB_TRY(tree_, InotifyTree::open(config_.path));
    rescan();
    log::info("folder watched", log::kv("folder", config_.path), log::kv("account", config_.account),
              log::kv("sessions", sessions_.size()), log::kv("folders", tree_->size()));
    return {};
}

void WatchedFolder::rescan() {
    const auto entries = list_folder(services_.inbox.fs(), config_.account);
    if (!entries)
        return log::error("watched folder not read", log::kv("folder", config_.path),
                          log::kv(entries.error()));
    std::set<std::string> there;
    for (const DirEntry& entry : *entries) {
        appear(entry.name, entry.type == FileType::folder);
        there.insert(entry.name);
    }
    std::vector<std::string> gone;
    for (const auto& [name, session] : sessions_)
        if (!there.contains(name)) gone.push_back(name);
    for (const std::string& name : gone) erase(name);
}

void WatchedFolder::take_notices() {
    const Status read = tree_->read([this](const Notice& notice) { take(notice); });
    if (!read) log::error("watched folder not read", log::kv("folder", config_.path), log::kv(read.error()));
}

void WatchedFolder::take(const Notice& notice) {
    switch (notice.kind) {
        case Notice::Kind::appeared:
            return appear(notice.top, notice.is_folder);
        case Notice::Kind::vanished:
            erase(notice.top);
            told_.erase(notice.top);
            if (notice.is_folder && !is_open_name(notice.top)) check_vanished(notice.top);
            return;
        case Notice::Kind::changed:
            if (!is_own_text(notice.inside)) note_change(notice.top, notice.inside);
            return;
        case Notice::Kind::overflow:
            log::warning("notices lost", log::kv("folder", config_.path),
                         log::kv("reason", "too many at once; it is looked at anew"));
            check_vanished("");
            return rescan();
        case Notice::Kind::root_gone:
            log::error("watched folder is gone", log::kv("folder", config_.path),
                       log::kv("remedy", "put it back and restart burnbox"));
            return;
    }
}

void WatchedFolder::appear(const std::string& top, bool is_folder) {
    if (is_folder && is_open_name(top)) {
        tree_->watch(top);
        {
            const std::lock_guard lock(mutex_);
            sessions_.try_emplace(top);
        }
        return note_change(top, "");
    }
    const bool is_sealed = is_folder && parse_folder(top).state != FolderState::open;
    const bool is_temporary = !is_folder && top.starts_with('.');  // of rsync, say
    const bool is_signal = !is_folder && config_.path == services_.config.signals_dir && is_signal_name(top);
    if (is_sealed || is_temporary || is_signal || !told_.insert(top).second) return;
    log::warning("no session", log::kv("folder", config_.path), log::kv("entry", top),
                 log::kv("reason", is_folder ? "sessions' names don't begin with a dot"
                                             : "only folders are sessions; put it into one"));
}

void WatchedFolder::note_change(const std::string& name, const std::string& inside) {
    const auto found = sessions_.find(name);
    if (found == sessions_.end()) return;
    Session& session = found->second;
    session.changed = services_.clock.steady_now();
    session.last_changed = inside;
    if (!session.due && !session.at_work) schedule(name, session, session.changed + config_.settle);
}

void WatchedFolder::schedule(const std::string& name, Session& session, SteadyTime time) {
    if (session.due) due_.erase({*session.due, name});
    session.due = time;
    due_.emplace(time, name);
}

void WatchedFolder::erase(const std::string& name) {
    const auto found = sessions_.find(name);
    if (found == sessions_.end()) return;
    tree_->forget(name);
    if (found->second.due) due_.erase({*found->second.due, name});
    const std::lock_guard lock(mutex_);
    sessions_.erase(found);
}

std::optional<SteadyTime> WatchedFolder::next_time() const {
    std::optional<SteadyTime> next = next_rescan_;
    if (at_work_ < kMostAtWork && !due_.empty() && (!next || due_.begin()->first < *next))
        next = due_.begin()->first;
    return next;
}

void WatchedFolder::tick() {
    const SteadyTime now = services_.clock.steady_now();
    if (next_rescan_ && *next_rescan_ <= now) {
        next_rescan_.reset();
        check_vanished("");
        rescan();
    }
    if (!tree_->complete() && !next_rescan_)
        next_rescan_ = now + std::max<std::chrono::nanoseconds>(kRescanEvery, config_.settle);
    while (at_work_ < kMostAtWork && !due_.empty() && due_.begin()->first <= now) {
        const std::string name = due_.begin()->second;
        due_.erase(due_.begin());
        Session& session = sessions_.at(name);
        session.due.reset();
        if (session.at_work) continue;
        // With the kernel's notices incomplete only the times on the disk say what is quiet.
        if (session.changed + config_.settle > now && tree_->complete())
            schedule(name, session, session.changed + config_.settle);
        else
            look(name, session, std::nullopt);
    }
}

void WatchedFolder::look(const std::string& name, Session& session, std::optional<Order> order) {
    session.at_work = true;
    ++at_work_;
    const Question question{.account = config_.account,
                            .session = name,
                            .last_changed = session.last_changed,
                            .settle = config_.settle,
                            .asked_for = order.has_value()};
    services_.run_blocking([self = shared_from_this(), question, began = services_.clock.steady_now(),
                            order = std::move(order)] {
        const Examined result = examine(self->services_, question);
        self->to_watch_thread_([self, name = question.session, began, result, order] {
            self->take_notices();  // what changed while we looked
            --self->at_work_;
            self->looked(name, began, result, order);
        });
    });
}

void WatchedFolder::looked(const std::string& name, SteadyTime began, const Examined& result,
                           const std::optional<Order>& order) {
    const auto answer = [&](Errc code, const std::string& why) {
        if (order) order->done(fail(code, fmt::format("{} can't be sealed: {}", escape(name), why)));
    };
    const auto found = sessions_.find(name);
    if (found == sessions_.end()) return answer(Errc::not_found, "it is gone");
    Session& session = found->second;
    session.at_work = false;
    if (result.gone) {
        erase(name);
        return answer(Errc::not_found, "it is gone");
    }
    {
        const std::lock_guard lock(mutex_);
        session.bytes = result.bytes;
        session.files_count = result.files_count;
    }
    if (!result.marker) {
        std::string reason = upload::no_marker_text(services_.config.session);
        if (!result.problem.empty())
            reason += "; " + result.problem;
        else if (result.was_refused)
            reason = session.reason.empty() ? "refused: REFUSED.txt in it says why" : session.reason;
        set_reason(session, reason);
    }
    if (session.changed >= began) {
        look_again(name, session);
        return answer(Errc::busy, "it is still changing");
    }
    if (!result.marker) return;
    if (result.not_quiet) {
        set_reason(session, "marker seen: waits until nothing changes any more");
        schedule(name, session, services_.clock.steady_now() + *result.not_quiet);
        return answer(Errc::busy, "it is still changing");
    }
    if (!result.busy.empty()) {
        set_reason(session, result.busy);
        schedule(name, session, services_.clock.steady_now() + config_.settle);
        return answer(Errc::busy, result.busy);
    }
    seal(name, result, order);
}

void WatchedFolder::look_again(const std::string& name, Session& session) {
    schedule(name, session, session.changed + config_.settle);
}

void WatchedFolder::seal(const std::string& name, const Examined& result, const std::optional<Order>& order) {
    sessions_.at(name).at_work = true;
    ++at_work_;
    set_reason(sessions_.at(name), "is being sealed");
    const auto session = std::make_shared<upload::OpenSession>(services_.state_fs, kNoJournal, name);
    const upload::SealRequest request{
        .by = order ? upload::SealRequest::By::command : upload::SealRequest::By::marker,
        .marker = *result.marker,
        .again = order && order->again,
        .sender_opened_at = {},
        .problem = result.problem};
    auto done = [self = shared_from_this(), name, order](const Result<std::string>& answer) {
        if (order) order->done(answer);
        self->to_watch_thread_([self, name, answer] {
            self->take_notices();
            self->sealed(name, answer);
        });
    };
    upload::AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    upload::start_seal(core_, account_, session, request, std::move(done), after);
}

void WatchedFolder::sealed(const std::string& name, const Result<std::string>& answer) {
    --at_work_;
    const auto found = sessions_.find(name);
    if (found == sessions_.end()) return;  // it has another name now
    Session& session = found->second;
    session.at_work = false;
    if (answer) {
        // A new session of that name may have come already.
        set_reason(session, upload::no_marker_text(services_.config.session));
        return look_again(name, session);
    }
    set_reason(session, answer.error().message);
    const SteadyTime now = services_.clock.steady_now();
    if (session.changed + config_.settle > now)
        look_again(name, session);
    else if (answer.error().retryable())
        schedule(name, session, now + std::max<std::chrono::nanoseconds>(kTryAgain, config_.settle));
}

void WatchedFolder::check_vanished(const std::string& folder) {
    services_.run_blocking([self = shared_from_this(), folder] {
        if (const Status settled = settle_returned_folders(self->services_, folder); !settled)
            log::warning("renamed session not settled", log::kv("folder", self->config_.path),
                         log::kv(settled.error()));
    });
}

void WatchedFolder::set_reason(Session& session, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    session.reason = reason;
}

void WatchedFolder::burn(const std::string& name, bool again, Done done) {
    take_notices();
    const auto found = sessions_.find(name);
    if (found == sessions_.end())
        return done(fail(Errc::not_found, fmt::format("there is no open session {}", escape(name))));
    if (found->second.at_work)
        return done(fail(Errc::busy, fmt::format("{} is being looked at; try again", escape(name))));
    look(name, found->second, Order{.again = again, .done = std::move(done)});
}

std::vector<Uploads::OpenSession> WatchedFolder::open_sessions() const {
    const std::lock_guard lock(mutex_);
    std::vector<Uploads::OpenSession> all;
    all.reserve(sessions_.size());
    for (const auto& [name, session] : sessions_)
        all.push_back(
            {.account = config_.account,
             .name = name,
             .bytes = session.bytes,
             .files_count = session.files_count,
             .reason = session.reason.empty() ? "in a watched folder: not looked at yet" : session.reason});
    return all;
}

}  // namespace burnbox::watch
