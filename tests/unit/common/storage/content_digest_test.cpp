#include "common/storage/content_digest.hpp"

#include <doctest/doctest.h>

#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;

TEST_CASE("content digest: of the whole file, also where it is shorter or longer than was likely") {
    test::MemoryFileSystem fs;
    const std::string content((3U << 20U) + 17, 'b');
    auto file = fs.open("a", {.read = true, .write = true, .create = true}).value();
    REQUIRE(file->write_at(std::as_bytes(std::span(content)), 0).has_value());
    for (const std::uint64_t likely_bytes :
         {std::uint64_t{0}, std::uint64_t{1000}, std::uint64_t{content.size()}, UINT64_MAX}) {
        const ContentDigest digest = digest_content(*file, likely_bytes).value();
        CHECK(digest.size_bytes == content.size());
        CHECK(digest.sha256 == Sha256::of(content));
    }
}

TEST_CASE("content digest: of an empty file") {
    test::MemoryFileSystem fs;
    auto file = fs.open("a", {.read = true, .write = true, .create = true}).value();
    const ContentDigest digest = digest_content(*file, 0).value();
    CHECK(digest.size_bytes == 0);
    CHECK(digest.sha256 == Sha256::of(""));
}
