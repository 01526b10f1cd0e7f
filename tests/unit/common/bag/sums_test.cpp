#include "common/bag/sums.hpp"

#include <doctest/doctest.h>

#include "common/bag/bag.hpp"
#include "tests/unit/common/session/sample_session.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {
const std::string kHex = Sha256::of("x").hex();
std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}
}  // namespace

TEST_CASE("sums: every way in which sha256sum and its relatives write a line") {
    struct Case {
        std::string text, path;
    };
    for (const auto& c :
         {Case{kHex + "  a b.txt\n", "a b.txt"}, Case{kHex + " *a\n", "a"}, Case{kHex + "  ./d/a\n", "d/a"},
          Case{kHex + " *././/a\r\n", "a"}, Case{upper(kHex) + "  a", "a"},
          Case{"\\" + kHex + "  a\\\\b\\nc\n", "a\\b\nc"}, Case{kHex + "  a\\b\n", "a\\b"},
          Case{"\xEF\xBB\xBF" + kHex + "  a\n", "a"}, Case{"\n" + kHex + "   a\n\n", " a"},
          Case{kHex + "  *a\n", "*a"}, Case{kHex + "  ..a\n", "..a"}}) {
        CAPTURE(c.text);
        const auto lines = parse_sums(c.text);
        REQUIRE(lines.has_value());
        REQUIRE(lines->size() == 1);
        CHECK(lines->front() == SumLine{c.path, Sha256::of("x")});
    }
    CHECK(parse_sums("").value().empty());
}

TEST_CASE("sums: anything else is refused with its line") {
    for (const std::string& bad : std::vector<std::string>{
             kHex, kHex + "  ", kHex + " a", kHex + "a", kHex.substr(1) + "  a", "# comment", kHex + "  ./",
             "\\" + kHex + "  a\\x", "\\" + kHex + "  a\\", "SHA256 (a) = " + kHex}) {
        CAPTURE(bad);
        const auto lines = parse_sums(kHex + "  good\n" + bad + "\n");
        REQUIRE_FALSE(lines.has_value());
        CHECK(lines.error().code == Errc::invalid);
        CHECK(lines.error().message.find("line 2 ") != std::string::npos);
    }
}

TEST_CASE("sums: what burnbox writes is read back") {
    const Manifest manifest = sample_session().manifest;
    const auto lines = parse_sums(sha256sums(manifest, ""));
    REQUIRE(lines.has_value());
    REQUIRE(lines->size() == 2);
    CHECK(lines->at(0) == SumLine{"100%.txt", Sha256::of("percent")});
    CHECK(lines->at(1) == SumLine{"photos/a\\b.jpg", Sha256::of("backslash")});
}
