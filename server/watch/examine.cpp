#include "server/watch/examine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "server/refusal/seal_refusal.hpp"
#include "server/refusal/taken_names.hpp"
#include "server/rules/marker_rule.hpp"
#include "server/watch/open_files.hpp"
#include "server/watch/watch_access.hpp"
#include "server/watch/watch_rule.hpp"

namespace burnbox::watch {
namespace {

using upload::WalkEntry;

// What lies directly in the folder: enough to find a marker by its name when deeper folders can't be read.
std::vector<WalkEntry> top_entries(FileSystem& fs, const std::string& folder) {
    std::vector<WalkEntry> entries;
    const auto names = list_folder(fs, folder);
    if (!names) return entries;
    for (const DirEntry& name : *names)
        if (const auto info = fs.info(join_path(folder, name.name)))
            entries.push_back({.path = name.name, .info = *info, .link_target = {}});
    return entries;
}

// Times of the future come from a clock that was set back: then only the notices say what is quiet.
std::optional<std::chrono::nanoseconds> time_to_quiet(Timestamp newest, Timestamp now,
                                                      std::chrono::nanoseconds seen_quiet_for,
                                                      std::chrono::nanoseconds settle) {
    const std::chrono::nanoseconds quiet_for = newest > now ? seen_quiet_for : now - newest;
    if (quiet_for >= settle) return std::nullopt;
    return settle - quiet_for;
}

// A list that has to fit proves that everything is there, whoever still has it open.
bool has_checksum_list(const SessionConfig& config, const std::vector<WalkEntry>& entries) {
    return std::ranges::find(config.marker, upload::kChecksumList) != config.marker.end() &&
           std::ranges::find(entries, upload::kChecksumList, &WalkEntry::path) != entries.end();
}

void look_closer(const UploadServices& services, const std::string& folder,
                 const std::vector<WalkEntry>& entries, Examined& result) {
    const std::string host_folder = services.inbox.fs().host_path(folder);
    result.problem = session_access_problem(*services.inbox.area().watched_folder(), host_folder);
    const FileFindings findings = look_at_files(host_folder, entries);
    if (!findings.writing.empty())
        result.busy = "still being written: " + upload::list_names(findings.writing);
    else if (!findings.unknown.empty())
        result.unseen = upload::list_names(findings.unknown);
    if (findings.unreadable.empty()) return;
    if (!result.problem.empty()) result.problem += "; ";
    result.problem += unreadable_problem(host_folder, findings.unreadable);
}

}  // namespace

std::string unseen_settle(const WatchConfig& folder) {
    const auto time = folder.settle * kUnseenFactor;
    return fmt::format("{} s", std::chrono::ceil<std::chrono::seconds>(time).count());
}

std::string unseen_note(const WatchConfig& folder) {
    const std::string unseen = unseen_writers(folder.path);
    if (unseen.empty()) return {};
    return fmt::format(
        "{}. A marker for such files counts when nothing changed for {} (ten times settle); a SHA256SUMS "
        "that "
        "fits counts as ever",
        unseen, unseen_settle(folder));
}

Examined examine(const UploadServices& services, const Question& question) {
    FileSystem& fs = services.inbox.fs();
    const std::string folder = join_path(question.account, question.session);
    Examined result;
    const auto top = fs.info(folder);
    if (!top || top->type != FileType::folder) {
        result.gone = true;
        return result;
    }
    result.refused = upload::refusal_reason(fs, folder);
    auto walked = upload::walk_session(fs, folder);
    const bool readable = walked.has_value();
    const std::vector<WalkEntry> entries = readable ? std::move(*walked) : top_entries(fs, folder);
    for (const WalkEntry& entry : entries) {
        if (entry.info.type != FileType::file) continue;
        result.bytes += entry.info.size_bytes;
        ++result.files_count;
    }
    const ConfigSnapshot config = services.config.snapshot();
    if (question.asked_for)
        result.marker = "";
    else
        result.marker = find_marker(config->session, entries, question.last_changed, question.session);
    if (!readable) {
        result.problem = walked.error().message;
        if (walked.error().code == Errc::permission)
            result.problem = unreadable_problem(fs.host_path(folder), {walked.error().message});
        else if (walked.error().code == Errc::not_found)
            result.not_quiet = question.settle;  // it changed under our eyes
        return result;
    }
    if (!result.marker) return result;
    const auto wait_for = [&](std::chrono::nanoseconds settle) {
        if (question.asked_for) return;
        result.not_quiet = time_to_quiet(std::max(newest_change(entries), top->ctime), services.clock.now(),
                                         question.quiet_for, settle);
    };
    wait_for(question.settle);
    if (result.not_quiet) return result;
    look_closer(services, folder, entries, result);
    if (has_checksum_list(config->session, entries)) result.unseen.clear();
    if (!result.unseen.empty() && result.problem.empty()) wait_for(question.settle * kUnseenFactor);
    return result;
}

}  // namespace burnbox::watch
