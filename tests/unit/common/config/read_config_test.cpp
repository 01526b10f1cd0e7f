// What the reader accepts, and what ends up in the Config.
#include <doctest/doctest.h>

#include "tests/unit/common/config/config_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;
using namespace std::chrono_literals;

TEST_CASE("config: one emulated drive is enough, everything else has defaults") {
    const Config config = parse_config(kDrive, "b.yaml").value();
    CHECK(config.file == "b.yaml");
    REQUIRE(config.listen.size() == 1);
    CHECK(config.listen[0].host == "127.0.0.1");
    CHECK(config.listen[0].port == 2022);
    CHECK(config.state_dir == "/var/lib/burnbox");
    CHECK(config.inbox_dir == "/var/lib/burnbox/inbox");
    CHECK(config.catalogue == "sqlite3:///var/lib/burnbox/catalogue.sqlite");
    CHECK(config.accounts.empty());
    CHECK(config.drives.at("disc").emulated());
    CHECK(config.drives.at("disc").medium == "dvd+r");
    CHECK_FALSE(config.drives.at("disc").blanks.has_value());
    CHECK(config.pools.at("default").drives == std::vector<std::string>{"disc"});
    CHECK(config.pools.at("default").copies == 1);
}

TEST_CASE("config: inbox and catalogue follow state_dir") {
    const Config config = parse_config("state_dir: /srv//box/./\n" + kDrive, "b.yaml").value();
    CHECK(config.state_dir == "/srv/box");
    CHECK(config.inbox_dir == "/srv/box/inbox");
    CHECK(config.catalogue == "sqlite3:///srv/box/catalogue.sqlite");
}

TEST_CASE("config: every key that is served") {
    const auto read = parse_config(std::string(R"yaml(
listen: [127.0.0.1:0, "[::]:22"]
state_dir: /s
inbox_dir: /i
catalogue: sqlite3:///c/catalogue.sqlite
accounts:
  alice:
    keys: [")yaml") + kEd25519 + R"yaml(", ")yaml" +
                                       kEcdsa256 + R"yaml("]
    rights: [upload]
    quota: 50 GiB
    pool: second
session:
  marker: [DONE]
  any_file: false
  ignore: ["*.x"]
  keep_burned: 30d
drives:
  tray: {device: /dev/sr0, expect: bd-r, load: [/usr/bin/changer, load, "1"], eject: [/usr/bin/changer, unload]}
  second: {device: /dev/sr1, expect: bd-r}
  box: {image_dir: /discs, medium: cd-r, blanks: 3}
pools:
  default: {drives: [tray, second], copies: 2}
  second: {drives: [box, tray], allow_emulated: true}
burn:
  verify: true
  layout: plain
  label: DISC_%Y_%N
  modes: keep
  speed: 2.4x
  batch: {wait: 1h, sessions: 20, size: 1 GiB}
  span: true
  close_disc: never
  full_below: 10 MB
  redundancy: 0
  write_once_only: true
watch: [{path: /w/, account: alice, settle: 2s}, {path: /x, account: alice}]
skim: []
hooks: []
limits: {connections: 1, per_address: 2, unauthenticated: 3, login_grace: 4s, auth_tries: 5, channels: 6, handles: 7, window: 8 MiB, idle: 9m}
log: {level: debug, format: json}
)yaml",
                                   "b.yaml");
    REQUIRE_MESSAGE(read.has_value(), read.error().message);
    const Config& config = *read;
    REQUIRE(config.listen.size() == 2);
    CHECK(config.listen[0].port == 0);
    CHECK(config.listen[1].host == "::");
    CHECK(config.state_dir == "/s");
    CHECK(config.inbox_dir == "/i");
    CHECK(config.catalogue == "sqlite3:///c/catalogue.sqlite");
    const AccountConfig& alice = config.accounts.at("alice");
    CHECK(alice.name == "alice");
    CHECK(alice.keys.size() == 2);
    CHECK(alice.rights.upload);
    CHECK_FALSE(alice.rights.read);
    CHECK_FALSE(alice.rights.remove);
    CHECK(alice.quota_bytes == 50ULL << 30U);
    CHECK(alice.pool == "second");
    CHECK(config.session.marker == std::vector<std::string>{"DONE"});
    CHECK_FALSE(config.session.any_file);
    CHECK(config.session.ignore == std::vector<std::string>{"*.x"});
    CHECK(config.drives.at("tray").device == "/dev/sr0");
    CHECK_FALSE(config.drives.at("tray").emulated());
    CHECK(config.drives.at("tray").expect == "bd-r");
    CHECK(config.drives.at("tray").load == std::vector<std::string>{"/usr/bin/changer", "load", "1"});
    CHECK(config.drives.at("tray").eject == std::vector<std::string>{"/usr/bin/changer", "unload"});
    CHECK(config.session.keep_burned == KeepBurned{KeepBurned::How::for_time, std::chrono::hours(24 * 30)});
    CHECK(config.burn.batch == BatchConfig{std::chrono::hours(1), 20, 1ULL << 30U});
    CHECK(config.drives.at("box").medium == "cd-r");
    CHECK(config.drives.at("box").blanks == 3U);
    CHECK(config.pools.at("default").copies == 2);
    CHECK(config.pools.at("second").drives == std::vector<std::string>{"box", "tray"});
    CHECK(config.pools.at("second").allow_emulated);
    CHECK(config.burn.layout == Layout::plain);
    CHECK(config.burn.label == "DISC_%Y_%N");
    CHECK(config.burn.modes == ModePolicy::keep);
    CHECK_FALSE(config.burn.close_when_full);
    CHECK(config.burn.full_below_bytes == 10'000'000);
    CHECK(config.burn.speed == 2.4);
    CHECK(config.burn.write_once_only);
    CHECK(config.burn.span);
    REQUIRE(config.watch.size() == 2);
    CHECK(config.watch[0] == WatchConfig{.path = "/w", .account = "alice", .settle = 2s});
    CHECK(config.watch[1].settle == 30s);
    CHECK(config.limits.connections == 1);
    CHECK(config.limits.per_address == 2);
    CHECK(config.limits.unauthenticated == 3);
    CHECK(config.limits.login_grace == 4s);
    CHECK(config.limits.auth_tries == 5);
    CHECK(config.limits.channels == 6);
    CHECK(config.limits.handles == 7);
    CHECK(config.limits.window_bytes == 8ULL << 20U);
    CHECK(config.limits.idle == 9min);
    CHECK(config.log_level == log::Level::debug);
    CHECK(config.log_format == log::Format::json);
}

TEST_CASE("config: without pools there is one of all drives, in the file's order") {
    const Config config =
        parse_config("drives: {z: {device: /dev/sr0}, a: {device: /dev/sr1}}", "b.yaml").value();
    REQUIRE(config.pools.size() == 1);
    CHECK(config.pools.at("default").drives == std::vector<std::string>{"z", "a"});
}

TEST_CASE("config: a section whose keys are all commented out has its defaults") {
    CHECK(findings("accounts:\nsession:\nburn:\nlimits:\nlog:\n" + kDrive).empty());
}

TEST_CASE("config: keys come from keys, from keys_file, or both; the same key counts once") {
    const TemporaryFolder folder;
    const std::string file =
        folder.write("keys", std::string("# mine\n") + kEcdsa384 + "\n" + kEd25519 + "\n");
    const std::string both =
        std::string("accounts: {alice: {keys: [\"") + kEd25519 + "\"], keys_file: " + file + "}}\n" + kDrive;
    CHECK(parse_config(both, "b.yaml").value().accounts.at("alice").keys.size() == 2);
    CHECK(parse_config("accounts: {alice: {keys_file: " + file + "}}\n" + kDrive, "b.yaml")
              .value()
              .accounts.at("alice")
              .keys.size() == 2);
}

TEST_CASE("config: accounts.d beside the file is merged in") {
    const TemporaryFolder folder;
    const std::string body = std::string("keys: [\"") + kEd25519 + "\"]\n";
    const std::string file = folder.write("burnbox.yaml", kDrive);
    CHECK(read_config(file).value().accounts.empty());
    folder.write("accounts.d/bob.yaml", body + "quota: 1 GiB\n");
    folder.write("accounts.d/carol.yaml", body);
    folder.write("accounts.d/dave.yaml.bak", "nonsense: [");
    folder.write("accounts.d/.hidden.yaml", "nonsense: [");
    const Config config = read_config(file).value();
    REQUIRE(config.accounts.size() == 2);
    CHECK(config.accounts.at("bob").name == "bob");
    CHECK(config.accounts.at("bob").quota_bytes == 1ULL << 30U);
    CHECK(config.accounts.at("carol").keys.size() == 1);
}

TEST_CASE("config: a file that can't be read names itself") {
    const TemporaryFolder folder;
    const Error missing = read_config(folder.path() + "/none.yaml").error();
    CHECK(missing.code == Errc::not_found);
    CHECK(missing.message == "read " + folder.path() + "/none.yaml: No such file or directory");
    CHECK(read_config(folder.path()).error().message == "read " + folder.path() + ": it is no plain file");
    const std::string large = folder.write("large.yaml", std::string((1U << 20U) + 1, '#'));
    CHECK(read_config(large).error().message == "read " + large + ": it is larger than 1 MiB");
}
