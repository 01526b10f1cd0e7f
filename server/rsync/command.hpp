// What a client's rsync asks the server to run: `rsync --server [--sender] OPTIONS . PATH...`. A pure parser:
// every option stands in a table that says whether it is passed on, and if not, why. The reference is rsync's
// own server_options() in options.c; there is no specification.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "server/lease/lease.hpp"

namespace burnbox::rsync {

struct Command {
    bool sender = false;     // the client reads; else it writes
    bool recursive = false;  // folders are sent too
    bool deletes = false;    // removes what the client does not have
    // dry_run: -n. goes_on: --append. appends: --append, --append-verify. in_place: --inplace, unless
    // --size-only takes files of one size for the same.
    WriteManner manner{};
    bool writes_into_files = false;    // --inplace, --append
    std::vector<std::string> options;  // as rsync takes them, all of them allowed
    std::vector<std::string> paths;    // the client's, in an inbox; exactly one when it writes
};

inline constexpr std::size_t kLongestCommand = std::size_t{8} << 10U;

// argv[0] included. Errors: Errc::invalid, a line that names the option and says what works.
[[nodiscard]] Result<Command> parse_command(const std::vector<std::string>& argv);

}  // namespace burnbox::rsync
