#include <doctest/doctest.h>
#include <fcntl.h>

#include <filesystem>
#include <fstream>

#include "burner/streams/hash_stream.h"
#include "common/base/digest.hpp"
#include "common/base/unique_fd.hpp"
#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;

namespace {

struct Checked {
    test::TempFolder temp;
    UniqueFd folder{::open(temp.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};

    void write(const std::string& name, const std::string& content) {
        std::ofstream(temp / name, std::ios::binary | std::ios::trunc) << content;
    }

    // As a burn would read it, against the content that was sealed. Empty = fine.
    std::string check(const std::string& name, const std::string& sealed) {
        bb_hash_reader* reader = bb_hash_reader_new();
        REQUIRE(reader != nullptr);
        const int good =
            bb_hash_check(reader, folder.get(), name.c_str(), sealed.size(), Sha256::of(sealed).bytes.data());
        const bb_hash_failure failure = bb_hash_reader_failure(reader);
        CHECK((good == 1) == (failure.kind == BB_HASH_FINE));
        std::string what = failure.what;
        if (!good) CHECK(failure.path == name);
        bb_hash_reader_free(reader);
        return what;
    }
};

}  // namespace

TEST_CASE("hashed file: files of every size are as they were sealed") {
    Checked files;
    for (const std::size_t bytes :
         {0UL, 1UL, 2048UL, (1UL << 20U) - 1, 1UL << 20U, (1UL << 20U) + 1, 4UL << 20U, (9UL << 20U) + 5}) {
        const std::string content(bytes, 'x');
        files.write("f", content);
        CHECK(files.check("f", content).empty());
    }
}

TEST_CASE("hashed file: what changed since the seal is noticed, small and large") {
    for (const std::size_t bytes : {10UL, 9UL << 20U}) {
        Checked files;
        const std::string sealed(bytes, 'x');
        std::string content = sealed;
        std::string expected;
        SUBCASE("last byte") {
            content.back() = 'y';
            expected = "has another content";
        }
        SUBCASE("longer") {
            content += "y";
            expected = "has another size";
        }
        SUBCASE("shorter") {
            content.pop_back();
            expected = "has another size";
        }
        files.write("f", content);
        CHECK(files.check("f", sealed) == expected);
    }
}

TEST_CASE("hashed file: what is gone, a folder or a link is no file any more") {
    Checked files;
    CHECK(files.check("missing", "x") == "is gone");
    std::filesystem::create_directory(files.temp / "folder");
    CHECK(files.check("folder", "x") == "is no plain file any more");
    files.write("target", "x");
    std::filesystem::create_symlink("target", files.temp / "link");
    CHECK(files.check("link", "x") == "is gone");
    std::filesystem::create_directory_symlink("folder", files.temp / "way");
    CHECK(files.check("way/f", "x") == "is gone");
    CHECK_FALSE(files.check("../x", "x").empty());
}
