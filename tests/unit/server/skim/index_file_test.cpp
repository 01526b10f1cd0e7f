#include "server/skim/index_file.hpp"

#include <doctest/doctest.h>

#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using namespace burnbox::skim;

namespace {

IndexEntry entry(const std::string& path, std::uint64_t size = 1) {
    return {.path = path,
            .size_bytes = size,
            .mtime = Timestamp(std::chrono::nanoseconds(-5)),
            .ctime = Timestamp(std::chrono::nanoseconds(1'700'000'000'123'456'789)),
            .inode = 0xFFFFFFFFFFULL,
            .sha256 = Sha256::of(path)};
}

void write(FileSystem& fs, const std::vector<IndexEntry>& entries) {
    const auto file = fs.open("index", {.write = true, .create = true, .truncate = true});
    REQUIRE(file);
    IndexWriter writer(**file);
    for (const IndexEntry& one : entries) REQUIRE(writer.add(one));
    REQUIRE(writer.finish());
}

Result<std::vector<IndexEntry>> read(FileSystem& fs) {
    BB_TRY(const auto reader, IndexReader::open(fs, "index"));
    std::vector<IndexEntry> entries;
    for (;;) {
        BB_TRY(const IndexEntry* const one, reader->next());
        if (one == nullptr) return entries;
        entries.push_back(*one);
    }
}

}  // namespace

TEST_CASE("skim index: what was written comes back, of any names and of any number") {
    test::MemoryFileSystem fs;
    std::vector<IndexEntry> entries;
    SUBCASE("none") {}
    SUBCASE("some") {
        entries = {entry("a"), entry("a/b"), entry(std::string("a/b\xff\n\x01", 6)), entry("b", 1ULL << 40U)};
        entries[1].kind = IndexEntry::Kind::symlink;
    }
    SUBCASE("many, over several buffers") {
        for (int i = 100'000; i < 140'000; ++i) entries.push_back(entry("folder/" + std::to_string(i)));
    }
    write(fs, entries);
    const auto back = read(fs);
    REQUIRE_MESSAGE(back, back.error().message);
    CHECK(*back == entries);
}

TEST_CASE("skim index: damage anywhere is noticed, never taken for an index") {
    test::MemoryFileSystem fs;
    write(fs, {entry("a"), entry("b"), entry("c/d")});
    const auto size = fs.info("index")->size_bytes;
    for (std::uint64_t at = 0; at < size; ++at) {
        CAPTURE(at);
        fs.corrupt("index", at);
        const auto damaged = read(fs);
        REQUIRE_FALSE(damaged);
        CHECK(damaged.error().code == Errc::corrupt);
        fs.corrupt("index", at);
        if (!read(fs)) write(fs, {entry("a"), entry("b"), entry("c/d")});
    }
    for (std::uint64_t length = 0; length < size; ++length) {
        CAPTURE(length);
        write(fs, {entry("a"), entry("b"), entry("c/d")});
        REQUIRE((*fs.open("index", {.write = true}))->truncate(length));
        CHECK(read(fs).error().code == Errc::corrupt);
    }
}
