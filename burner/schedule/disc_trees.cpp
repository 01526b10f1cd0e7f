#include "burner/schedule/disc_trees.hpp"

#include <algorithm>

#include "burner/drive/drive.hpp"
#include "burner/schedule/burn_job.hpp"

namespace burnbox {
namespace {

// Where it is not in the attempt's record: all that the disc session took but the bytes that were sent.
std::uint64_t bytes_beside_files(Catalogue& catalogue, const std::vector<DiscSessionRow>& rows) {
    const DiscSessionRow& newest = rows.back();
    std::uint64_t bytes = newest.blocks * kSectorBytes;
    for (const DiscSessionRow& row : rows) {
        const auto session = row.disc_session == newest.disc_session ? catalogue.session(row.session)
                                                                     : Result<SessionRow>(SessionRow());
        if (session) bytes -= std::min(bytes, session->bytes);
    }
    return bytes;
}

}  // namespace

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
    if (newest.session == 0) return bytes_beside_files(catalogue_, rows);
    BB_TRY(const auto attempt, attempt_that_burned(catalogue_, newest.session, disc));
    if (attempt && attempt->tree) return attempt->tree->blocks * kSectorBytes;
    return bytes_beside_files(catalogue_, rows);
}

}  // namespace burnbox
