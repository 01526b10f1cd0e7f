#include "common/marks/copied_state.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "common/storage/durable_file.hpp"
#include "common/storage/posix_file_system.hpp"
#include "tests/support/must.hpp"
#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

struct Folders {
    TempFolder top;
    [[nodiscard]] std::unique_ptr<FileSystem> open(const std::string& name) {
        std::filesystem::create_directories(top.path() + "/" + name);
        return must(open_posix_file_system(top.path() + "/" + name));
    }
    // A file system counts time in ticks of some milliseconds: what is made in the same one has the same
    // time.
    void wait_for_a_tick(const std::string& file) {
        const auto fs = open(".");
        const Timestamp then = must(fs->info(file)).ctime;
        do must(replace_file(*fs, "tick", "", Durability::visible));
        while (must(fs->info("tick")).ctime == then);
    }
    [[nodiscard]] bool is_copied(const std::string& name) { return must(is_copied_state(*open(name))); }
};

}  // namespace

TEST_CASE("copied state: a copy is told from the folder itself, and is one no more once it is noted") {
    Folders folders;
    CHECK_FALSE(folders.is_copied("state"));
    must(note_this_state(*folders.open("state")));
    CHECK_FALSE(folders.is_copied("state"));
    folders.wait_for_a_tick("state/placed_here");
    std::filesystem::copy(folders.top.path() + "/state", folders.top.path() + "/copy");
    CHECK(folders.is_copied("copy"));
    must(note_this_state(*folders.open("copy")));
    CHECK_FALSE(folders.is_copied("copy"));
    CHECK_FALSE(folders.is_copied("state"));
}

TEST_CASE("copied state: another name, owner or mode is no copy") {
    Folders folders;
    must(note_this_state(*folders.open("state")));
    std::filesystem::permissions(folders.top.path() + "/state/placed_here",
                                 std::filesystem::perms::owner_all);
    std::filesystem::rename(folders.top.path() + "/state", folders.top.path() + "/renamed");
    CHECK_FALSE(folders.is_copied("renamed"));
}

TEST_CASE("copied state: a backup without the file, or with a damaged note") {
    Folders folders;
    must(note_this_state(*folders.open("state")));
    std::filesystem::remove(folders.top.path() + "/state/placed_here");
    CHECK(folders.is_copied("state"));
    must(replace_file(*folders.open("state"), "placed_here.json", "{\"inode\": "));
    CHECK_FALSE(folders.is_copied("state"));
}
