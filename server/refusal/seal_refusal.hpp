// Why a session was not sealed, for the reply, for REFUSED.txt and for what becomes of the marker. Pure.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/error.hpp"
#include "common/session/proof.hpp"

namespace burnbox::upload {

struct NoSeal {
    enum class Kind : std::uint8_t {
        refused,  // a person must mend something: REFUSED.txt, and the marker becomes NAME.refused
        later,    // a checksum list whose files are still on their way: REFUSED.txt, and it keeps its name as
                  // data
        failed,   // the disk or the catalogue failed: nothing changes, the marker may be sent again
        data,     // on a second look the file is no marker: nobody is told
    };
    Kind kind = Kind::failed;
    Error error;
    std::vector<ProofFinding> findings{};  // refused: what a disc would not show as it was sent
};
template <typename T>
using SealStep = std::expected<T, NoSeal>;

// "holiday can't be sealed: REASON".
[[nodiscard]] std::unexpected<NoSeal> refuse_seal(const std::string& session, const std::string& reason,
                                                  Errc code = Errc::permission);
[[nodiscard]] std::unexpected<NoSeal> seal_failed(Error error);

// A transfer into the session did not end well.
inline constexpr std::string_view kTransferOpen =
    "the last rsync into it did not end well, and files may be missing; run it again until it does";

// SessionFiles::kMostMissed are noted, or a full state_dir kept it from being noted.
inline constexpr std::string_view kMissedMore =
    "more was refused when it was sent than could be noted; send a SHA256SUMS of all files, or send it as "
    "another session";

// "a.jpg, b.jpg and 3 more", escaped.
[[nodiscard]] std::string list_names(const std::vector<std::string>& names);

// "no a; no b; and 3 more": reasons are sentences, escaped already. A folder may give a hundred thousand.
[[nodiscard]] std::string list_reasons(const std::vector<std::string>& reasons);

// What REFUSED.txt says of a seal that was refused, or has to wait for files. `marker` as it was sent, "" for
// a command.
[[nodiscard]] std::string refused_text(const NoSeal& why, const std::string& marker, Timestamp now);
// Whether a file of that name is one that refused_text() made, and no person's.
[[nodiscard]] bool is_refused_text(std::string_view text);
// Its first line, the reason; "" = it is another's text.
[[nodiscard]] std::string reason_in_refusal(std::string_view text);
inline constexpr const char* kRefusedText = "REFUSED.txt";

}  // namespace burnbox::upload
