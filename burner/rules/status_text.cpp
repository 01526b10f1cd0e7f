#include "burner/rules/status_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

std::string left_text(double seconds) {
    if (seconds < 90) return fmt::format("{:.0f} s", seconds);
    if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
    return fmt::format("{:.1f} h", seconds / 3600);
}

std::string progress_text(const Progress& progress, double bytes_per_second) {
    const std::uint64_t done = std::min(progress.done_bytes, progress.total_bytes);
    std::string text = fmt::format("{}% ({} of {})", done * 100 / progress.total_bytes, human_bytes(done),
                                   human_bytes(progress.total_bytes));
    if (bytes_per_second < 1) return text;
    const double seconds = static_cast<double>(progress.total_bytes - done) / bytes_per_second;
    return text + fmt::format(", {}/s, about {} left",
                              human_bytes(static_cast<std::uint64_t>(bytes_per_second)), left_text(seconds));
}

}  // namespace

std::string status_text(const StatusFacts& facts) {
    std::string text = fmt::format("session: {}\nstate: {}\n", escape(facts.session), facts.state);
    if (facts.disc_session != 0)
        text += fmt::format("disc: {}, disc session {}\n", facts.disc, facts.disc_session);
    if (!facts.drive.empty()) text += fmt::format("drive: {}\n", facts.drive);
    for (const std::string& part : facts.parts) text += escape(part) + "\n";
    if (facts.progress.total_bytes != 0)
        text += fmt::format("progress: {}\n", progress_text(facts.progress, facts.bytes_per_second));
    if (!facts.waits.empty()) text += fmt::format("waits: {}\n", escape(facts.waits));
    return text + fmt::format("time: {}\n", to_iso8601(facts.time));
}

std::string partly_burned_text(const SessionRow& row, Timestamp time) {
    return fmt::format(
        "{0}/{1} could not be burned as a whole ({2}).\n\n"
        "Why: {3}\n\n"
        "Some of its {4} parts are on discs already, so it can't be taken back. What to do, one of the two:\n"
        "  - Ask the administrator to mend the cause and to run: burnbox retry {0}/{1}\n"
        "    Only the parts that are missing are burned then.\n"
        "  - Or copy what you need from this folder, delete it, and send everything again.\n\n"
        "Nothing that you sent was deleted.\n",
        escape(row.account), escape(row.disc_name), to_iso8601(time), escape(row.reason), row.parts);
}

std::string failed_text(const SessionRow& row, Timestamp time) {
    const std::string folder = SessionFolder{row.name, FolderState::failed}.folder();
    return fmt::format(
        "{}/{} could not be burned ({}).\n\n"
        "Why: {}\n\n"
        "What to do, one of the two:\n"
        "  - Mend it: rename this folder ({}, or with a number at its end) back to {}, change what is wrong, "
        "and send the marker "
        "again.\n"
        "  - When it was not the session's fault, ask the administrator to run: burnbox retry {}/{}\n\n"
        "Nothing that you sent was deleted.\n",
        escape(row.account), escape(row.disc_name), to_iso8601(time), escape(row.reason), escape(folder),
        escape(row.name), escape(row.account), escape(row.disc_name));
}

}  // namespace burnbox
