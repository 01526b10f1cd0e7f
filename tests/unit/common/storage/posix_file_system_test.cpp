#include "common/storage/posix_file_system.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "common/base/time_range.hpp"
#include "common/base/unique_fd.hpp"
#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
using burnbox::test::TempFolder;

TEST_CASE("posix file system: FIFOs and sockets are refused and never waited for") {
    const TempFolder folder;
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0644) == 0);
    const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, (folder / "socket").c_str(), sizeof address.sun_path - 1);
    REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    auto fs = open_posix_file_system(folder.path()).value();
    for (const std::string name : {"fifo", "socket"}) {
        CAPTURE(name);
        CHECK(fs->info(name).value().type == FileType::other);
        for (const OpenMode& mode :
             {OpenMode{.read = true}, OpenMode{.write = true}, OpenMode{.read = true, .write = true}}) {
            const auto opened = fs->open(name, mode);
            REQUIRE_FALSE(opened.has_value());
            CHECK(opened.error().code == Errc::permission);
        }
    }
}

TEST_CASE("posix file system: links that lead outside show nothing, however they are used") {
    const TempFolder inside, outside;
    REQUIRE(::symlink(outside.path().c_str(), (inside / "absolute").c_str()) == 0);
    REQUIRE(::symlink("..", (inside / "up").c_str()) == 0);
    REQUIRE(::symlink("/proc/self/root", (inside / "magic").c_str()) == 0);
    auto fs = open_posix_file_system(inside.path()).value();
    for (const std::string name : {"absolute", "up", "magic"}) {
        CAPTURE(name);
        CHECK_FALSE(fs->open_folder(name).has_value());
        CHECK_FALSE(fs->open(name + "/x", {.write = true, .create = true}).has_value());
        CHECK_FALSE(fs->info(name + "/x").has_value());
        CHECK_FALSE(fs->make_folder(name + "/x", 0755).has_value());
        CHECK_FALSE(fs->subtree(name).has_value());
    }
    CHECK(std::filesystem::is_empty(outside.path()));
}

TEST_CASE("posix file system: its descriptors are closed in programs that it starts") {
    const TempFolder folder;
    auto fs = open_posix_file_system(folder.path()).value();
    auto file = fs->open("a", {.write = true, .create = true}).value();
    auto opened = fs->open_folder("").value();
    int ours = 0;
    for (int fd = 3; fd < 64; ++fd) {
        const int flags = ::fcntl(fd, F_GETFD);
        char link[4096]{};
        const std::string name = "/proc/self/fd/" + std::to_string(fd);
        if (flags < 0 || ::readlink(name.c_str(), link, sizeof link - 1) < 0 ||
            !std::string(link).starts_with(folder.path()))
            continue;
        ++ours;
        CHECK((flags & FD_CLOEXEC) != 0);
    }
    CHECK(ours == 3);
}

TEST_CASE("posix file system: the root must be an absolute path of a folder that is there") {
    CHECK(open_posix_file_system("relative").error().code == Errc::invalid);
    CHECK(open_posix_file_system("/nowhere/at/all").error().code == Errc::not_found);
    const TempFolder folder;
    CHECK(open_posix_file_system(folder.path() + "//").value()->host_path("a") == folder / "a");
    CHECK(open_posix_file_system("/").value()->host_path("etc") == "/etc");
}

TEST_CASE("posix file system: files of any time are looked at, and keep a time that a record can hold") {
    const TempFolder folder("/dev/shm");
    auto fs = open_posix_file_system(folder.path()).value();
    REQUIRE(fs->open("a", {.write = true, .create = true}));
    for (const std::int64_t seconds :
         {-11'644'473'600LL, -9'223'372'037LL, -9'223'372'036LL, -2'208'988'801LL, -1LL, 4'294'967'296LL,
          9'223'372'036LL, 9'223'372'037LL, 253'402'300'800LL}) {
        CAPTURE(seconds);
        const timespec times[2] = {{.tv_sec = seconds, .tv_nsec = 999'999'999},
                                   {.tv_sec = seconds, .tv_nsec = 1}};
        REQUIRE(::utimensat(AT_FDCWD, (folder / "a").c_str(), times, 0) == 0);
        const FileInfo info = fs->info("a").value();
        CHECK(info.mtime == clamp_time(seconds, 1));
        CHECK(info.atime == clamp_time(seconds, 999'999'999));
        REQUIRE(fs->set_times("a", info.atime, info.mtime));
        CHECK(fs->info("a").value().mtime == info.mtime);
    }
}
