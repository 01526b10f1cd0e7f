#include "server/scp/globs.hpp"

#include <doctest/doctest.h>

#include "tests/support/server/fake_upload_client.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using namespace burnbox::test;
using Strings = std::vector<std::string>;

namespace {

struct House {
    MemoryFileSystem fs;
    FakeUploadClient client{fs};

    House() {
        for (const char* const folder : {"one", "one/sub", "two"}) REQUIRE(fs.make_folder(folder, 0755));
        for (const char* const file : {"one/b.jpg", "one/a.jpg", "one/.hidden.jpg", "one/c.txt",
                                       "one/sub/d.jpg", "two/e.jpg", "two/*"})
            REQUIRE(fs.open(file, {.write = true, .create = true}));
    }
    Strings expand(const std::string& command) {
        const auto words = split_command_words(command);
        REQUIRE(words);
        const auto argv = scp::expand_globs(client, *words);
        return argv ? *argv : Strings{argv.error().message};
    }
};

}  // namespace

TEST_CASE("scp globs: a pattern becomes the names it matches, sorted, hidden ones left out") {
    House house;
    CHECK(house.expand("scp -f one/*.jpg") == Strings{"scp", "-f", "one/a.jpg", "one/b.jpg"});
    CHECK(house.expand("/o?e/[a-b]*") == Strings{"/one/a.jpg", "/one/b.jpg"});
    CHECK(house.expand("*/*.jpg") == Strings{"one/a.jpg", "one/b.jpg", "two/e.jpg"});
    CHECK(house.expand("~/one/.h*") == Strings{"./one/.hidden.jpg"});
    CHECK(house.expand("*/sub/") == Strings{"one/sub/"});
}

TEST_CASE("scp globs: what is quoted, or matches nothing, stands for itself") {
    House house;
    CHECK(house.expand("'two/*' two/\\* \"two/*\"") == Strings{"two/*", "two/*", "two/*"});
    CHECK(house.expand("two/*.txt no*/x") == Strings{"two/*.txt", "no*/x"});
    CHECK(house.expand("one/c.txt/*") == Strings{"one/c.txt/*"});
}

TEST_CASE("scp globs: a flood of matches is refused") {
    House house;
    REQUIRE(house.fs.make_folder("many", 0755));
    for (std::size_t i = 0; i <= scp::kMostMatches; ++i)
        REQUIRE(house.fs.open("many/" + std::to_string(i), {.write = true, .create = true}));
    CHECK(house.expand("many/*").front().find("more than 10000") != std::string::npos);
}

TEST_CASE("scp globs: a pattern that would look at too many names is refused, however little it matches") {
    House house;
    REQUIRE(house.fs.make_folder("wide", 0755));
    for (int i = 0; i < 50; ++i) REQUIRE(house.fs.make_folder("wide/" + std::to_string(i), 0755));
    CHECK(house.expand("wide/*/../*x") == Strings{"wide/*/../*x"});
    CHECK(house.expand("wide/*/../*/../*x").front().find("look at more than 100000") != std::string::npos);
    // All words of a command count together.
    std::string command;
    for (int i = 0; i < 40; ++i) command += "wide/*/../*x ";
    CHECK(house.expand(command).front().find("look at more than 100000") != std::string::npos);
}

TEST_CASE("scp globs: many matches with a long rest of the path take no memory") {
    House house;
    REQUIRE(house.fs.make_folder(std::string(200, 'n'), 0755));
    std::string rest;
    for (int i = 0; i < 2'000; ++i) rest += "/x";
    CHECK(house.expand("*" + rest).front().find("paths of more than 4096 bytes") != std::string::npos);
}

TEST_CASE("scp globs: a pattern that is longer than any path is refused before it is compared with names") {
    House house;
    CHECK(house.expand("**[a]*[" + std::string(60'000, 'b') + "]")
              .front()
              .find("a pattern of more than 4096") != std::string::npos);
}
