#include "burner/jobs/disc_trees.hpp"

#include <algorithm>

#include "burner/drive/drive.hpp"
#include "burner/jobs/burn_job.hpp"

namespace burnbox {
namespace {

std::uint64_t to_sectors(std::uint64_t bytes) {
    return (bytes + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
}

}  // namespace

std::uint64_t payload_sector_bytes(const SealedSession& session) {
    std::uint64_t sum = 0;
    for (const ManifestEntry& entry : session.manifest.entries) sum += to_sectors(entry.size_bytes);
    for (const RecoveryFile& file : session.recovery.files) sum += to_sectors(file.size_bytes);
    return sum;
}

Result<std::uint64_t> DiscTrees::bytes_on(const DiscRow& disc) {
    if (disc.sessions_used == 0) return 0;
    const std::lock_guard lock(mutex_);
    Known& known = known_[disc.id];
    if (known.sessions_used != disc.sessions_used) {
        BB_TRY(known.bytes, measure(disc.id));
        known.sessions_used = disc.sessions_used;
    }
    return known.bytes;
}

Result<std::uint64_t> DiscTrees::measure(DiscId disc) {
    BB_TRY(const auto rows, catalogue_.disc_sessions(disc));
    if (rows.empty()) return 0;
    const DiscSessionRow& newest = rows.back();
    std::uint64_t bytes = newest.blocks * kSectorBytes;
    for (const DiscSessionRow& row : rows) {
        if (row.disc_session != newest.disc_session) continue;
        bytes -= std::min(bytes, payload_of(row));
    }
    return bytes;
}

std::uint64_t DiscTrees::payload_of(const DiscSessionRow& row) {
    const auto session = catalogue_.session(row.session);
    if (!session) return 0;
    const auto sealed = read_seal(state_fs_, *session);
    return sealed ? payload_sector_bytes(*sealed) : 0;
}

}  // namespace burnbox
