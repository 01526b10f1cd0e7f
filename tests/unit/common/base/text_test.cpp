#include "common/base/text.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace burnbox;

TEST_CASE("escape: nothing that is not seen, or turns what follows around") {
    CHECK(escape("a\xE2\x80\xAE"
                 "txt.exe") == "a\\xe2\\x80\\xaetxt.exe");        // U+202E
    CHECK(escape("\xE2\x81\xA6") == "\\xe2\\x81\\xa6");           // U+2066
    CHECK(escape("\xE2\x80\x8B") == "\\xe2\\x80\\x8b");           // U+200B
    CHECK(escape("\xEF\xBB\xBF") == "\\xef\\xbb\\xbf");           // U+FEFF
    CHECK(escape("\xD8\x9C") == "\\xd8\\x9c");                    // U+061C
    CHECK(escape("\xF3\xA0\x81\x81") == "\\xf3\\xa0\\x81\\x81");  // U+E0041
    CHECK(escape("\xE2\x9D\xA4\xEF\xB8\x8F \xE2\x80\xA6 \xE2\x82\xAC") ==
          "\xE2\x9D\xA4\xEF\xB8\x8F \xE2\x80\xA6 \xE2\x82\xAC");
    CHECK(escape_controls("a\xE2\x80\xAE"
                          "b\n\xC2\x85") ==
          "a\xE2\x80\xAE"
          "b\\n\\xc2\\x85");
}

TEST_CASE("escape: nothing that comes out can move a cursor or end a line") {
    CHECK(escape("plain \xC3\xA4 text") == "plain \xC3\xA4 text");
    CHECK(escape("a\nb\r\t\\") == "a\\nb\\r\\t\\\\");
    CHECK(escape("\x1B[2J\x7F") == "\\x1b[2J\\x7f");
    CHECK(escape("\xC2\x9B"
                 "31m") == "\\xc2\\x9b31m");  // CSI as one character
    CHECK(escape("\xFF") == "\\xff");
    CHECK(escape(std::string_view("\0", 1)) == "\\x00");
}

TEST_CASE("is_utf8: RFC 3629, without overlong forms and surrogates") {
    for (const std::string_view good :
         {"", "a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"})
        CHECK(is_utf8(good));
    for (const std::string_view bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80",
                                       "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "a\xFF"})
        CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("human_bytes and parse_u64") {
    CHECK(human_bytes(0) == "0 bytes");
    CHECK(human_bytes(1) == "1 byte");
    CHECK(human_bytes(1023) == "1023 bytes");
    CHECK(human_bytes(1536) == "1.5 KiB");
    CHECK(human_bytes(UINT64_MAX) == "16.0 EiB");
    CHECK(parse_u64("18446744073709551615") == UINT64_MAX);
    for (const std::string_view bad : {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "0x1", "1.0"})
        CHECK_FALSE(parse_u64(bad).has_value());
}

TEST_CASE("hexadecimal: written in lower case, read in either, never in halves") {
    CHECK(to_hex(std::string_view("\x00\x7f\xff", 3)) == "007fff");
    CHECK(from_hex("007fFF") == std::string("\x00\x7f\xff", 3));
    CHECK(from_hex("") == "");
    CHECK_FALSE(from_hex("0"));
    CHECK_FALSE(from_hex("0g"));
}

TEST_CASE("random_uuid: version 4, never the same") {
    const std::string uuid = random_uuid();
    REQUIRE(uuid.size() == 36);
    CHECK(uuid[14] == '4');
    CHECK(std::string_view("89ab").find(uuid[19]) != std::string_view::npos);
    CHECK(uuid != random_uuid());
}
