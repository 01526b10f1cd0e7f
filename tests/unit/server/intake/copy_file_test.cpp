#include "server/intake/copy_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "common/storage/posix_file_system.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
using namespace burnbox::intake;

namespace {

struct Fixture {
    test::TempFolder folder;
    std::unique_ptr<FileSystem> source;
    test::MemoryFileSystem target;

    Fixture() {
        auto opened = open_posix_file_system(folder.path());
        REQUIRE(opened);
        source = std::move(*opened);
    }
    CopyFrom put(const std::string& content) {
        std::ofstream(folder / "a", std::ios::binary) << content;
        return expected();
    }
    CopyFrom expected() {
        const auto info = source->info("a");
        REQUIRE(info);
        return {.fs = *source, .path = "a", .expected = *info};
    }
    std::string copied() {
        const auto text = read_file(target, "copy", 1U << 30U);
        return text ? *text : "(none)";
    }
};

}  // namespace

TEST_CASE("copy file: the copy has the content, the times, and the digest that is returned") {
    for (const std::size_t size : {0U, 1U, 1048576U, 3000001U}) {
        CAPTURE(size);
        Fixture house;
        const std::string content(size, 'x');
        const CopyFrom from = house.put(content);
        const auto digest = copy_file(from, house.target, "copy", {});
        REQUIRE(digest);
        CHECK(*digest == Sha256::of(content));
        CHECK(house.copied() == content);
        CHECK(house.target.info("copy")->mtime == from.expected.mtime);
        CHECK(read_digest(from, {}) == Sha256::of(content));
    }
}

TEST_CASE("copy file: a file that is not what the walk saw is not copied") {
    Fixture house;
    const CopyFrom seen = house.put("old");
    SUBCASE("it grew") {
        house.put("older");
    }
    SUBCASE("other content of the same size and time") {
        house.put("new");
        std::filesystem::last_write_time(
            house.folder / "a", std::filesystem::file_time_type::clock::from_sys(seen.expected.mtime));
    }
    SUBCASE("another file took its place") {
        std::ofstream(house.folder / "b") << "old";
        std::filesystem::rename(house.folder / "b", house.folder / "a");
    }
    const auto digest = copy_file(seen, house.target, "copy", {});
    REQUIRE_FALSE(digest);
    CHECK(digest.error().of_original);
    CHECK(digest.error().error.code == Errc::conflict);
    CHECK(house.copied() == "(none)");
}

TEST_CASE("copy file: a link in its place is not followed") {
    Fixture house;
    const CopyFrom seen = house.put("old");
    std::filesystem::remove(house.folder / "a");
    std::filesystem::create_symlink("/etc/passwd", house.folder / "a");
    const auto digest = copy_file(seen, house.target, "copy", {});
    REQUIRE_FALSE(digest);
    CHECK(digest.error().of_original);
    CHECK(house.copied() == "(none)");
}

TEST_CASE("copy file: a full disk is the copy's failure, not the original's, and leaves nothing") {
    Fixture house;
    const CopyFrom from = house.put(std::string(100'000, 'x'));
    house.target.limit_bytes(1000);
    const auto digest = copy_file(from, house.target, "copy", {});
    REQUIRE_FALSE(digest);
    CHECK_FALSE(digest.error().of_original);
    CHECK(digest.error().error.code == Errc::no_space);
    CHECK(house.copied() == "(none)");
}

TEST_CASE("copy file: stops when it is told to") {
    Fixture house;
    std::stop_source stop;
    stop.request_stop();
    const auto digest = copy_file(house.put("x"), house.target, "copy", stop.get_token());
    REQUIRE_FALSE(digest);
    CHECK(digest.error().error.code == Errc::cancelled);
    CHECK(house.copied() == "(none)");
}
