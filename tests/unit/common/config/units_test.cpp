#include "common/config/units.hpp"

#include <doctest/doctest.h>

using namespace burnbox;
using namespace std::chrono_literals;

TEST_CASE("units: sizes with and without unit") {
    CHECK(parse_size("0") == 0);
    CHECK(parse_size("4096") == 4096);
    CHECK(parse_size("1KiB") == 1024);
    CHECK(parse_size("64 MiB") == 64ULL << 20U);
    CHECK(parse_size("50 GiB") == 50ULL << 30U);
    CHECK(parse_size("2TiB") == 2ULL << 40U);
    CHECK(parse_size("1 kB") == 1000);
    CHECK(parse_size("3MB") == 3'000'000);
    CHECK(parse_size("3 GB") == 3'000'000'000);
    CHECK(parse_size("3TB") == 3'000'000'000'000);
}

TEST_CASE("units: what is no size") {
    for (const char* text :
         {"", " ", "MiB", "-1", "+1", "1.5 GiB", "1 ", "1  MiB", "1 MiB ", "64 mib", "64 M", "0x10", "1 PiB",
          "9223372036854775808", "8388608 TiB", "99999999999999999999", "1\nMiB"})
        CHECK_MESSAGE(!parse_size(text).has_value(), text);
    CHECK(parse_size("9223372036854775807").has_value());
}

TEST_CASE("units: times need a unit, but for zero") {
    CHECK(parse_duration("0") == 0ms);
    CHECK(parse_duration("0s") == 0ms);
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("30s") == 30s);
    CHECK(parse_duration("15 m") == 15min);
    CHECK(parse_duration("2h") == 2h);
    CHECK(parse_duration("30d") == 720h);
    for (const char* text : {"", "30", "s", "-1s", "1.5h", "1w", "30 sec", "99999999999999999d"})
        CHECK_MESSAGE(!parse_duration(text).has_value(), text);
}

TEST_CASE("units: addresses to listen on") {
    const auto check = [](const char* text, const char* host, int port) {
        const auto address = parse_listen_address(text);
        REQUIRE_MESSAGE(address.has_value(), text);
        CHECK(address->host == host);
        CHECK(address->port == port);
    };
    check("127.0.0.1:2022", "127.0.0.1", 2022);
    check("0.0.0.0:0", "0.0.0.0", 0);
    check("[::]:22", "::", 22);
    check("[fe80::1]:65535", "fe80::1", 65535);
    for (const char* text : {"", ":", "2022", ":2022", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                             "127.0.0.1:-1", "::1:22", "[]:22", "[127.0.0.1]:22", "localhost:22", "[::1]22",
                             "127.0.0.1:22x", "256.0.0.1:22", "1.2.3.4 :22"})
        CHECK_MESSAGE(!parse_listen_address(text).has_value(), text);
}
