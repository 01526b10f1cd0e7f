// A sealed session whose seal record is gone or damaged though the catalogue knows the session: an older
// state folder lies beside a newer catalogue, or seals/ was lost. Its sender has an answer, so it is burned
// from what its folder holds.
#pragma once

#include <stop_token>

#include "common/inbox/inbox.hpp"

namespace burnbox::upload {

enum class RecordAgain : std::uint8_t {
    there,    // nothing had to be done
    made,     // it says again what was sealed: the catalogue's digests tell so
    unknown,  // what was sealed can't be told from what is there: nothing was changed
};
// Of a session that waits or has failed. It is made again when every name, size and digest in its folder is
// what the catalogue says of the seal, and no part or copy of it is on a disc: that was made from the record
// of then, of which no disc's times and modes tell here. Durable when it returns. Errors: those of reading
// and writing; cancelled when `stop` came. Blocks for as long as reading every file takes.
[[nodiscard]] Result<RecordAgain> make_record_again(Inbox& inbox, Catalogue& catalogue, FileSystem& state_fs,
                                                    const SessionRow& row, const std::stop_token& stop = {});

// The same, as a person asked for it, of one that has failed: what is not what was sealed is sealed anew as
// it is now. Returns what was done, as a clause for that person; "" = nothing had to be. Errors: as above;
// Errc::conflict, with the reason, when a part or a copy of it is on a disc.
[[nodiscard]] Result<std::string> seal_what_is_there(Inbox& inbox, Catalogue& catalogue, FileSystem& state_fs,
                                                     const SessionRow& row, const std::stop_token& stop = {});

}  // namespace burnbox::upload
