#include "burner/operations/found_disc_session.hpp"

#include <algorithm>

#include "burner/parity/percent_of_sets.hpp"

namespace burnbox {
namespace {

// The first entry that only one of the two has, or that differs; "" when they are the same.
std::string first_change(const std::vector<ManifestEntry>& older, const std::vector<ManifestEntry>& newer) {
    const auto [in_older, in_newer] = std::ranges::mismatch(older, newer);
    if (in_newer != newer.end()) return in_newer->path;
    return in_older == older.end() ? "" : in_older->path;
}

}  // namespace

FoundDiscSession found_disc_session(unsigned number, const std::vector<ManifestEntry>& older,
                                    const std::vector<ManifestEntry>& newer, const ReadDiscFile& read) {
    FoundDiscSession found{.number = number};
    FoundFolders folders = new_sessions(older, newer);
    found.unexplained = std::move(folders.unexplained);
    // A disc session without a session only closes the disc: all is as before.
    if (folders.sessions.empty() && found.unexplained.empty() && newer != older)
        found.unexplained.push_back(first_change(older, newer));
    for (const FoundFolder& folder : folders.sessions) {
        FoundSession& session = found.sessions.emplace_back();
        session.account = folder.account;
        session.disc_name = folder.disc_name;
        auto sealed = sealed_session_of(folder, read);
        if (!sealed) {
            session.unclear = sealed.error().message;
            continue;
        }
        session.seal_record = to_seal_record(*sealed);
        const auto index = [&](const std::string& name) {
            return read(folder.identifier() + "/par2/" + name);
        };
        if (sealed->parity.percent != 0)
            sealed->parity.percent =
                percent_of_sets(sealed->parity.files, index).value_or(sealed->parity.percent);
        if (sealed->parity.percent != 0) session.parity_record = to_parity_record(sealed->parity);
    }
    return found;
}

}  // namespace burnbox
