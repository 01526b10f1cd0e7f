#include "server/operations/list_operations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/base/text.hpp"
#include "common/catalogue/copy_rules.hpp"
#include "common/storage/existence.hpp"
#include "server/operations/session_lookup.hpp"
#include "server/operations/views.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostFound = 10'000;

using Key = std::pair<std::string, std::string>;  // account, disc name

// What became of copies of burned sessions: discs that are suspect or missing, and copies that read back bad.
Result<std::map<Key, std::string>> gather_losses(Catalogue& catalogue) {
    std::map<Key, std::string> losses;
    BB_TRY(const auto discs, catalogue.discs());
    for (const DiscRow& disc : discs) {
        BB_TRY(const auto copies, catalogue.disc_sessions(disc.id));
        for (const DiscSessionRow& copy : copies) {
            if (counts(disc, copy)) continue;
            std::string& text = losses[{copy.account, std::string(whole_disc_name(copy.session_name))}];
            text += fmt::format("{}{}", text.empty() ? "" : "; ",
                                !copy.good           ? "its copy on disc " + disc.label + " is bad"
                                : disc.missing_since ? "disc " + disc.label + " is missing"
                                                     : "disc " + disc.label + " is suspect");
        }
    }
    return losses;
}

// Of a failed one whose folder somebody removed on the server, too: nothing but a person's word ends it.
std::string reason_of(const Asked& asked, const SessionRow& row) {
    if (row.state != SessionState::failed || row.folder.empty() || !row.folder_next.empty())
        return row.reason;
    const auto fs = asked.services.inbox.fs_of(row);
    const auto there = fs ? is_folder(**fs, join_path(row.account, row.folder)) : Result<bool>(true);
    if (there.value_or(true)) return row.reason;
    return fmt::format(
        "its folder {} is gone: put it back, or `cancel {}` lets go of it. It failed because: {}",
        escape(row.folder), name_for(asked, row.account, row.disc_name), row.reason);
}

// What names of sessions are used in more than one folder.
class Namesakes {
  public:
    void add(const std::string& account, const std::string& name, const std::string& watched_folder) {
        folders_[{account, name}].insert(watched_folder);
    }
    [[nodiscard]] bool has(const std::string& account, const std::string& name) const {
        const auto known = folders_.find({account, name});
        return known != folders_.end() && known->second.size() > 1;
    }

  private:
    std::map<Key, std::set<std::string>> folders_;
};

std::string watched_folder_of(const SessionRow& row) {
    const std::string* const watched = row.staging.watched_folder();
    return watched == nullptr ? std::string() : *watched;
}

// Sealed ones as the catalogue has them, oldest first, then the open ones. Without `burned` those are left
// out.
Result<std::vector<SessionView>> gather_sessions(const Asked& asked, bool burned) {
    std::vector<SessionView> views;
    BB_TRY(const auto rows, asked.services.catalogue.sessions(asked.account));
    BB_TRY(auto losses, gather_losses(asked.services.catalogue));
    const auto open_sessions = asked.services.open_sessions();
    Namesakes namesakes;
    for (const SessionRow& row : rows)
        if (row.state != SessionState::burned || burned)
            namesakes.add(row.account, row.name, watched_folder_of(row));
    for (const OpenSessionStatus& open : open_sessions)
        namesakes.add(open.account, open.name, open.watched_folder);
    for (const SessionRow& row : rows) {
        const bool is_burned = row.state == SessionState::burned;
        if (is_burned && !burned) continue;
        const std::string& loss = losses[{row.account, row.disc_name}];
        views.push_back({row.account, row.disc_name, row.state, row.bytes, row.files_count,
                         is_burned && !loss.empty() ? loss : reason_of(asked, row),
                         namesakes.has(row.account, row.name) ? place_for(asked, row) : ""});
    }
    for (const OpenSessionStatus& open : open_sessions)
        if (asked.account.empty() || open.account == asked.account)
            views.push_back({open.account, open.name, std::nullopt, open.bytes, open.files_count, open.reason,
                             namesakes.has(open.account, open.name) ? place_for(asked, open) : ""});
    return views;
}

Result<std::vector<DiscView>> gather_discs(const Asked& asked) {
    std::vector<DiscView> views;
    BB_TRY(const auto discs, asked.services.catalogue.discs());
    for (DiscRow disc : discs) {
        BB_TRY(auto sessions, asked.services.catalogue.disc_sessions(disc.id));
        if (!asked.account.empty()) {
            disc.reason.clear();  // it may name sessions of others
            std::erase_if(sessions, [&](const DiscSessionRow& row) { return row.account != asked.account; });
            if (sessions.empty()) continue;
        }
        views.push_back({std::move(disc), std::move(sessions)});
    }
    return views;
}

// Those of the drive's sessions that the asker may know.
std::vector<SessionName> names_of(const Asked& asked, const DriveStatus& drive) {
    std::vector<SessionName> names;
    for (const SessionId id : drive.sessions) {
        const auto row = asked.services.catalogue.session(id);
        if (row && (asked.account.empty() || row->account == asked.account))
            names.push_back({row->account, row->disc_name});
    }
    return names;
}

// `discs`: those the asker may know.
std::vector<DriveView> gather_drives(const Asked& asked, const std::vector<DiscView>& discs) {
    std::vector<DriveView> views;
    for (DriveStatus& drive : asked.services.drives()) {
        DriveView view{std::move(drive), {}};
        view.sessions = names_of(asked, view.drive);
        if (!asked.account.empty()) {
            const auto is_in_drive = [&](const DiscView& disc) { return disc.disc.label == view.drive.disc; };
            if (std::ranges::none_of(discs, is_in_drive)) view.drive.disc.clear();
            view.drive.device.clear();
            if (view.sessions.empty())
                view.drive = {.drive = view.drive.drive,
                              .device = "",
                              .state = view.drive.state,
                              .medium = view.drive.medium,
                              .disc = view.drive.disc,
                              .sessions = {},
                              .progress = {},
                              .reason = ""};
        }
        views.push_back(std::move(view));
    }
    return views;
}

bool wants_json(const Asked& asked) {
    return asked.operation.has("--json");
}

Result<std::string> list_sessions(const Asked& asked) {
    BB_TRY(const auto sessions, gather_sessions(asked, true));
    return wants_json(asked) ? sessions_json(sessions) : sessions_text(sessions, asked.account.empty());
}

Result<std::string> list_discs(const Asked& asked) {
    BB_TRY(const auto discs, gather_discs(asked));
    return wants_json(asked) ? discs_json(discs) : discs_text(discs, asked.account.empty());
}

Result<std::string> list_drives(const Asked& asked) {
    BB_TRY(const auto discs, gather_discs(asked));
    const auto drives = gather_drives(asked, discs);
    return wants_json(asked) ? drives_json(drives) : drives_text(drives);
}

Result<std::string> list_status(const Asked& asked) {
    BB_TRY(auto discs, gather_discs(asked));
    auto drives = gather_drives(asked, discs);
    BB_TRY(auto sessions, gather_sessions(asked, false));
    StatusView status{std::move(drives), std::move(discs), std::move(sessions)};
    const bool all_accounts = asked.account.empty();
    if (all_accounts && asked.services.folders_away) status.away = asked.services.folders_away();
    if (all_accounts && asked.services.keys_wrong) status.keys_wrong = asked.services.keys_wrong();
    return wants_json(asked) ? status_json(status) : status_text(status, all_accounts);
}

void answer(const Asked& asked, Result<std::string> text) {
    if (text)
        asked.done(std::move(*text));
    else
        asked.failed(text.error().message);
}

}  // namespace

void run_status(const Asked& asked) {
    answer(asked, list_status(asked));
}

void run_sessions(const Asked& asked) {
    answer(asked, list_sessions(asked));
}

void run_discs(const Asked& asked) {
    answer(asked, list_discs(asked));
}

void run_drives(const Asked& asked) {
    answer(asked, list_drives(asked));
}

void run_find(const Asked& asked) {
    const auto files = asked.services.catalogue.find(asked.account, asked.operation.argument, kMostFound);
    if (!files) return asked.failed(files.error().message);
    const bool json = wants_json(asked);
    if (json || !files->empty()) asked.sink->out(json ? found_json(*files) : found_text(*files));
    if (files->size() == kMostFound)
        asked.sink->error(
            fmt::format("these are the first {} files; a narrower pattern finds the others", kMostFound));
    if (files->empty())
        return asked.failed(
            fmt::format("no file on a disc matches \"{}\"", escape(asked.operation.argument)));
    asked.sink->finish(0);
}

}  // namespace burnbox
