#include "server/net/network_of.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("network_of: an IPv6 address stands for its /64, every other for itself") {
    CHECK(network_of("192.0.2.7") == "192.0.2.7");
    CHECK(network_of("::ffff:192.0.2.7") == "192.0.2.7");
    CHECK(network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
    CHECK(network_of("2001:db8:1:2::") == "2001:db8:1:2::/64");
    CHECK(network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1"));
    CHECK(network_of("fe80::1%lo") == "fe80::1%lo");
    CHECK(network_of("::1") == "::1");
    CHECK(network_of("nobody") == "nobody");
}
