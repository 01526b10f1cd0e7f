#include "server/upload/journal.hpp"

#include <doctest/doctest.h>

#include "tests/support/memory_file_system.hpp"

using namespace burnbox;
using namespace burnbox::upload;

namespace {

ProvenFiles replayed(std::initializer_list<std::string> lines) {
    ProvenFiles files;
    for (const std::string& line : lines) replay_line(line, files);
    return files;
}

std::string close_of(const std::string& path) {
    return R"({"close":")" + path + R"(","size":3,"sha256":")" + Sha256::of("abc").hex() + "\"}";
}

const ProvenFile kAbc{.size_bytes = 3, .sha256 = Sha256::of("abc")};

}  // namespace

TEST_CASE("journal: only a CLOSE with size and digest proves a file") {
    CHECK(replayed({R"({"open":"a"})"}).empty());
    CHECK(replayed({R"({"open":"a"})", close_of("a")}) == ProvenFiles{{"a", kAbc}});
    CHECK(replayed({R"({"close":"a","size":3})"}).empty());
    CHECK(replayed({close_of("a"), R"({"open":"a"})"}).empty());
    CHECK(replayed({close_of("a"), R"({"cut":"a"})"}).empty());
    CHECK(replayed({close_of("a"), R"({"remove":"a"})"}).empty());
}

TEST_CASE(
    "journal: what was lost with the machine stays so until it is whole or gone, whoever begins with it") {
    const std::string lost = R"({"lost":"a"})";
    const ProvenFile kLost{.size_bytes = 0, .sha256 = {}, .lost = true};
    CHECK(replayed({close_of("a"), lost}) == ProvenFiles{{"a", kLost}});
    CHECK(replayed({lost, R"({"open":"a"})", R"({"cut":"a"})"}) == ProvenFiles{{"a", kLost}});
    CHECK(replayed({lost, R"({"rename":"a","to":"b"})"}) == ProvenFiles{{"b", kLost}});
    CHECK(replayed({lost, close_of("a")}) == ProvenFiles{{"a", kAbc}});
    CHECK(replayed({lost, R"({"remove":"a"})"}).empty());
}

TEST_CASE("journal: renames carry a folder's files and replace what was there") {
    CHECK(replayed({close_of("a/x"), close_of("a-b"), R"({"rename":"a","to":"c"})"}) ==
          ProvenFiles{{"a-b", kAbc}, {"c/x", kAbc}});
    CHECK(replayed({close_of("a"), R"({"rename":"b","to":"a"})"}).empty());
    CHECK(replayed({close_of("a"), R"({"link":"a","to":"b"})"}) == ProvenFiles{{"a", kAbc}, {"b", kAbc}});
}

TEST_CASE("journal: torn and strange lines prove nothing and harm nothing") {
    CHECK(replayed({close_of("a"), "{\"close\":\"b\",\"si", "", "no json", R"({"later":"version"})"}) ==
          ProvenFiles{{"a", kAbc}});
}

TEST_CASE("journal: what is appended is what is loaded, with any name") {
    test::MemoryFileSystem fs;
    REQUIRE(make_folders(fs, "journal/alice", 0700));
    Journal journal(fs, "alice", "holiday");
    CHECK(journal.load().value().empty());
    const std::string name = "ph\"otos/\xc3\xa4\\ %20.jpg";
    journal.opened(name);
    journal.closed(name, 3, Sha256::of("abc"));
    CHECK(journal.load().value() == ProvenFiles{{name, kAbc}});
    journal.rename_session("other");
    CHECK(Journal(fs, "alice", "other").load().value().size() == 1);
    CHECK(Journal(fs, "alice", "holiday").load().value().empty());
    journal.remove();
    CHECK(Journal(fs, "alice", "other").load().value().empty());
}
