// With the kernel's real notices, in a folder on the disk.
#include "server/watch/inotify_tree.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
using namespace burnbox::test;
using watch::InotifyTree;
using watch::Notice;
namespace fs = std::filesystem;

namespace {

struct Watched {
    TempFolder folder;
    std::unique_ptr<InotifyTree> tree;

    Watched() {
        auto opened = InotifyTree::open(folder / "");
        REQUIRE(opened);
        tree = std::move(*opened);
    }
    // Kind and place of all that happened, once each; sessions that appear are watched.
    std::set<std::string> notices() {
        std::set<std::string> all;
        const Status read = tree->read([&](const Notice& notice) {
            static constexpr const char* kKinds[] = {"appeared ", "vanished ", "changed ", "overflow",
                                                     "root gone"};
            if (notice.kind == Notice::Kind::appeared && notice.is_folder) tree->watch(notice.top);
            all.insert(kKinds[static_cast<int>(notice.kind)] + notice.top +
                       (notice.inside.empty() ? "" : "/" + notice.inside));
        });
        CHECK(read);
        return all;
    }
    void write(const std::string& path) const { std::ofstream(folder / path) << "text"; }
};

using Notices = std::set<std::string>;

}  // namespace

TEST_CASE("inotify tree: changes are told down to the last folder, and nothing while nothing changes") {
    Watched watched;
    fs::create_directories(watched.folder / "s/a/b");
    CHECK(watched.notices() == Notices{"appeared s"});
    CHECK(watched.tree->size() == 4);
    watched.write("s/a/b/file");
    CHECK(watched.notices() == Notices{"changed s/a/b/file"});
    CHECK(watched.notices().empty());
    fs::create_directories(watched.folder / "s/a/c/d");  // d is found by the listing
    CHECK(watched.notices() == Notices{"changed s/a/c"});
    watched.write("s/a/c/d/file");
    CHECK(watched.notices() == Notices{"changed s/a/c/d/file"});
    watched.write("plain");
    CHECK(watched.notices() == Notices{"appeared plain", "changed plain"});
}

TEST_CASE("inotify tree: folders that are moved keep being watched under their new name") {
    Watched watched;
    fs::create_directories(watched.folder / "s/a/b");
    (void)watched.notices();
    fs::rename(watched.folder / "s/a", watched.folder / "s/z");
    CHECK(watched.notices() == Notices{"changed s/a", "changed s/z"});
    watched.write("s/z/b/file");
    CHECK(watched.notices() == Notices{"changed s/z/b/file"});
    fs::rename(watched.folder / "s", watched.folder / "t");
    CHECK(watched.notices() == Notices{"vanished s", "appeared t"});
    watched.write("t/z/b/file");
    CHECK(watched.notices() == Notices{"changed t/z/b/file"});
    CHECK(watched.tree->size() == 4);
    fs::remove_all(watched.folder / "t");
    CHECK(watched.notices().contains("vanished t"));
    (void)watched.notices();
    CHECK(watched.tree->size() == 1);
}

TEST_CASE("inotify tree: a forgotten session is quiet, and the root's end is told") {
    Watched watched;
    fs::create_directories(watched.folder / "s/a");
    (void)watched.notices();
    watched.tree->forget("s");
    watched.write("s/a/file");
    CHECK(watched.notices().empty());
    fs::remove_all(watched.folder / "");
    CHECK(watched.notices().contains("root gone"));
}

TEST_CASE("inotify tree: when the kernel drops notices it says so") {
    Watched watched;
    fs::create_directories(watched.folder / "s");
    (void)watched.notices();
    std::ifstream limit("/proc/sys/fs/inotify/max_queued_events");
    int most = 0;
    limit >> most;
    REQUIRE(most > 0);
    for (int i = 0; i < most; ++i) watched.write("s/" + std::to_string(i % 2));
    CHECK(watched.notices().contains("overflow"));
}
