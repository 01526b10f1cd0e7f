#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "common/base/text.hpp"
#include "server/control/columns.hpp"
#include "server/operations/views.hpp"

namespace burnbox {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string session_name(const std::string& account, const std::string& session, bool accounts) {
    return escape(accounts ? fmt::format("{}/{}", account, session) : session);
}

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : escape(text);
}

bool takes_more(const DiscRow& disc) {
    return disc.state == DiscState::open;
}

std::string state_text(const DiscRow& disc) {
    return std::string(to_string(disc.state)) + (disc.missing_since ? ", missing" : "");
}

std::string sessions_left_text(const DiscRow& disc) {
    return takes_more(disc) ? std::to_string(disc.sessions_left) : "-";
}
std::string free_text(const DiscRow& disc) {
    return takes_more(disc) ? human_bytes(disc.free_bytes) : "-";
}

// "a", "a and b", "a, b and c", "a, b and 3 more".
std::string names_text(const std::vector<SessionName>& sessions, bool accounts) {
    std::string text;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        if (i == 2 && sessions.size() > 3) return fmt::format("{} and {} more", text, sessions.size() - i);
        if (i != 0) text += i + 1 == sessions.size() ? " and " : ", ";
        text += session_name(sessions[i].account, sessions[i].session, accounts);
    }
    return text;
}

std::string drive_activity(const DriveView& view, bool accounts) {
    const DriveStatus& drive = view.drive;
    std::string text = names_text(view.sessions, accounts);
    const std::string progress =
        progress_text(drive.progress.done_bytes, drive.progress.total_bytes, drive.bytes_per_second);
    if (!progress.empty() && !drive.sessions.empty()) text += (text.empty() ? "" : ": ") + progress;
    if (!drive.reason.empty()) text += (text.empty() ? "" : "; ") + escape(drive.reason);
    return text;
}

std::string section(std::string_view title, const Rows& rows, const std::vector<std::size_t>& right,
                    std::string_view none) {
    return fmt::format("{}\n{}", title,
                       rows.empty() ? fmt::format("  {}\n", none) : columns(rows, right, "  "));
}

std::string session_name(const SessionView& view, bool accounts) {
    const std::string name = session_name(view.account, view.session, accounts);
    return view.place.empty() ? name : fmt::format("{} ({})", name, escape(view.place));
}

Rows session_rows(const std::vector<SessionView>& sessions, bool accounts,
                  const std::vector<std::optional<SessionState>>& states) {
    Rows rows;
    for (const SessionView& view : sessions)
        if (std::ranges::find(states, view.state) != states.end())
            rows.push_back({session_name(view, accounts), std::string(state_word(view)),
                            count_text(view.files_count, "file", "files"), human_bytes(view.bytes),
                            escape(view.reason)});
    return rows;
}

}  // namespace

std::string_view state_word(const SessionView& view) {
    return view.state ? to_string(*view.state) : "open";
}

std::string sessions_text(const std::vector<SessionView>& sessions, bool accounts) {
    Rows rows = {{"SESSION", "STATE", "FILES", "SIZE", "REASON"}};
    for (const SessionView& view : sessions)
        rows.push_back({session_name(view, accounts), std::string(state_word(view)),
                        std::to_string(view.files_count), human_bytes(view.bytes), escape(view.reason)});
    return columns(rows, {2, 3});
}

std::string discs_text(const std::vector<DiscView>& discs, bool accounts) {
    Rows rows = {{"DISC", "MEDIUM", "STATE", "FREE", "LEFT", "SESSIONS"}};
    for (const auto& [disc, sessions] : discs) {
        rows.push_back(
            {disc.label, disc.medium, state_text(disc), free_text(disc), sessions_left_text(disc), ""});
        for (const DiscSessionRow& session : sessions) {
            std::string text = fmt::format("{}: {}{}", session.disc_session,
                                           session_name(session.account, session.session_name, accounts),
                                           session.good ? "" : ", bad");
            if (rows.back().back().empty())
                rows.back().back() = std::move(text);
            else
                rows.push_back({"", "", "", "", "", std::move(text)});
        }
    }
    return columns(rows, {3, 4});
}

std::string drives_text(const std::vector<DriveView>& drives) {
    Rows rows = {{"DRIVE", "STATE", "MEDIUM", "DISC", "DEVICE", "REASON"}};
    for (const DriveView& view : drives)
        rows.push_back({view.drive.drive, std::string(to_string(view.drive.state)),
                        or_dash(view.drive.medium), or_dash(view.drive.disc), or_dash(view.drive.device),
                        escape(view.drive.reason)});
    return columns(rows);
}

std::string found_text(const std::vector<FoundFile>& files) {
    Rows rows = {{"DISC", "DISC SESSION", "SIZE", "PATH"}};
    for (const FoundFile& file : files)
        rows.push_back(
            {file.disc, std::to_string(file.disc_session), human_bytes(file.size_bytes), escape(file.path)});
    return columns(rows, {1, 2});
}

std::string status_text(const StatusView& status, bool accounts) {
    Rows drives, discs;
    for (const DriveView& view : status.drives)
        drives.push_back({view.drive.drive, std::string(to_string(view.drive.state)),
                          or_dash(view.drive.medium), or_dash(view.drive.disc),
                          drive_activity(view, accounts)});
    for (const auto& [disc, sessions] : status.discs) {
        std::string room = escape(disc.reason);
        if (takes_more(disc))
            room = fmt::format("{} free, {} left", human_bytes(disc.free_bytes),
                               count_text(disc.sessions_left, "session", "sessions"));
        discs.push_back({disc.label, disc.medium, state_text(disc),
                         count_text(sessions.size(), "session", "sessions"), room});
    }
    const Rows queue = session_rows(status.sessions, accounts,
                                    {SessionState::burning, SessionState::verifying, SessionState::queued});
    const Rows open = session_rows(status.sessions, accounts, {std::nullopt});
    const Rows failed = session_rows(status.sessions, accounts, {SessionState::failed});
    std::string text =
        section("Drives", drives, {}, "none") + "\n" + section("Discs", discs, {}, "none yet") + "\n" +
        section("Queue", queue, {2, 3}, "empty") + "\n" + section("Open sessions", open, {2, 3}, "none");
    Rows away;
    for (const auto& [folder, why] : status.away) away.push_back({escape(folder), escape(why)});
    if (!away.empty()) text += "\n" + section("Folders that are away", away, {}, "none");
    Rows keys;
    for (const auto& [account, wrong] : status.keys_wrong)
        for (const auto line : std::views::split(wrong, '\n'))
            keys.push_back({account, std::string(line.begin(), line.end())});
    if (!keys.empty()) text += "\n" + section("Keys that open nothing", keys, {}, "none");
    if (!failed.empty()) text += "\n" + section("Failed, each needs a person", failed, {2, 3}, "none");
    return text;
}

}  // namespace burnbox
