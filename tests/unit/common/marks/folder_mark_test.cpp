#include "common/marks/folder_mark.hpp"

#include <doctest/doctest.h>

#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using burnbox::test::MemoryFileSystem;

namespace {

FolderMark sample() {
    return {.kind = "image_dir", .identity = "one", .owner = "state", .generation = 17, .disc_number = 3};
}

TEST_CASE("a folder's mark is read as it was written, and survives a crash") {
    MemoryFileSystem fs;
    CHECK(read_folder_mark(fs).value() == std::nullopt);
    REQUIRE(write_folder_mark(fs, sample()));
    fs.crash();
    CHECK(read_folder_mark(fs).value() == sample());
}

TEST_CASE("a mark keeps what a later version wrote from being an error") {
    const auto mark = parse_folder_mark("{\"burnbox_folder\":1,\"identity\":\"one\",\"colour\":\"red\"}\r\n");
    REQUIRE(mark);
    CHECK(mark->identity == "one");
    CHECK(mark->generation == 0);
}

TEST_CASE("what is no mark is damaged, not missing") {
    for (const char* text :
         {"", "x", "{}", "{\"burnbox_folder\":1}", "{\"burnbox_folder\":2,\"identity\":\"a\"}"})
        CHECK(parse_folder_mark(text).error().code == Errc::corrupt);
    MemoryFileSystem fs;
    const auto file = fs.open(".burnbox-folder", {.write = true, .create = true});
    REQUIRE(file);
    CHECK(read_folder_mark(fs).error().code == Errc::corrupt);
}

TEST_CASE("the generation and the disc number in a mark only rise") {
    MemoryFileSystem fs;
    CHECK(note_generation(fs, 18, 4).error().code == Errc::not_found);
    REQUIRE(write_folder_mark(fs, sample()));
    REQUIRE(note_generation(fs, 16, 2));
    CHECK(read_folder_mark(fs).value() == sample());
    REQUIRE(note_generation(fs, 18, 2));
    CHECK(read_folder_mark(fs).value()->generation == 18);
    CHECK(read_folder_mark(fs).value()->disc_number == 3);
    REQUIRE(note_generation(fs, 1, 104));
    CHECK(read_folder_mark(fs).value()->generation == 18);
    CHECK(read_folder_mark(fs).value()->disc_number == 104);
    CHECK(read_folder_mark(fs).value()->identity == "one");
}

}  // namespace
