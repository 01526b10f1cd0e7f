#include "burner/drive/job_sessions.hpp"

#include <algorithm>
#include <filesystem>

#include "common/storage/posix_file_system.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kMostSealBytes = 4ULL << 30U;

Result<SealedSession> read_seal_record(const std::string& file) {
    const std::filesystem::path path(file);
    BB_TRY(const auto folder, open_posix_file_system(path.parent_path().string()));
    BB_TRY(const std::string text, read_file(*folder, path.filename().string(), kMostSealBytes));
    return parse_seal_record(text);
}

}  // namespace

Result<std::vector<JobSession>> read_job_sessions(const BurnJob& job) {
    std::vector<JobSession> sessions;
    for (const BurnSession& session : job.sessions) {
        BB_TRY(SealedSession sealed, read_seal_record(session.seal_record));
        std::vector<DiscEntry> entries = disc_entries(sealed, job.layout, job.modes);
        sessions.push_back({std::move(sealed), std::move(entries), session.folder});
    }
    if (sessions.empty())
        return fail(Errc::invalid, "burn disc " + job.disc.label + ": the job has no session");
    return sessions;
}

Timestamp newest_seal(const std::vector<JobSession>& sessions) {
    Timestamp newest{};
    for (const JobSession& session : sessions) newest = std::max(newest, session.sealed.sealed_at);
    return newest;
}

}  // namespace burnbox
