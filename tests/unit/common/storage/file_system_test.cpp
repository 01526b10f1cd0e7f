#include "common/storage/file_system.hpp"

#include <doctest/doctest.h>

#include "common/storage/durable_file.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using burnbox::test::MemoryFileSystem;

TEST_CASE("paths: joined, parent and base name") {
    CHECK(join_path("a", "b") == "a/b");
    CHECK(join_path("", "b") == "b");
    CHECK(join_path("a", "") == "a");
    CHECK(parent_path("a/b/c") == "a/b");
    CHECK(parent_path("a").empty());
    CHECK(base_name("a/b/c") == "c");
    CHECK(base_name("a") == "a");
}

TEST_CASE("list_folder: sorted bytewise, however many there are") {
    MemoryFileSystem fs;
    for (int i = 0; i < 5000; ++i) REQUIRE(fs.make_folder("n" + std::to_string(i), 0755).has_value());
    REQUIRE(fs.make_folder("\xC3\xA4", 0755).has_value());
    REQUIRE(fs.make_folder("Z", 0755).has_value());
    const auto entries = list_folder(fs, "").value();
    REQUIRE(entries.size() == 5002);
    CHECK(entries.front().name == "Z");
    CHECK(entries[1].name == "n0");
    CHECK(entries[2].name == "n1");
    CHECK(entries[3].name == "n10");
    CHECK(entries.back().name == "\xC3\xA4");
}

TEST_CASE("read_file: whole content up to a limit") {
    MemoryFileSystem fs;
    REQUIRE(replace_file(fs, "a", "12345").has_value());
    CHECK(read_file(fs, "a", 5).value() == "12345");
    CHECK(read_file(fs, "a", 4).error().code == Errc::invalid);
    REQUIRE(replace_file(fs, "empty", "").has_value());
    CHECK(read_file(fs, "empty", 0).value().empty());
    CHECK(read_file(fs, "none", 4).error().code == Errc::not_found);
}

TEST_CASE("make_folders: makes what is missing, refuses to go through a file") {
    MemoryFileSystem fs;
    REQUIRE(make_folders(fs, "a/b/c", 0755).has_value());
    REQUIRE(make_folders(fs, "a/b/c", 0755).has_value());
    REQUIRE(make_folders(fs, "a/b/d/e", 0755).has_value());
    REQUIRE(make_folders(fs, "", 0755).has_value());
    CHECK(fs.info("a/b/d/e").value().type == FileType::folder);
    REQUIRE(replace_file(fs, "a/file", "x").has_value());
    CHECK(make_folders(fs, "a/file", 0755).error().code == Errc::exists);
    CHECK_FALSE(make_folders(fs, "a/file/x", 0755).has_value());
}

TEST_CASE("remove_tree: removes everything, links without what they lead to; missing is fine") {
    MemoryFileSystem fs;
    REQUIRE(make_folders(fs, "a/b/c", 0755).has_value());
    REQUIRE(make_folders(fs, "keep", 0755).has_value());
    REQUIRE(replace_file(fs, "keep/x", "x").has_value());
    REQUIRE(replace_file(fs, "a/b/y", "y").has_value());
    REQUIRE(fs.make_symlink("../../keep", "a/b/link").has_value());
    REQUIRE(remove_tree(fs, "a").has_value());
    REQUIRE(remove_tree(fs, "a").has_value());
    REQUIRE(remove_tree(fs, "keep/x").has_value());
    CHECK(list_folder(fs, "").value().size() == 1);
}
