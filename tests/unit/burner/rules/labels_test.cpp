#include "burner/rules/labels.hpp"

#include <doctest/doctest.h>

namespace burnbox {
namespace {
const Timestamp kTime = *parse_iso8601("2026-11-23T10:00:00Z");
}

TEST_CASE("labels: %N is the number with four digits, the rest is the time in UTC") {
    CHECK(expand_label("BURNBOX_%N", kTime, 7) == "BURNBOX_0007");
    CHECK(expand_label("BURNBOX_%N", kTime, 12345) == "BURNBOX_12345");
    CHECK(expand_label("%N_%Y%m%d", kTime, 1) == "0001_20261123");
}

TEST_CASE("labels: only characters of a volume identifier are left, at most 32") {
    CHECK(expand_label("my disc-%N", kTime, 1) == "MY_DISC_0001");
    CHECK(expand_label("%%%N", kTime, 1) == "_0001");
    CHECK(expand_label("%N" + std::string(60, 'x'), kTime, 1).size() == 32);
}

TEST_CASE("labels: the next free one is unique in its first 16 characters") {
    const auto next = next_label("BURNBOX_%N", kTime, 1, {"BURNBOX_0001", "BURNBOX_0002"});
    REQUIRE(next.has_value());
    CHECK(next->label == "BURNBOX_0003");
    CHECK(next->number == 3);
    const auto shortened = next_label("0123456789AB%N_TAIL", kTime, 1, {"0123456789AB0001_OTHER"});
    REQUIRE(shortened.has_value());
    CHECK(shortened->label == "0123456789AB0002_TAIL");
}

TEST_CASE("labels: a pattern whose number lies behind the first 16 characters is refused by its key") {
    const auto next = next_label("A_VERY_LONG_PREFIX_%N", kTime, 1, {"A_VERY_LONG_PREFIX_0001"});
    REQUIRE_FALSE(next.has_value());
    CHECK(next.error().code == Errc::invalid);
    CHECK(next.error().message.find("burn.label") != std::string::npos);
}

TEST_CASE("labels: of what has the shape of a label the number is known, whatever its time") {
    CHECK(number_of_label("BURNBOX_%N", "BURNBOX_0007") == 7);
    CHECK(number_of_label("BURNBOX_%N", "BURNBOX_12345") == 12345);
    CHECK(number_of_label("my disc-%N", "MY_DISC_0001") == 1);
    CHECK(number_of_label("A%Y%m%d_%N", "A20261123_0002") == 2);
    for (const char* const other : {"BURNBOX_", "BURNBOX_007", "burnbox_0007", "BURNBOX_0007_2", "FOO", ""})
        CHECK_FALSE(number_of_label("BURNBOX_%N", other));
    CHECK_FALSE(number_of_label("DISC", "DISC"));
    CHECK(number_of_label("BURNBOX_%N", "BURNBOX_12345678") == 12345678);
    CHECK_FALSE(
        number_of_label("BURNBOX_%N", "BURNBOX_123456789"));  // no label of it is unlike its neighbours'
    CHECK_FALSE(number_of_label("A_VERY_LONG_PREFIX_%N", "A_VERY_LONG_PREFIX_0001"));
    CHECK(number_of_label("%Y%m%d_%N", "20261123_0002") == 2);
    CHECK(number_of_label("%N_%Y-%m", "0002_2026_11") == 2);
    CHECK_FALSE(number_of_label("%Y%m%d%H%M%S_%N", std::string(200, 'A')));
    CHECK_FALSE(number_of_label("%Y%m%d%H%M%S_%N", std::string(32, '1')));
    CHECK(twin_label("BURNBOX_0001", "2b1f7a52-6d5e") == "BURNBOX_0001~2b1f7a52");
    CHECK(label_on_disc("BURNBOX_0001~2b1f7a52") == "BURNBOX_0001");
    CHECK(label_on_disc("BURNBOX_0001") == "BURNBOX_0001");
    CHECK(is_taken("BURNBOX_0001", {"x", "burnbox_0001"}));
    CHECK(is_taken("0123456789ABCDEF1", {"0123456789ABCDEF2"}));
    CHECK_FALSE(is_taken("BURNBOX_0001", {"BURNBOX_0002"}));
}

}  // namespace burnbox
