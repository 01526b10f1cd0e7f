// What is known of a session once it is sealed: the facts that the bag, the receipt and the burn worker need.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/digest.hpp"
#include "common/session/manifest.hpp"
#include "common/session/name_notes.hpp"
#include "common/session/parity.hpp"
#include "common/session/part.hpp"

namespace burnbox {

struct Marker {
    std::string name;     // "BURN"; empty when sealed by a command
    std::string content;  // at most kMarkerBytes are kept as a tag file
    Sha256 sha256;

    bool operator==(const Marker&) const = default;
};

// A marker of any size is a marker. A larger one is data as well, as everything in the session is; of it the
// digest alone is kept beside the data.
inline constexpr std::uint64_t kMarkerBytes = 1U << 20U;

struct SealedSession {
    std::string account;
    std::string
        disc_name;  // "holiday-2": the name on the disc and on the command line, unique in the account
    Timestamp sealed_at;
    Marker marker;
    Manifest manifest;
    // Of a part of a larger tree: what was in that tree at an earlier session and is gone since. Bytes that a
    // line of text can't hold are %XX, '%' is %25.
    std::vector<std::string> removed{};
    // The burnbox that sealed it. The bag names it, and a later version must be able to make the same bag
    // again.
    std::string version = BURNBOX_VERSION;
    std::optional<Part> part{};          // of a session larger than a disc; nothing: this is a whole one
    std::vector<NameNote> name_notes{};  // none in records of versions that knew none
    Parity parity{};                     // not of the seal record: it has a record of its own, made later

    [[nodiscard]] std::string identifier() const { return account + "/" + disc_name; }

    bool operator==(const SealedSession&) const = default;
};

// The seal record `state_dir/seals/<seal id>.jsonl`: a header line with the facts above, a line for every
// removed path, for every part of the whole (when this is one) and for every name note, then
// to_jsonl(manifest, ""). It is durable before the marker is answered and is what workers read.
[[nodiscard]] std::string to_seal_record(const SealedSession& session);
[[nodiscard]] Result<SealedSession> parse_seal_record(std::string_view text);

inline constexpr std::uint64_t kMostSealRecordBytes = 4ULL << 30U;
[[nodiscard]] std::string seal_record_path(std::string_view seal_id);  // in state_dir
// Errors: not_found; corrupt when it is damaged; what reading a file may give.
[[nodiscard]] Result<SealedSession> read_seal_record(FileSystem& state_fs, std::string_view seal_id);

// The same where nobody promised that it is there, and whole.
struct FoundSealRecord {
    std::optional<SealedSession> sealed{};  // nothing: it is damaged, or not there
    std::optional<Error> damage{};
    [[nodiscard]] bool is_there() const { return sealed || damage; }
};
// Errors say nothing about it: it can't be read now.
[[nodiscard]] Result<FoundSealRecord> find_seal_record(FileSystem& state_fs, std::string_view seal_id);

}  // namespace burnbox
