#include "server/watch/open_files.hpp"

#include <doctest/doctest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
using namespace burnbox::test;
using Names = std::vector<std::string>;

namespace {

// As the server runs without the service unit: capabilities belong to a thread.
void without_capabilities(const std::function<void()>& what) {
    std::thread([&] {
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
        CHECK(::syscall(SYS_capset, &header, none) == 0);
        what();
    }).join();
}

}  // namespace

TEST_CASE(
    "open files: who writes to another user's file can't be told without CAP_LEASE, and that is known") {
    TempFolder temp;
    std::ofstream(temp / "theirs") << "text";
    const bool is_root = ::geteuid() == 0;
    if (is_root) REQUIRE(::chown((temp / "theirs").c_str(), 65534, 65534) == 0);
    const std::string folder = is_root ? temp.path() : "/etc";
    const std::vector<upload::WalkEntry> entries = {
        {.path = is_root ? "theirs" : "passwd", .info = {}, .link_target = {}}};
    without_capabilities([&] {
        const watch::FileFindings findings = watch::look_at_files(folder, entries);
        CHECK(findings.unknown == Names{entries[0].path});
        CHECK(findings.writing.empty());
        CHECK(watch::unseen_writers(temp.path()).find("CAP_LEASE") != std::string::npos);
    });
    if (!is_root) return;
    CHECK(watch::look_at_files(folder, entries).unknown.empty());
    CHECK(watch::unseen_writers(temp.path()).empty());
}

TEST_CASE(
    "open files: a file that somebody has open for writing is found, whichever way the kernel tells it") {
    TempFolder temp;
    std::filesystem::create_directories(temp / "s/d");
    for (const char* const name : {"s/d/slow", "s/done"}) std::ofstream(temp / name) << "text";
    const std::vector<upload::WalkEntry> entries = {
        {.path = "d", .info = {.type = FileType::folder}, .link_target = {}},
        {.path = "d/slow", .info = {}, .link_target = {}},
        {.path = "done", .info = {}, .link_target = {}}};
    CHECK(watch::look_at_files(temp / "s", entries).writing.empty());
    CHECK(watch::writers_in_proc(temp / "s").empty());
    {
        const std::ofstream slow(temp / "s/d/slow", std::ios::app);
        const std::ifstream reader(temp / "s/done");
        CHECK(watch::look_at_files(temp / "s", entries).writing == Names{"d/slow"});
        CHECK(watch::writers_in_proc(temp / "s") == Names{"d/slow"});
    }
    CHECK(watch::look_at_files(temp / "s", entries).writing.empty());
}
