#include "burner/operations/found_disc_session.hpp"

namespace burnbox {

FoundDiscSession found_disc_session(unsigned number, const std::vector<ManifestEntry>& older,
                                    const std::vector<ManifestEntry>& newer, const ReadDiscFile& read) {
    FoundDiscSession found{.number = number};
    FoundFolders folders = new_sessions(older, newer);
    found.unexplained = std::move(folders.unexplained);
    for (const FoundFolder& folder : folders.sessions) {
        FoundSession& session = found.sessions.emplace_back();
        session.account = folder.account;
        session.disc_name = folder.disc_name;
        const auto sealed = sealed_session_of(folder, read);
        if (!sealed) {
            session.unclear = sealed.error().message;
            continue;
        }
        session.seal_record = to_seal_record(*sealed);
        if (sealed->parity.percent != 0) session.parity_record = to_parity_record(sealed->parity);
    }
    return found;
}

}  // namespace burnbox
