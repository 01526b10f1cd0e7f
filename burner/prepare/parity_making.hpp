// The making of one session's recovery files: a folder of links for each set, then the program, then the
// digests of what it made. Nothing here is durable: the caller syncs and writes the record.
#pragma once

#include "burner/schedule/services.hpp"
#include "common/session/sealed_session.hpp"

namespace burnbox {

struct ParityWish {
    Layout layout = Layout::bag;  // of the disc
    unsigned percent = 0;
};

// `progress` is told some times a second; false cancels. Errors: no_space (with both sizes), cancelled, and
// those of ParityProgram.
[[nodiscard]] Result<Parity> make_parity_files(const BurnerServices& services, const SessionRow& row,
                                               const SealedSession& sealed, const ParityWish& wish,
                                               const std::function<bool(const Progress&)>& progress);

// Reads a recovery file of the session and takes its digest.
[[nodiscard]] Result<ParityFile> digest_parity_file(FileSystem& state_fs, const std::string& seal_id,
                                                    const std::string& name);

}  // namespace burnbox
