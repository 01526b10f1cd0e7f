#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "common/catalogue/catalogue.hpp"
#include "common/storage/posix_file_system.hpp"
#include "server/commands/command.hpp"
#include "server/commands/first_run.hpp"
#include "server/composition/service_notify.hpp"
#include "server/places/locations.hpp"
#include "server/places/overlap_findings.hpp"
#include "server/places/state_folders.hpp"
#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;

namespace {

Config config_in(const test::TempFolder& folder) {
    Config config;
    config.state_dir = folder / "a/state";
    config.inbox_dir = folder / "inbox";
    config.signals_dir = folder / "signals";
    config.drives["disc"] = {.name = "disc",
                             .device = "",
                             .image_dir = folder / "discs",
                             .medium = "dvd+r",
                             .expect = "",
                             .blanks = {},
                             .load = {},
                             .eject = {}};
    return config;
}

}  // namespace

TEST_CASE("serve: missing folders are made, the state's not for everybody") {
    const test::TempFolder folder;
    const Config config = config_in(folder);
    CHECK(access_findings(config).empty());
    CHECK_FALSE(std::filesystem::exists(config.state_dir));  // looking makes nothing
    REQUIRE(make_state_dir(config));
    const auto state_fs = open_posix_file_system(config.state_dir).value();
    const auto known = KnownFolders::open(*state_fs).value();
    REQUIRE(make_folders_of(config, *known));
    REQUIRE(make_folders_of(config, *known));
    struct stat info{};
    REQUIRE(stat(config.state_dir.c_str(), &info) == 0);
    CHECK((info.st_mode & 0007U) == 0);
    CHECK(std::filesystem::is_directory(folder / "discs"));
    REQUIRE(known->check(FolderKind::image_dir, folder / "discs"));
    std::filesystem::remove_all(folder / "discs");
    REQUIRE(make_folders_of(config, *known));
    CHECK_FALSE(std::filesystem::exists(folder / "discs"));  // it was there: its disk is not mounted
}

TEST_CASE("check: what can't be the catalogue is a finding; one that is not there yet is none") {
    const test::TempFolder folder;
    Config config = config_in(folder);
    config.catalogue = "sqlite3://" + (folder / "catalogue");
    CHECK(access_findings(config).empty());
    REQUIRE(Catalogue::open(config.catalogue));
    CHECK(access_findings(config).empty());
    const auto is_said = [&](const std::string& words) {
        const auto findings = access_findings(config);
        return findings.size() == 1 && findings[0].find(words) != std::string::npos;
    };
    std::ofstream(folder / "catalogue") << "no database at all";
    CHECK(is_said("is no SQLite database"));
    std::filesystem::remove(folder / "catalogue");
    std::filesystem::create_directory(folder / "catalogue");
    CHECK(is_said("is no file"));
}

TEST_CASE("serve: folders that are one through a link, or lie in each other, are findings") {
    const test::TempFolder folder;
    Config config = config_in(folder);
    std::filesystem::create_directories(folder / "inbox/alice");
    std::filesystem::create_directories(folder / "discs/old");
    config.watch.resize(1);
    config.watch[0].path = folder / "incoming";
    std::filesystem::create_directories(folder / "incoming");
    config.skim.resize(2);
    config.skim[0].from = config.skim[1].from = folder / "library";  // two may read the same
    CHECK(overlap_findings(config).empty());
    SUBCASE("a watched folder in the inbox") {
        std::filesystem::create_directory_symlink(folder / "inbox", folder / "link");
        config.watch[0].path = folder / "link/alice";
    }
    SUBCASE("a skimmed folder that is a folder of discs") {
        std::filesystem::create_directory_symlink("discs", folder / "link");
        config.skim[0].from = folder / "link";
    }
    SUBCASE("the folders of discs of two drives") {
        std::filesystem::create_directory_symlink(folder / "discs/old", folder / "link");
        config.drives["spare"].image_dir = folder / "link/new";  // not there yet
    }
    const auto findings = overlap_findings(config);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].find("through a link or a mount") != std::string::npos);
}

TEST_CASE("serve: a file in a folder's place, or no folder at all, is a finding with its key") {
    const test::TempFolder folder;
    Config config = config_in(folder);
    config.inbox_dir = "/proc/version";
    config.drives["tray"] = {.name = "tray",
                             .device = folder / "sr0",
                             .image_dir = "",
                             .medium = "",
                             .expect = "",
                             .blanks = {},
                             .load = {},
                             .eject = {}};
    const auto findings = access_findings(config);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].starts_with("inbox_dir: /proc/version is no folder"));
    CHECK(findings[1].starts_with("drives.tray.device: open "));
}

TEST_CASE("serve: a second server on the same state_dir is refused and told the first one's process") {
    const test::TempFolder folder;
    auto first = lock_state_dir(folder.path());
    REQUIRE(first);
    const auto second = lock_state_dir(folder.path());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Errc::busy);
    CHECK(second.error().message.find("process " + std::to_string(getpid())) != std::string::npos);
    first->reset();
    CHECK(lock_state_dir(folder.path()));
}

TEST_CASE("serve: the first run's text has the Host block, and the key when one was made") {
    FirstRun facts{.account = "alice",
                   .address = {"127.0.0.1", 2022},
                   .host_key_line = "ssh-ed25519 AAAA",
                   .host_key_fingerprint = "SHA256:x",
                   .notice = "",
                   .image_dir = "/discs",
                   .identity_file = ""};
    const std::string text = first_run_text(facts);
    CHECK(text.find("Host burnbox\n    HostName 127.0.0.1\n    Port 2022\n    User alice\n\n") !=
          std::string::npos);
    CHECK(text.find("[127.0.0.1]:2022 ssh-ed25519 AAAA\n") != std::string::npos);
    CHECK(text.find("scp -r photos burnbox:holiday/ && ssh burnbox burn holiday --wait") !=
          std::string::npos);
    facts.identity_file = "/state/client_key";
    CHECK(first_run_text(facts).find("    User alice\n    IdentityFile /state/client_key\n") !=
          std::string::npos);
    CHECK(to_text(ListenAddress{"::1", 22}) == "[::1]:22");
}

TEST_CASE("serve: systemd is told by one datagram") {
    const test::TempFolder folder;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, (folder / "notify").c_str());
    const UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    REQUIRE(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    notify_service("READY=1");  // without a socket: nothing
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    notify_service("STOPPING=1");
    unsetenv("NOTIFY_SOCKET");
    std::array<char, 64> text{};
    const ssize_t length = recv(fd.get(), text.data(), text.size(), MSG_DONTWAIT);
    REQUIRE(length > 0);
    CHECK(std::string(text.data(), static_cast<std::size_t>(length)) == "STOPPING=1");
}

TEST_CASE("command line: wrong usage is 2, a server that is not there is 3") {
    const test::TempFolder folder;
    CHECK(run_command_line({}) == 2);
    CHECK(run_command_line({"polish", "tray"}) == 2);
    CHECK(run_command_line({"burn"}) == 2);
    CHECK(run_command_line({"status", "--nonsense"}) == 2);
    CHECK(run_command_line({"status", "extra"}) == 2);
    CHECK(run_command_line({"status", "-s", folder / "control.sock"}) == 3);
    CHECK(run_command_line({"-s", folder / "control.sock", "find", "x", "--json"}) == 3);
    CHECK(run_command_line({"check", "-c", folder / "missing.yaml"}) == 1);
}

TEST_CASE("command line: the server's socket follows -s, then the configuration") {
    CHECK(control_socket("/run/x.sock", "/nowhere.yaml") == "/run/x.sock");
    CHECK_FALSE(control_socket("", "/nowhere.yaml"));
    CHECK(config_file("given.yaml") == "given.yaml");
}
