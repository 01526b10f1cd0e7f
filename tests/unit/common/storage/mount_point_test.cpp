#include "common/storage/mount_point.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("mount point: the longest one that the path is in") {
    const std::string mounts =
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "30 22 8:2 / /srv rw shared:2 - ext4 /dev/sdb1 rw\n"
        "31 30 8:3 / /srv/back\\040up rw shared:3 - xfs /dev/sdc1 rw\n"
        "32 22 0:5 / /srv/backup2 rw - tmpfs tmpfs rw";
    CHECK(mount_point_in(mounts, "/home/x") == "/");
    CHECK(mount_point_in(mounts, "/srv") == "/srv");
    CHECK(mount_point_in(mounts, "/srvx") == "/");
    CHECK(mount_point_in(mounts, "/srv/back up/data") == "/srv/back up");
    CHECK(mount_point_in(mounts, "/srv/backup2") == "/srv/backup2");
    CHECK(mount_point_in("", "/srv") == "/");
    CHECK(mount_point_in("x\n\n1 2", "/srv") == "/");
}

TEST_CASE("mount point: of folders of this machine") {
    CHECK(mount_point_of("/proc").value() == "/proc");
    CHECK(mount_point_of("/no such folder").error().code == Errc::not_found);
}
