// The crash model that the fault tests stand on.
#include "tests/support/storage/memory_file_system.hpp"

#include <doctest/doctest.h>

using namespace burnbox;
using burnbox::test::MemoryFileSystem;

namespace {

std::unique_ptr<File> create(FileSystem& fs, const std::string& path, std::string_view content) {
    auto file = fs.open(path, {.read = true, .write = true, .create = true}).value();
    REQUIRE(file->write_at(std::as_bytes(std::span(content)), 0).has_value());
    return file;
}

std::string get(FileSystem& fs, const std::string& path) {
    auto content = read_file(fs, path, 1000);
    return content ? *content : "error: " + content.error().message;
}

}  // namespace

TEST_CASE("memory file system: a crash takes entries that were not synced, even of synced files") {
    MemoryFileSystem fs;
    REQUIRE(create(fs, "a", "A")->sync().has_value());
    fs.crash();
    CHECK_FALSE(fs.info("a").has_value());
}

TEST_CASE("memory file system: a crash brings unsynced content back to the last that was durable") {
    MemoryFileSystem fs;
    auto file = create(fs, "a", "old");
    REQUIRE(fs.sync_folder("").has_value());
    fs.crash();
    CHECK(get(fs, "a").empty());
    file = create(fs, "a", "old");
    REQUIRE(file->sync().has_value());
    REQUIRE(file->write_at(std::as_bytes(std::span(std::string_view("newer"))), 0).has_value());
    CHECK(get(fs, "a") == "newer");
    fs.crash();
    CHECK(get(fs, "a") == "old");
    std::byte byte{};
    CHECK_FALSE(file->read_at(std::span(&byte, 1), 0).has_value());  // its process is gone
}

TEST_CASE("memory file system: a crash undoes renames and removals that were not synced") {
    MemoryFileSystem fs;
    REQUIRE(fs.make_folder("d", 0755).has_value());
    create(fs, "d/a", "A");
    create(fs, "d/b", "B");
    REQUIRE(fs.sync_all().has_value());
    REQUIRE(fs.rename("d/a", "d/c", RenameMode::no_replace).has_value());
    REQUIRE(fs.remove("d/b").has_value());
    fs.crash();
    CHECK(get(fs, "d/a") == "A");
    CHECK(get(fs, "d/b") == "B");
    CHECK_FALSE(fs.info("d/c").has_value());
    REQUIRE(fs.rename("d/a", "d/c", RenameMode::no_replace).has_value());
    REQUIRE(fs.sync_folder("d").has_value());
    fs.crash();
    CHECK(get(fs, "d/c") == "A");
    CHECK_FALSE(fs.info("d/a").has_value());
}

TEST_CASE("memory file system: after kill nothing is lost but the open files") {
    MemoryFileSystem fs;
    auto file = create(fs, "a", "A");
    fs.kill();
    CHECK(get(fs, "a") == "A");
    CHECK_FALSE(file->sync().has_value());
}

TEST_CASE("memory file system: a subtree crashes with its store and goes on after it") {
    MemoryFileSystem fs;
    REQUIRE(fs.make_folder("d", 0755).has_value());
    REQUIRE(fs.sync_all().has_value());
    auto tree = fs.subtree("d").value();
    create(*tree, "a", "A");
    fs.crash();
    CHECK_FALSE(tree->info("a").has_value());
    create(*tree, "b", "B");
    CHECK(get(fs, "d/b") == "B");
}

TEST_CASE("memory file system: a full store says so, and room comes back") {
    MemoryFileSystem fs;
    fs.limit_bytes(4);
    auto file = create(fs, "a", "1234");
    const Status full = file->write_at(std::as_bytes(std::span(std::string_view("5"))), 4);
    REQUIRE_FALSE(full.has_value());
    CHECK(full.error().code == Errc::no_space);
    REQUIRE(fs.remove("a").has_value());
    create(fs, "b", "123");
    CHECK(fs.space().value().free_bytes == 1);
}
