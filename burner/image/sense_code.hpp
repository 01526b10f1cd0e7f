// What a drive answered, out of libburn's messages. libburn 1.5 has no call that gives the sense data of a
// command: only its text has them, after a beginning that libburn writes itself. So the text is parsed here,
// at one place and strictly, and only of messages that have a number of libburn's: no name that a user chose
// can be taken for an answer. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace burnbox {

// SPC: sense key, additional sense code and its qualifier.
struct SenseCode {
    std::uint8_t key = 0;
    std::uint8_t asc = 0;
    std::uint8_t ascq = 0;
    friend bool operator==(const SenseCode&, const SenseCode&) = default;
};

// "SCSI error on write(16,16): [3 0C 00] Write error". `code` is the message's number in libburn, 0 = it is
// not libburn's. Nothing when it reports no answer of a drive.
[[nodiscard]] std::optional<SenseCode> sense_of(int code, std::string_view message);

// No disc is in the drive, or another one than before.
[[nodiscard]] bool says_medium_gone(const SenseCode& sense);

}  // namespace burnbox
