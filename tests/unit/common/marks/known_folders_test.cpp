// The folders are on the real file system: mounts are played by moving a folder away and making an empty one.
#include "common/marks/known_folders.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "common/storage/posix_file_system.hpp"
#include "tests/support/must.hpp"
#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

struct House {
    TempFolder temp;
    std::string state = temp / "state", discs = temp / "discs", inbox = temp / "inbox";
    std::unique_ptr<FileSystem> state_fs;
    std::unique_ptr<KnownFolders> folders;

    House() {
        for (const std::string& path : {state, discs, inbox}) std::filesystem::create_directory(path);
        restart();
    }
    void restart() {
        folders.reset();
        state_fs = open_posix_file_system(state).value();
        folders = KnownFolders::open(*state_fs).value();
    }
    void unmount(const std::string& path) const {
        std::filesystem::rename(path, path + ".disk");
        std::filesystem::create_directory(path);
    }
    void mount(const std::string& path) const {
        std::filesystem::remove_all(path);
        std::filesystem::rename(path + ".disk", path);
    }
    [[nodiscard]] Status check(const std::string& path) const {
        return folders->check(path == inbox ? FolderKind::inbox_dir : FolderKind::image_dir, path);
    }
    [[nodiscard]] std::string complaint(const std::string& path) const {
        const Status status = check(path);
        REQUIRE_FALSE(status);
        CHECK(status.error().code == Errc::unreachable);
        return status.error().message;
    }
    static FolderMark mark_of(const std::string& path) {
        return read_folder_mark(*open_posix_file_system(path).value()).value().value();
    }
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("known folders: a new one is taken on, and is known after a restart") {
    House house;
    CHECK_FALSE(house.folders->knows(house.discs));
    REQUIRE(house.check(house.discs));
    CHECK(house.folders->knows(house.discs));
    const FolderMark mark = House::mark_of(house.discs);
    CHECK(mark.kind == "image_dir");
    CHECK(mark.owner == House::mark_of(house.state).identity);
    house.restart();
    CHECK(house.folders->knows(house.discs));
    CHECK(house.folders->identity() == mark.owner);
    CHECK(house.check(house.discs));
    CHECK(House::mark_of(house.discs) == mark);
}

TEST_CASE("known folders: what was there before marks is taken as it is") {
    House house;
    std::ofstream(house.discs + "/BURNBOX_0001.iso") << "x";
    CHECK(house.check(house.discs));
}

TEST_CASE("known folders: an empty mount point is not the folder, and nothing is written there") {
    House house;
    REQUIRE(house.check(house.discs));
    house.unmount(house.discs);
    house.restart();
    CHECK(has(house.complaint(house.discs), "mount its disk"));
    CHECK(std::filesystem::is_empty(house.discs));
    std::filesystem::remove(house.discs);
    CHECK(has(house.complaint(house.discs), "image_dir is missing"));
    std::filesystem::create_directory(house.discs);
    house.mount(house.discs);
    CHECK(house.check(house.discs));
}

TEST_CASE("known folders: another folder is not it, unless a person says so") {
    House house;
    REQUIRE(house.check(house.discs));
    REQUIRE(house.check(house.inbox));
    house.unmount(house.discs);
    std::filesystem::copy(house.inbox + "/.burnbox-folder", house.discs + "/.burnbox-folder");
    CHECK(has(house.complaint(house.discs), "touch " + house.discs + "/.burnbox-adopt"));
    std::ofstream(house.discs + "/.burnbox-adopt").flush();
    REQUIRE(house.check(house.discs));
    CHECK_FALSE(std::filesystem::exists(house.discs + "/.burnbox-adopt"));
    house.restart();
    CHECK(house.check(house.discs));
    house.mount(house.discs);
    CHECK(has(house.complaint(house.discs), "is away"));  // the old one is the other one now
}

TEST_CASE("known folders: a mark that can't be read is no mark") {
    House house;
    REQUIRE(house.check(house.discs));
    std::ofstream(house.discs + "/.burnbox-folder") << "rubbish";
    CHECK(has(house.complaint(house.discs), ".burnbox-folder"));
    std::ofstream(house.discs + "/.burnbox-adopt").flush();
    CHECK(house.check(house.discs));
    CHECK(house.check(house.discs));
}

TEST_CASE("known folders: an inbox with an empty state_dir says that the state is away") {
    House house;
    REQUIRE(house.check(house.inbox));
    REQUIRE(house.check(house.discs));
    house.unmount(house.state);
    house.restart();
    CHECK(has(house.complaint(house.inbox), "mount the disk of state_dir"));
    CHECK(std::filesystem::is_empty(house.state));
    CHECK(house.check(house.discs));  // images are nobody's until they are taken in
    house.mount(house.state);
    house.restart();
    CHECK(house.check(house.inbox));
}

TEST_CASE("known folders: a state that is older than its marks, or was put back from a copy, goes on") {
    House house;
    std::filesystem::create_directory(house.state + "/host_keys");
    REQUIRE(house.check(house.inbox));
    std::filesystem::remove(house.state + "/.burnbox-folder");
    std::filesystem::remove(house.state + "/folders.jsonl");
    house.restart();
    CHECK(house.check(house.inbox));
    CHECK(house.check(house.inbox));
}

TEST_CASE("known folders: a folder that moved to another path is known by its mark") {
    House house;
    REQUIRE(house.check(house.inbox));
    const FolderMark mark = House::mark_of(house.inbox);
    std::filesystem::rename(house.inbox, house.temp / "elsewhere");
    REQUIRE(house.folders->check(FolderKind::inbox_dir, house.temp / "elsewhere"));
    CHECK(House::mark_of(house.temp / "elsewhere") == mark);
}

TEST_CASE("known folders: a damaged record is an error that names it") {
    House house;
    REQUIRE(house.check(house.discs));
    std::ofstream(house.state + "/folders.jsonl") << "{\"path\":\"/x\"}\n";
    const auto again = KnownFolders::open(*house.state_fs);
    REQUIRE_FALSE(again);
    CHECK(has(again.error().message, "folders.jsonl"));
}
