// The recovery data of a sealed session: PAR2 files that mend what can't be read from the disc any more. Made
// once, before the session's first attempt; the record of them is durable before they count, and stays as
// long as the seal record: the bag lists them, and the verifier must be able to make the bag again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/digest.hpp"
#include "common/base/error.hpp"
#include "common/session/layout.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

struct ParityFile {
    std::string name;  // "set-0001.par2", "set-0001.vol000+10.par2"
    std::uint64_t size_bytes = 0;
    Sha256 sha256;
    bool operator==(const ParityFile&) const = default;
};

struct Parity {
    unsigned percent = 0;           // 0 = the session has none
    Layout layout = Layout::bag;    // they name the files as a disc of this layout has them
    std::vector<ParityFile> files;  // sorted by name
    // Files that the program par2 can't protect because of their names; relative to the bag, or to the
    // account's folder where there is no bag.
    std::vector<std::string> unprotected;
    bool operator==(const Parity&) const = default;
};

// The format of the record: docs/design.md. Errors: Errc::corrupt.
[[nodiscard]] std::string to_parity_record(const Parity& parity);
[[nodiscard]] Result<Parity> parse_parity_record(std::string_view text);

// Where they lie on the FileSystem of state_dir.
[[nodiscard]] std::string parity_record_path(const std::string& seal_id);
[[nodiscard]] std::string parity_folder(const std::string& seal_id);

// The record's content; percent 0 when there is none. Errors: corrupt, io.
[[nodiscard]] Result<Parity> read_parity(FileSystem& state_fs, const std::string& seal_id);
// The files, not the record. Missing is fine.
[[nodiscard]] Status remove_parity_files(FileSystem& state_fs, const std::string& seal_id);
// All that is kept of a seal that was given up, and of its parts: seal record, recovery record and files.
// What can't be removed is garbage that nobody looks at.
void remove_seal_records(FileSystem& state_fs, const std::string& seal_id);

}  // namespace burnbox
