#include "burner/image/sense_code.hpp"

#include <doctest/doctest.h>

namespace burnbox::test {
namespace {
constexpr int kWriteFailed = 0x0002011d;
}

TEST_CASE("sense code: an answer of the drive is taken from the messages that report one") {
    CHECK(sense_of(kWriteFailed, "SCSI error on write(16,16): [3 0C 00] Medium error. Write error.") ==
          SenseCode{0x3, 0x0C, 0x00});
    CHECK(
        sense_of(0x0002010f, "SCSI error condition on command 2Ah WRITE(10): [2 3A 01] Medium not present") ==
        SenseCode{0x2, 0x3A, 0x01});
    CHECK(sense_of(0x0002011d, "Asynchronous SCSI error on waiting after START UNIT: [B 08 03] aborted") ==
          SenseCode{0xB, 0x08, 0x03});
}

TEST_CASE("sense code: a name that looks like an answer is none") {
    CHECK_FALSE(sense_of(0, "SCSI error on write(16,16): [2 3A 00] as a message of libisofs"));
    CHECK_FALSE(sense_of(kWriteFailed, "Cannot open device '/srv/discs: [2 3A 00]/X.iso'"));
    CHECK_FALSE(sense_of(kWriteFailed, "SCSI error on write(16,16): [2 3A"));
    CHECK_FALSE(sense_of(kWriteFailed, "SCSI error on write(16,16): no answer"));
    CHECK_FALSE(sense_of(kWriteFailed, ""));
}

TEST_CASE("sense code: no disc, or another one than before") {
    CHECK(says_medium_gone({0x2, 0x3A, 0x02}));
    CHECK(says_medium_gone({0x6, 0x28, 0x00}));
    CHECK_FALSE(says_medium_gone({0x6, 0x29, 0x00}));
    CHECK_FALSE(says_medium_gone({0x3, 0x0C, 0x00}));
}

}  // namespace burnbox::test
