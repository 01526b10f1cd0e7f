#include "burner/media/iso_head.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

namespace {

std::string make_head(std::uint32_t size_blocks) {
    std::string head(kHeadBytes, '\0');
    const auto put = [&](std::size_t block, std::size_t offset, const std::string& text) {
        head.replace(block * kSectorBytes + offset, text.size(), text);
    };
    for (std::size_t block : {16, 17}) {
        put(block, 0, std::string(1, static_cast<char>(block - 15)) + "CD001\1");
        for (std::size_t i = 0; i < 4; ++i) {
            head[block * kSectorBytes + 80 + i] = static_cast<char>(size_blocks >> (8 * i));
            head[block * kSectorBytes + 87 - i] = static_cast<char>(size_blocks >> (8 * i));
        }
    }
    put(16, 40, "BURNBOX_0007" + std::string(20, ' '));
    put(16, 190, "2b1f7a52-6d5e-4f3c-9d0c-0a2a7b1f4e11" + std::string(92, ' '));
    put(18, 0,
        "\xff"
        "CD001\1");
    put(19, 0, "the tree of the session");
    return head;
}

}  // namespace

TEST_CASE("iso head: label, serial and size are read") {
    const auto head = parse_iso_head(make_head(0x01020304));
    REQUIRE(head);
    CHECK(head->label == "BURNBOX_0007");
    CHECK(head->volume_set == "2b1f7a52-6d5e-4f3c-9d0c-0a2a7b1f4e11");
    CHECK(head->size_blocks == 0x01020304);
}

TEST_CASE("iso head: what has no primary descriptor is none") {
    CHECK_FALSE(parse_iso_head(""));
    CHECK_FALSE(parse_iso_head(std::string(kHeadBytes, '\0')));
    CHECK_FALSE(parse_iso_head(make_head(1).substr(0, 16 * kSectorBytes + 100)));
    std::string swapped = make_head(1);
    swapped[16 * kSectorBytes] = 2;
    CHECK_FALSE(parse_iso_head(swapped));
}

TEST_CASE("iso head: a copy differs from its session in the size and behind the descriptors only") {
    const std::string session = make_head(50);
    std::string copy = make_head(5000);
    CHECK(is_copy_of(copy, session));
    copy.replace(19 * kSectorBytes, 100, std::string(100, 'o'));
    CHECK(is_copy_of(copy, session));
    SUBCASE("system area") {
        copy[100] = 'x';
    }
    SUBCASE("primary descriptor") {
        copy[16 * kSectorBytes + 158] = 'x';
    }
    SUBCASE("primary descriptor is gone") {
        copy.replace(16 * kSectorBytes, kSectorBytes, std::string(kSectorBytes, '\0'));
    }
    SUBCASE("Joliet's descriptor") {
        copy[17 * kSectorBytes + 700] = 'x';
    }
    SUBCASE("terminator") {
        copy[18 * kSectorBytes] = '\0';
    }
    SUBCASE("cut off") {
        copy.pop_back();
    }
    CHECK_FALSE(is_copy_of(copy, session));
}

TEST_CASE("iso head: nothing is a copy of a session without descriptors") {
    const std::string zeros(kHeadBytes, '\0');
    CHECK_FALSE(is_copy_of(zeros, zeros));
    CHECK_FALSE(is_copy_of(make_head(1), zeros));
}
