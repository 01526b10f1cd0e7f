#include "common/unicode/upper_case.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("upper case: one character to one, whatever the locale is") {
    CHECK(upper_case(U'a') == U'A');
    CHECK(upper_case(U'z') == U'Z');
    CHECK(upper_case(U'{') == U'{');
    CHECK(upper_case(U'ß') == U'ß');  // its upper case is two characters
    CHECK(upper_case(U'é') == U'É');
    CHECK(upper_case(U'ÿ') == U'Ÿ');
    CHECK(upper_case(U'ā') == U'Ā');
    CHECK(upper_case(U'Ā') == U'Ā');
    CHECK(upper_case(U'ж') == U'Ж');
    CHECK(upper_case(U'ς') == U'Σ');
    CHECK(upper_case(U'ᾳ') == U'ᾼ');
    CHECK(upper_case(U'日') == U'日');
    CHECK(upper_case(U'𐐨') == U'𐐀');
    CHECK(upper_case(char32_t{0x10FFFF}) == char32_t{0x10FFFF});
}

TEST_CASE("upper case: texts of UTF-8, and bytes that are none") {
    CHECK(upper_case("File ÄÖ äö жЖ 日本 😀.txt") == "FILE ÄÖ ÄÖ ЖЖ 日本 😀.TXT");
    CHECK(upper_case("ɐ") == "Ɐ");  // of another length
    CHECK(upper_case("a\xff"
                     "b\xc3") ==
          "A\xff"
          "B\xc3");
    CHECK(upper_case("").empty());
}
