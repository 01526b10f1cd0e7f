#include "burner/media/job_sessions.hpp"

#include <algorithm>
#include <filesystem>

#include "common/storage/posix_file_system.hpp"

namespace burnbox {
namespace {

Result<std::string> read_record(const std::string& file) {
    const std::filesystem::path path(file);
    BB_TRY(const auto folder, open_posix_file_system(path.parent_path().string()));
    return read_file(*folder, path.filename().string(), kMostSealRecordBytes);
}

Result<SealedSession> read_records(const BurnSession& session) {
    BB_TRY(const std::string seal, read_record(session.seal_record));
    BB_TRY(SealedSession sealed, parse_seal_record(seal));
    if (!session.parity_record.empty()) {
        BB_TRY(const std::string parity, read_record(session.parity_record));
        BB_TRY(sealed.parity, parse_parity_record(parity));
    }
    return sealed;
}

}  // namespace

Result<std::vector<JobSession>> read_job_sessions(const BurnJob& job) {
    std::vector<JobSession> sessions;
    for (const BurnSession& session : job.sessions) {
        BB_TRY(SealedSession sealed, with_origin(Origin::session, read_records(session)));
        std::vector<DiscEntry> entries = disc_entries(sealed, job.layout, job.modes);
        sessions.push_back({std::move(sealed), std::move(entries), session.folder, session.parity_folder});
    }
    if (sessions.empty() && !job.close_disc)
        return fail(Errc::invalid, "burn disc " + job.disc.label + ": the job has no session");
    return sessions;
}

DiscEntry readme_entry(const DiscIdentity& disc, Timestamp time) {
    DiscEntry readme{.path = std::string(kReadmeName), .mtime = time};
    readme.content = disc_readme(disc.label, disc.serial);
    readme.size_bytes = readme.content.size();
    readme.sha256 = Sha256::of(readme.content);
    return readme;
}

Timestamp newest_seal(const std::vector<JobSession>& sessions) {
    Timestamp newest{};
    for (const JobSession& session : sessions) newest = std::max(newest, session.sealed.sealed_at);
    return newest;
}

}  // namespace burnbox
