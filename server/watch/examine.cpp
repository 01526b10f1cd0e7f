#include "server/watch/examine.hpp"

#include "common/base/text.hpp"
#include "server/seal/seal_refusal.hpp"
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
                                                      std::chrono::nanoseconds settle) {
    if (newest > now || now - newest >= settle) return std::nullopt;
    return settle - (now - newest);
}

void look_closer(const UploadServices& services, const std::string& folder,
                 const std::vector<WalkEntry>& entries, Examined& result) {
    const std::string host_folder = services.inbox.fs().host_path(folder);
    result.problem = session_access_problem(*services.inbox.area().watched_folder(), host_folder);
    const FileFindings findings = look_at_files(host_folder, entries);
    if (!findings.writing.empty())
        result.busy = "still being written: " + upload::list_names(findings.writing);
    if (findings.unreadable.empty()) return;
    if (!result.problem.empty()) result.problem += "; ";
    result.problem += unreadable_problem(host_folder, findings.unreadable);
}

}  // namespace

Examined examine(const UploadServices& services, const Question& question) {
    FileSystem& fs = services.inbox.fs();
    const std::string folder = join_path(question.account, question.session);
    Examined result;
    const auto top = fs.info(folder);
    if (!top || top->type != FileType::folder) {
        result.gone = true;
        return result;
    }
    result.was_refused = fs.info(join_path(folder, "REFUSED.txt")).has_value();
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
    if (!question.asked_for)
        result.not_quiet = time_to_quiet(std::max(newest_change(entries), top->ctime), services.clock.now(),
                                         question.settle);
    if (!result.not_quiet) look_closer(services, folder, entries, result);
    return result;
}

}  // namespace burnbox::watch
