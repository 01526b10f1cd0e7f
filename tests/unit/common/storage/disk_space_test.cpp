#include "common/storage/disk_space.hpp"

#include <doctest/doctest.h>
#include <sys/statvfs.h>

#include "common/storage/posix_file_system.hpp"
#include "tests/support/must.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("disk space: it is that of the disk that a folder is on") {
    struct statvfs shared{};
    REQUIRE(statvfs("/dev/shm", &shared) == 0);
    const auto root = must(open_posix_file_system("/"));
    CHECK(must(space_at(*root, "dev/shm")).total_bytes == shared.f_blocks * shared.f_frsize);
    CHECK(must(space_at(*root, "")).total_bytes == must(root->space()).total_bytes);
    CHECK(space_at(*root, "dev/shm/there is none").error().code == Errc::not_found);
}
