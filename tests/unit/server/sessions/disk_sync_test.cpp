#include "server/sessions/disk_sync.hpp"

#include <doctest/doctest.h>

#include "common/storage/posix_file_system.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using namespace burnbox::upload;

namespace {

WalkEntry entry(const std::string& path, FileType type, std::uint64_t device) {
    WalkEntry out{.path = path, .info = {}, .link_target = {}};
    out.info.type = type;
    out.info.device = device;
    return out;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("disk sync: every file system but the root's is named once, whatever of it lies where") {
    test::MemoryFileSystem fs;  // knows no devices: 0
    REQUIRE(make_folders(fs, "bob/holiday", 0755));
    CHECK(other_disks(fs, "bob/holiday", {entry("a", FileType::file, 0)}).value().empty());
    CHECK(other_disks(fs, "bob/holiday",
                      {entry("d", FileType::folder, 3), entry("d/a", FileType::file, 3),
                       entry("link", FileType::symlink, 4), entry("x", FileType::file, 5)})
              .value() == Paths{"bob/holiday/d", "bob/holiday/x"});
    CHECK_FALSE(other_disks(fs, "bob/gone", {}));
    const auto machine = open_posix_file_system("/");
    REQUIRE(machine);
    CHECK(other_disks(**machine, "proc", {}).value() == Paths{"proc"});
}

TEST_CASE("disk sync: a file or folder of any disk is synced, and what is not there is an error") {
    DiskSync sync;
    CHECK(sync.sync("/tmp"));
    CHECK(sync.sync("/tmp"));
    CHECK_FALSE(sync.sync("/tmp/burnbox/no/such/folder"));
}
