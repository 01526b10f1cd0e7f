#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "common/catalogue/catalogue.hpp"
#include "common/storage/strict_modes.hpp"
#include "server/places/catalogue_rescue.hpp"
#include "server/places/descriptors.hpp"
#include "server/places/folder_locks.hpp"
#include "server/places/place_watch.hpp"
#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
namespace fs = std::filesystem;

namespace {

void write(const std::string& path, const std::string& text = "x") {
    std::ofstream(path) << text;
}

// What `function` says in another process; a lock of this one does not hold there.
int in_other_process(const std::function<bool()>& function) {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(function() ? 0 : 1);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("place watch: a place that is moved, removed or replaced is told, once") {
    const test::TempFolder folder;
    write(folder / "file");
    PlaceWatch places(std::chrono::milliseconds(1));
    CHECK_FALSE(places.keep("the file", folder / "missing", Origin::catalogue).has_value());
    REQUIRE(places.keep("the file", folder / "file", Origin::catalogue).has_value());
    REQUIRE(places.keep("the folder", folder.path(), Origin::state_folder).has_value());
    CHECK(places.check().has_value());
    std::promise<std::pair<std::string, Error>> lost;
    places.start([&](const std::string& path, const Error& error) { lost.set_value({path, error}); });
    SUBCASE("removed") {
        fs::remove(folder / "file");
    }
    SUBCASE("replaced") {
        write(folder / "other");
        fs::rename(folder / "other", folder / "file");
    }
    const auto [path, error] = lost.get_future().get();
    CHECK(path == folder / "file");
    CHECK(error.origin == Origin::catalogue);
    CHECK(error.message.find("the file " + (folder / "file")) != std::string::npos);
    CHECK_FALSE(places.check().has_value());
}

TEST_CASE("folder locks: another process is refused and named, this one not") {
    const test::TempFolder folder;
    FolderLocks locks;
    REQUIRE(locks.hold("inbox_dir", folder.path()).has_value());
    CHECK(locks.hold("signals_dir", folder.path()).has_value());
    fs::create_directory_symlink(folder.path(), folder / "link");
    CHECK(locks.hold("watch[0].path", folder / "link").has_value());
    const std::string process = "process " + std::to_string(::getpid());
    CHECK(in_other_process([&] {
              FolderLocks others;
              const Status held = others.hold("inbox_dir", folder.path());
              return !held && held.error().code == Errc::busy &&
                     held.error().message.find("inbox_dir " + folder.path()) != std::string::npos &&
                     held.error().message.find(process) != std::string::npos;
          }) == 0);
    CHECK_FALSE(locks.hold("inbox_dir", folder / "missing").has_value());
}

TEST_CASE("catalogue rescue: what was in a file that is removed is there at the next start") {
    const test::TempFolder folder(test::memory_backed_place());
    const std::string file = folder / "catalogue.sqlite";
    const auto disc = [](const std::string& label) {
        DiscRow row;
        row.label = label, row.serial = label;
        return row;
    };
    {
        auto catalogue = Catalogue::open("sqlite3://" + file);
        REQUIRE(catalogue.has_value());
        REQUIRE((*catalogue)->add_disc(disc("ONE")).has_value());
        CHECK(rescue_catalogue(**catalogue, file).has_value());
        CHECK_FALSE(fs::exists(file + ".rescued"));
        SUBCASE("the file with its log") {
            for (const char* ending : {"", "-wal", "-shm"}) fs::remove(file + ending);
        }
        SUBCASE("the file alone") {
            fs::remove(file);
        }
        SUBCASE("its log alone") {
            fs::remove(file + "-wal");
        }
        CHECK(rescue_catalogue(**catalogue, file).has_value());
        REQUIRE((*catalogue)->add_disc(disc("TWO")).has_value());
        CHECK(rescue_catalogue(**catalogue, file).has_value());
    }
    REQUIRE(take_rescued_catalogue(file).has_value());
    CHECK_FALSE(fs::exists(file + ".rescued"));
    auto catalogue = Catalogue::open("sqlite3://" + file);
    REQUIRE(catalogue.has_value());
    CHECK((*catalogue)->discs()->size() == 2);
}

TEST_CASE("catalogue rescue: another file in its place stays, the former content is beside it") {
    const test::TempFolder folder(test::memory_backed_place());
    const std::string file = folder / "catalogue.sqlite";
    auto catalogue = Catalogue::open("sqlite3://" + file);
    REQUIRE(catalogue.has_value());
    write(folder / "other", "another");
    fs::rename(folder / "other", file);
    REQUIRE(rescue_catalogue(**catalogue, file).has_value());
    REQUIRE(take_rescued_catalogue(file).has_value());
    CHECK(fs::file_size(file) == 7);
    CHECK(fs::exists(file + ".rescued"));
}

TEST_CASE("strict modes: who else may write, whose it is") {
    const test::TempFolder folder;
    const std::string file = folder / "file";
    write(file);
    const std::vector<uid_t> self = {::geteuid()};
    ::chmod(file.c_str(), 0644);
    CHECK_FALSE(strict_finding(file, OwnerRule::trusted, self).has_value());
    CHECK_FALSE(strict_finding(folder / "missing", OwnerRule::trusted, self).has_value());
    ::chmod(file.c_str(), 0646);
    CHECK(strict_finding(file, OwnerRule::any, {})->find("mend it with: chmod go-w " + file) !=
          std::string::npos);
    if (::geteuid() != 0) return;
    ::chmod(file.c_str(), 0664);
    CHECK(::chown(file.c_str(), 0, 65534) == 0);
    CHECK(strict_finding(file, OwnerRule::any, {})->find("its group") != std::string::npos);
    ::chmod(file.c_str(), 0644);
    CHECK(::chown(file.c_str(), 65534, 0) == 0);
    CHECK_FALSE(strict_finding(file, OwnerRule::any, {}).has_value());
    CHECK(strict_finding(file, OwnerRule::trusted, self)->find("chown root " + file) != std::string::npos);
    CHECK_FALSE(strict_finding(file, OwnerRule::trusted, {65534}).has_value());
}

TEST_CASE("descriptors: a default configuration fits into a usual limit, each client takes some") {
    Config config;
    const DescriptorNeed need = descriptor_need(config);
    CHECK(need.least < 256);
    CHECK(need.all == need.least + 3000);
}
