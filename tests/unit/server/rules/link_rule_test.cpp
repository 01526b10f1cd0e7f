#include "server/rules/link_rule.hpp"

#include <doctest/doctest.h>

using burnbox::Errc;
using burnbox::upload::link_destination;

TEST_CASE("link rule: relative targets inside the session are kept") {
    CHECK(link_destination("a/link", "b").value() == "a/b");
    CHECK(link_destination("a/link", "../b/c").value() == "b/c");
    CHECK(link_destination("link", "./a//b/").value() == "a/b");
    CHECK(link_destination("a/b/link", "../..").value() == "");
    CHECK(link_destination("a/link", "b/../../c").value() == "c");
}

TEST_CASE("link rule: what leads out of the session is refused, at any step on the way") {
    CHECK(link_destination("link", "..").error().code == Errc::permission);
    CHECK(link_destination("a/link", "../../x").error().code == Errc::permission);
    CHECK(link_destination("a/link", "../../holiday/x").error().code == Errc::permission);
    CHECK(link_destination("link", "/etc/passwd").error().code == Errc::permission);
}

TEST_CASE("link rule: targets that a disc can't hold are refused") {
    CHECK(link_destination("link", "").error().code == Errc::invalid);
    CHECK(link_destination("link", "\xff").error().code == Errc::invalid);
    CHECK(link_destination("link", std::string(255, 'a')));
    CHECK(link_destination("link", std::string(256, 'a')).error().code == Errc::invalid);
    std::string deep(1022, 'a');
    for (std::size_t i = 3; i < deep.size(); i += 4) deep[i] = '/';
    CHECK(link_destination("link", deep + "a"));
    CHECK(link_destination("link", deep + "aa").error().code == Errc::invalid);
}
