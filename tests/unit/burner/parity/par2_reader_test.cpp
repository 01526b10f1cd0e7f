#include "burner/parity/par2_reader.hpp"

#include <doctest/doctest.h>

#include "tests/unit/burner/parity/par2_packets.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

const std::string kId(16, 'i');
const std::string kMain = packet("PAR 2.0\0Main\0\0\0\0", little_endian(4, 8) + little_endian(1, 4) + kId);
const std::string kDescription =
    packet("PAR 2.0\0FileDesc",
           kId + std::string(32, 'h') + little_endian(6, 8) + std::string("data/a.txt\0\0", 12));
const std::string kDigests =
    packet("PAR 2.0\0IFSC\0\0\0\0", kId + text_of(md5_of(bytes_of("hell"))) + "crc1" +
                                        text_of(md5_of(bytes_of(std::string("o\n\0\0", 4)))) + "crc2");

std::string parity(unsigned exponent) {
    return packet("PAR 2.0\0RecvSlic", little_endian(exponent, 4) + "data");
}

}  // namespace

TEST_CASE("par2 reader: a whole set is read, however its bytes arrive") {
    const std::string file = kMain + parity(0) + kDescription + parity(1) + kDigests + parity(1);
    for (const std::size_t part : {std::size_t{1}, std::size_t{7}, file.size()}) {
        Par2Reader reader;
        for (std::size_t at = 0; at < file.size(); at += part)
            reader.add(bytes_of(file).subspan(at, std::min(part, file.size() - at)));
        reader.gap();
        CHECK(reader.block_bytes() == 4);
        CHECK(reader.files_count() == 1);
        CHECK(reader.parity_blocks() == 2);
        REQUIRE(reader.files().size() == 1);
        CHECK(reader.files()[0].name == "data/a.txt");
        CHECK(reader.files()[0].size_bytes == 6);
        CHECK(reader.files()[0].blocks[0] == md5_of(bytes_of("hell")));
    }
}

TEST_CASE("par2 reader: damaged packets don't count, those around them do") {
    std::string file = kMain + kDescription + parity(0) + parity(1) + kDigests + parity(2);
    file[kMain.size() + kDescription.size() + 66] ^= 1;                        // in recovery(0)
    file[kMain.size() + kDescription.size() + parity(0).size() + 11] ^= 0x7F;  // the length of recovery(1)
    Par2Reader reader;
    reader.add(bytes_of(file));
    reader.gap();
    CHECK(reader.parity_blocks() == 1);
    CHECK(reader.files().size() == 1);
}

TEST_CASE("par2 reader: noise is no packet") {
    Par2Reader reader;
    reader.add(bytes_of("PAR2" + std::string(100, '\0') + "PAR2"));
    reader.gap();
    CHECK(reader.parity_blocks() == 0);
    CHECK(reader.files().empty());
}
