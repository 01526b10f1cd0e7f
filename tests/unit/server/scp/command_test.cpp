#include "server/scp/command.hpp"

#include <doctest/doctest.h>

using namespace burnbox;
using namespace burnbox::scp;

TEST_CASE("scp command: the forms real clients send are understood") {
    const auto sink = parse_command({"scp", "-r", "-p", "-t", "holiday/"});
    REQUIRE(sink);
    CHECK(sink->sink);
    CHECK(sink->recursive);
    CHECK(sink->preserve);
    CHECK(sink->paths == std::vector<std::string>{"holiday/"});
    const auto source = parse_command({"scp", "-vqf", "--", "-odd name"});
    REQUIRE(source);
    CHECK_FALSE(source->sink);
    CHECK(source->paths == std::vector<std::string>{"-odd name"});
    CHECK(parse_command({"scp", "-d", "-t", "~/x"})->paths.front() == "./x");
    CHECK(parse_command({"scp", "-t", ""})->paths.front() == ".");
    CHECK(parse_command({"scp", "-f", "a", "", "b"})->paths == std::vector<std::string>{"a", ".", "b"});
}

TEST_CASE("scp command: anything else is refused") {
    for (const std::vector<std::string>& argv :
         std::vector<std::vector<std::string>>{{"scp"},
                                               {"scp", "-t"},
                                               {"scp", "x"},
                                               {"scp", "-t", "-f", "x"},
                                               {"scp", "-t", "a", "b"},
                                               {"scp", "-S", "-t", "x"},
                                               {"scp", "-o", "ProxyCommand=x", "-t", "y"},
                                               {"scp", "-t", std::string(5000, 'p')}}) {
        CHECK_FALSE(parse_command(argv));
    }
}

TEST_CASE("scp entry: mode, size and name") {
    const auto entry = parse_entry("0644 5 a name with blanks");
    REQUIRE(entry);
    CHECK(entry->mode == 0644);
    CHECK(entry->size_bytes == 5);
    CHECK(entry->name == "a name with blanks");
}

TEST_CASE("scp entry: names that leave the folder, impossible sizes and modes are refused") {
    for (const char* line :
         {"0644 5 ../evil", "0644 5 a/b", "0644 5 ..", "0644 5 .", "0644 5 /etc", "0644 5 ", "0644 5",
          "0644 -1 x", "0644 0x10 x", "0644  x", "0644 1e9 x", "0644 99999999999999999999 x",
          "0644 9223372036854775808 x", "644 5 x", "9999 5 x", "06777 5 x", "-644 5 x", "", " 5 x"}) {
        CAPTURE(line);
        CHECK_FALSE(parse_entry(line));
    }
    CHECK_FALSE(parse_entry(std::string_view("0644 5 a\0b", 10)));
}

TEST_CASE("scp times: seconds and microseconds in range, nothing else") {
    const auto times = parse_times("1183828267 500000 5 0");
    REQUIRE(times);
    CHECK(times->mtime == Timestamp(std::chrono::milliseconds(1183828267500)));
    CHECK(times->atime == Timestamp(std::chrono::seconds(5)));
    const auto late =
        parse_times("253402300799 0 18446744073709551615 999999");  // of the year 9999, and never
    REQUIRE(late);
    CHECK(late->mtime == Timestamp(std::chrono::seconds(4'294'967'295)));
    CHECK(late->atime == Timestamp(std::chrono::microseconds(4'294'967'295'999'999)));
    for (const char* line : {"", "1", "1 0", "1 0 1", "-1 0 0 0", "99999999999999999999 0 0 0",
                             "1 1000000 1 0", "x 0 0 0", "1 0 1 0 0"}) {
        CAPTURE(line);
        CHECK_FALSE(parse_times(line));
    }
}
