#include <doctest/doctest.h>

#include "server/seal/seal_rules.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

using Strings = std::vector<std::string>;

namespace {

std::string line(const std::string& content, const std::string& path) {
    return Sha256::of(content).hex() + "  " + path + "\n";
}

}  // namespace

TEST_CASE("checksum list: complete and right it seals, and stays in the data") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    CHECK(put(*client, "/holiday/b c", "bbb") == "ok");
    CHECK(put(*client, "/holiday/SHA256SUMS", line("aaa", "a") + line("bbb", "./b c")) ==
          "ok: holiday is sealed");
    CHECK(house.manifest_paths(house.rows()[0]) == Strings{"SHA256SUMS", "a", "b c"});
    CHECK(house.rows()[0].marker_name == "SHA256SUMS");
}

TEST_CASE(
    "checksum list: while listed files are missing it is data, and any later marker evaluates it again") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    CHECK(put(*client, "/holiday/SHA256SUMS", line("aaa", "a") + line("bbb", "b") + line("c", "c")) ==
          "holiday is not sealed yet: SHA256SUMS lists files that are still missing: b and c");
    CHECK(house.names("alice/holiday") == Strings{"REFUSED.txt", "SHA256SUMS", "a"});
    const std::string told = house.text("alice/holiday/REFUSED.txt");
    CHECK(told.find("lists files that are still missing: b and c\n") != std::string::npos);
    CHECK(told.find("send what is missing, then SHA256SUMS or any other marker again") != std::string::npos);
    SUBCASE("BURN is refused until they are there, then the list is part of the data") {
        CHECK(put(*client, "/holiday/BURN", "") ==
              "holiday can't be sealed: SHA256SUMS does not match: listed, but missing: b and c");
        CHECK(house.exists("alice/holiday/BURN.refused"));
        CHECK(house.exists("alice/holiday/SHA256SUMS"));
        CHECK(put(*client, "/holiday/b", "bbb") == "ok");
        CHECK(put(*client, "/holiday/c", "c") == "ok");
        CHECK(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
        CHECK(house.manifest_paths(house.rows()[0]) == Strings{"SHA256SUMS", "a", "b", "c"});
    }
    SUBCASE("the list sent again") {
        CHECK(put(*client, "/holiday/b", "bbb") == "ok");
        CHECK(put(*client, "/holiday/c", "c") == "ok");
        CHECK(put(*client, "/holiday/SHA256SUMS", line("aaa", "a") + line("bbb", "b") + line("c", "c")) ==
              "ok: holiday is sealed");
    }
}

TEST_CASE("checksum list: the first file to arrive says what is missing") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/SHA256SUMS", line("aaa", "a")) ==
          "holiday is not sealed yet: SHA256SUMS lists files that are still missing: a");
    CHECK(put(*client, "/empty/SHA256SUMS", "") ==
          "empty can't be sealed: the session is empty; upload into it first");
}

TEST_CASE("checksum list: wrong or extra files and what is no list are refused") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    CHECK(put(*client, "/holiday/b", "bbb") == "ok");
    SUBCASE("wrong") {
        CHECK(put(*client, "/holiday/SHA256SUMS", line("xxx", "a") + line("bbb", "b")) ==
              "holiday can't be sealed: SHA256SUMS does not match: wrong digest: a");
    }
    SUBCASE("extra") {
        CHECK(put(*client, "/holiday/SHA256SUMS", line("aaa", "a")) ==
              "holiday can't be sealed: SHA256SUMS does not match: not in the list: b");
    }
    SUBCASE("no list") {
        CHECK(contains(put(*client, "/holiday/SHA256SUMS", "hello\n"),
                       "holiday can't be sealed: SHA256SUMS: "));
    }
    CHECK(house.exists("alice/holiday/SHA256SUMS.refused"));
    CHECK(house.rows().empty());
}

TEST_CASE("checksum list: not configured as a marker it is plain data") {
    UploadHouse house;
    house.config.session.marker = {"GO"};
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/SHA256SUMS", "hello\n") == "ok");
    CHECK(put(*client, "/holiday/GO", "") == "ok: holiday is sealed");
}

TEST_CASE("checksum list: it may list itself and what links lead to") {
    Manifest manifest;
    manifest.entries = {{.path = "a", .size_bytes = 3, .sha256 = Sha256::of("aaa"), .link_target = {}},
                        {.path = "l", .type = FileType::symlink, .sha256 = {}, .link_target = "a"}};
    const auto findings =
        upload::compare_with_sums(manifest, line("aaa", "a") + line("aaa", "l") + line("?", "SHA256SUMS"));
    REQUIRE(findings);
    CHECK(findings->missing.empty());
    CHECK(findings->wrong.empty());
    CHECK(findings->extra.empty());
}

TEST_CASE("checksum list: paths that leave the session, or go through a link, are refused, not waited for") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    CHECK(shown(client->make_folder("/holiday/d", 0755)) == "ok");
    CHECK(put(*client, "/holiday/d/b", "bbb") == "ok");
    CHECK(shown(client->make_symlink("d", "/holiday/l")) == "ok");
    CHECK(shown(client->make_symlink("a", "/holiday/to_a")) == "ok");
    const std::string good = line("aaa", "a") + line("bbb", "d/b");
    for (const std::string path :
         {"../../x", "../holiday/a", "d/../../x", "/etc/passwd", "//a", "l/b", "d/../l/b", ".."}) {
        CAPTURE(path);
        const std::string answer = put(*client, "/holiday/SHA256SUMS", good + line("aaa", path));
        CHECK(contains(answer, "not a path in this session: " + path));
        CHECK(house.exists("alice/holiday/SHA256SUMS.refused"));
        CHECK_FALSE(house.exists("alice/holiday/SHA256SUMS"));
    }
    CHECK(put(*client, "/holiday/SHA256SUMS",
              line("aaa", "d/../a") + line("bbb", "d//./b") + line("aaa", "to_a")) ==
          "ok: holiday is sealed");
}
