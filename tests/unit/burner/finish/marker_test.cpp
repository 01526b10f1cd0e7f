// What becomes of a marker's file once its session is burned.
#include <doctest/doctest.h>

#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("marker: it goes when its bag has it, and stays where the layout of the disc has no place for it") {
    BurnerHouse house;
    house.queue("s1", {{"a", "one"}}, "notes.txt");
    bool in_bag = false;
    SUBCASE("bag") {
        in_bag = true;
    }
    SUBCASE("plain since it was sealed") {
        house.config.burn.layout = Layout::plain;
    }
    SUBCASE("root since it was sealed") {
        house.config.burn.layout = Layout::root;
    }
    house.restart();
    house.run();
    REQUIRE(house.exists("alice/s1-burned/RECEIPT.txt"));
    CHECK(house.exists("alice/s1-burned/notes.txt") != in_bag);
    const std::string receipt = house.text("alice/s1-burned/RECEIPT.txt");
    CHECK(has(receipt, "NOT ON THE DISC") != in_bag);
    CHECK(has(receipt, "\n  notes.txt\n") != in_bag);
}
