#include "server/watch/watched_folder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/events/event_names.hpp"
#include "common/inbox/reconcile.hpp"
#include "common/session/names.hpp"
#include "common/storage/existence.hpp"
#include "server/seal/seal_start.hpp"
#include "server/seal/watched_origin.hpp"
#include "server/startup/lost_sessions.hpp"
#include "server/watch/returned_folders.hpp"

namespace burnbox::watch {
namespace {

constexpr std::chrono::seconds kRescanEvery{30};  // only when not everything can be watched
constexpr std::chrono::seconds kTryAgain{60};     // after the disk or the catalogue failed

bool is_open_name(const std::string& name) {
    return !name.starts_with('.') && parse_folder(name).state == FolderState::open;
}

bool is_own_text(const std::string& inside) {
    return is_own_file(inside) && !inside.ends_with(".refused");
}

}  // namespace

WatchedFolder::WatchedFolder(const WatchConfig& config, const UploadServices& services,
                             std::function<void(std::function<void()>)> to_watch_thread)
    : config_(config),
      services_(services),
      to_watch_thread_(std::move(to_watch_thread)),
      origin_(std::make_shared<upload::WatchedOrigin>(std::make_shared<upload::SessionRegistry>(services),
                                                      config.account)),
      agenda_(config.settle) {}

Status WatchedFolder::recover() {
    BB_CHECK(upload::find_lost_sessions(services_, {config_.account}));
    BB_CHECK(withdraw_returned_folders(services_, ""));
    return reconcile_inboxes(services_.inbox, services_.catalogue, {config_.account});
}

Status WatchedFolder::start() {
    BB_TRY(tree_, InotifyTree::open(config_.path));
    rescan();
    log::info("folder watched", log::kv("folder", config_.path), log::kv("account", config_.account),
              log::kv("sessions", agenda_.names().size()), log::kv("folders", tree_->size()));
    if (const std::string note = unseen_note(config_); !note.empty())
        log::warning("writers not seen", log::kv("folder", config_.path), log::kv("reason", note));
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
    for (const std::string& name : agenda_.names())
        if (!there.contains(name)) erase(name);
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
            if (!is_own_text(notice.inside))
                agenda_.note_change(notice.top, notice.inside, services_.clock.steady_now());
            return;
        case Notice::Kind::overflow:
            log::warning("notices lost", log::kv("folder", config_.path),
                         log::kv("reason", "too many at once; it is looked at anew"));
            check_vanished("");
            return rescan();
        case Notice::Kind::root_gone:
            return;  // whoever holds it sees that it is not in its place
    }
}

void WatchedFolder::appear(const std::string& top, bool is_folder) {
    const bool strange = is_folder && is_strangers(top);
    if (is_folder && (is_open_name(top) || strange)) {
        if (strange && told_.insert(top).second)
            log::warning("no session", log::kv("folder", config_.path), log::kv("entry", top),
                         log::kv(check_session_name(top).error()));
        tree_->watch(top);
        agenda_.add(top);
        return agenda_.note_change(top, "", services_.clock.steady_now());
    }
    const bool is_sealed = is_folder && parse_folder(top).state != FolderState::open;
    const bool is_temporary = !is_folder && top.starts_with('.');  // of rsync, say
    const ConfigSnapshot config = services_.config.snapshot();
    const bool is_signal = !is_folder && config_.path == config->signals_dir && is_signal_name(top);
    if (is_sealed || is_temporary || is_signal || !told_.insert(top).second) return;
    log::warning("no session", log::kv("folder", config_.path), log::kv("entry", top),
                 log::kv("reason", is_folder ? "sessions' names don't begin with a dot"
                                             : "only folders are sessions; put it into one"));
}

// Somebody called a folder of his own as burnbox calls those of sealed sessions. burnbox puts its text into
// them before it gives them their names.
bool WatchedFolder::is_strangers(const std::string& top) const {
    const FolderState state = parse_folder(top).state;
    if (state == FolderState::open) return false;
    const char* const text = state == FolderState::queued   ? "STATUS.txt"
                             : state == FolderState::burned ? "RECEIPT.txt"
                                                            : "FAILED.txt";
    const std::string path = join_path(config_.account, top);
    if (exists(services_.inbox.fs(), join_path(path, text)).value_or(true)) return false;
    const auto rows = services_.catalogue.sessions("");
    return rows && std::ranges::none_of(*rows, [&](const SessionRow& row) {
               return row.staging == services_.inbox.area() && (row.folder == top || row.folder_next == top);
           });
}

void WatchedFolder::erase(const std::string& name) {
    if (agenda_.find(name) == nullptr) return;
    tree_->forget(name);
    agenda_.erase(name);
}

std::optional<SteadyTime> WatchedFolder::next_time() const {
    const auto next = agenda_.next_time();
    if (!next || !next_rescan_) return next ? next : next_rescan_;
    return std::min(*next, *next_rescan_);
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
    while (const auto name = agenda_.take_due(now)) {
        // With the kernel's notices incomplete only the times on the disk say what is quiet.
        if (tree_->complete() && !agenda_.is_quiet(*agenda_.find(*name), now))
            agenda_.schedule_when_quiet(*name);
        else
            look(*name, std::nullopt);
    }
}

void WatchedFolder::look(const std::string& name, std::optional<Order> order) {
    agenda_.begin_work(name);
    const Question question{.account = config_.account,
                            .session = name,
                            .last_changed = agenda_.find(name)->last_changed,
                            .settle = config_.settle,
                            .quiet_for = services_.clock.steady_now() - agenda_.find(name)->changed,
                            .asked_for = order.has_value()};
    services_.run_blocking([self = shared_from_this(), question, began = services_.clock.steady_now(),
                            order = std::move(order)] {
        const Examined result = examine(self->services_, question);
        self->to_watch_thread_([self, name = question.session, began, result, order] {
            self->take_notices();  // what changed while we looked
            self->looked(name, began, result, order);
        });
    });
}

void WatchedFolder::looked(const std::string& name, SteadyTime began, const Examined& result,
                           const std::optional<Order>& order) {
    const auto answer = [&](Errc code, const std::string& why) {
        if (order) order->done(fail(code, fmt::format("{} can't be sealed: {}", escape(name), why)));
    };
    const Agenda::Session* const session = agenda_.end_work(name);
    if (session == nullptr) return answer(Errc::not_found, "it is gone");
    if (result.gone) {
        erase(name);
        return answer(Errc::not_found, "it is gone");
    }
    agenda_.set_size(name, result.bytes, result.files_count);
    if (!result.marker) agenda_.set_reason(name, why_no_marker(name, result));
    if (session->changed >= began) {
        agenda_.schedule_when_quiet(name);
        return answer(Errc::busy, "it is still changing");
    }
    if (!result.marker) return;
    if (result.not_quiet) {
        agenda_.set_reason(name, why_not_quiet(result));
        agenda_.schedule(name, services_.clock.steady_now() + *result.not_quiet);
        return answer(Errc::busy, "it is still changing");
    }
    if (!result.busy.empty()) {
        agenda_.set_reason(name, result.busy);
        agenda_.schedule(name, services_.clock.steady_now() + config_.settle);
        return answer(Errc::busy, result.busy);
    }
    seal(name, result, order);
}

std::string WatchedFolder::why_no_marker(const std::string& name, const Examined& result) const {
    const ConfigSnapshot config = services_.config.snapshot();
    if (const Status possible = check_session_name(name); !possible) return possible.error().message;
    const std::string why = upload::no_marker_text(config->session);
    if (!result.problem.empty()) return why + "; " + result.problem;
    return result.refused.empty() ? why : result.refused;
}

std::string WatchedFolder::why_not_quiet(const Examined& result) const {
    if (result.unseen.empty()) return "marker seen: waits until nothing changes any more";
    return fmt::format(
        "marker seen: nobody can tell whether these are still being written: {}; it waits until nothing "
        "changed for {}, or for a SHA256SUMS",
        result.unseen, unseen_settle(config_));
}

void WatchedFolder::seal(const std::string& name, const Examined& result, const std::optional<Order>& order) {
    agenda_.begin_work(name);
    agenda_.set_reason(name, "is being sealed");
    const auto session = std::make_shared<upload::OpenSession>(name);
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
    const std::lock_guard lock(origin_->mutex());
    upload::start_seal(origin_, session, request, std::move(done), after);
}

void WatchedFolder::sealed(const std::string& name, const Result<std::string>& answer) {
    const Agenda::Session* const session = agenda_.end_work(name);
    if (session == nullptr) return;  // it has another name now
    if (answer) {
        // A new session of that name may have come already.
        const ConfigSnapshot config = services_.config.snapshot();
        agenda_.set_reason(name, upload::no_marker_text(config->session));
        return agenda_.schedule_when_quiet(name);
    }
    agenda_.set_reason(name, answer.error().message);
    const SteadyTime now = services_.clock.steady_now();
    if (!agenda_.is_quiet(*session, now))
        agenda_.schedule_when_quiet(name);
    else if (answer.error().retryable())
        agenda_.schedule(name, now + std::max<std::chrono::nanoseconds>(kTryAgain, config_.settle));
}

void WatchedFolder::check_vanished(const std::string& folder) {
    services_.run_blocking([self = shared_from_this(), folder] {
        if (const Status settled = withdraw_returned_folders(self->services_, folder); !settled)
            log::warning("renamed session not settled", log::kv("folder", self->config_.path),
                         log::kv(settled.error()));
    });
}

void WatchedFolder::burn(const std::string& name, bool again, Done done) {
    take_notices();
    const Agenda::Session* const session = agenda_.find(name);
    if (session == nullptr)
        return done(fail(Errc::not_found, fmt::format("there is no open session {}", escape(name))));
    if (session->at_work)
        return done(fail(Errc::busy, fmt::format("{} is being looked at; try again", escape(name))));
    look(name, Order{.again = again, .done = std::move(done)});
}

}  // namespace burnbox::watch
