#include "burner/finish/closed_staging.hpp"

#include <unistd.h>

#include "burner/schedule/burn_job.hpp"
#include "common/storage/access_problem.hpp"

namespace burnbox {

std::optional<std::string> what_is_closed(const BurnerServices& services, const SessionRow& row) {
    const auto fs = services.inbox.fs_of(row);
    if (!fs || row.folder.empty()) return std::nullopt;
    const std::string folder = (*fs)->host_path(join_path(row.account, row.folder));
    if (auto problem = access_problem(folder, R_OK | W_OK | X_OK)) return problem;
    const auto sealed = read_seal(services.state_fs, row);
    if (!sealed) return std::nullopt;
    for (const ManifestEntry& entry : sealed->manifest.entries) {
        if (entry.type != FileType::file) continue;
        if (auto problem = access_problem(folder + "/" + entry.staged_path(), R_OK)) return problem;
    }
    return std::nullopt;
}

}  // namespace burnbox
