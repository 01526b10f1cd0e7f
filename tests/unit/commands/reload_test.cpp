#include "server/composition/reload.hpp"

#include <sys/stat.h>

#include "tests/unit/common/config/config_fixture.hpp"

#include <doctest/doctest.h>

using namespace burnbox;
using namespace burnbox::test;

namespace {

class ReloadHouse {
  public:
    ReloadHouse() {
        write("");
        config.emplace(read_config(file).value());
        reload.emplace(*config);
        reload->serve({.prepare =
                           [this](const Config& next) {
                               steps += "prepare";
                               for (const auto& [name, account] : next.accounts) steps += " " + name;
                               steps += "; ";
                               return prepared;
                           },
                       .follow =
                           [this] {
                               const ConfigSnapshot now = config->snapshot();
                               steps += "follow " + std::to_string(now->accounts.size()) + "; ";
                           }});
    }

    void write(const std::string& more, const std::string& drive = "disc") {
        file = folder.write("burnbox.yaml", "state_dir: " + folder.path() + "\ndrives: {" + drive +
                                                ": {image_dir: /discs}}\n" + more);
    }
    std::string run() {
        const auto report = reload->run();
        return report ? to_text(*report) : "error: " + report.error().message;
    }

    TemporaryFolder folder;
    std::string file, steps;
    Status prepared;
    std::optional<CurrentConfig> config;
    std::optional<Reload> reload;
};

std::string account(const std::string& name, const std::string& more = "") {
    return "accounts: {" + name + ": {keys: [\"" + kEd25519 + "\"]" + more + "}}\n";
}

}  // namespace

TEST_CASE("reload: what changed holds, after what it needs was made, and the server follows") {
    ReloadHouse house;
    house.write(account("bob", ", quota: 5") + "limits: {handles: 3}\n");
    CHECK(house.run() == "limits.handles: holds from the next connection on\naccounts.bob: holds now\n");
    CHECK(house.steps == "prepare bob; follow 1; ");
    const ConfigSnapshot now = house.config->snapshot();
    CHECK(now->accounts.at("bob").quota_bytes == 5);
    CHECK(house.run().empty());
}

TEST_CASE("reload: a file of accounts.d that is not read for its name is named") {
    ReloadHouse house;
    const std::string body = std::string("keys: [\"") + kEd25519 + "\"]\n";
    for (const char* name : {"dora.yml", "carol.yaml.bak", "bob", ".hidden.yml", "eve.yaml"})
        house.folder.write(std::string("accounts.d/") + name, body);
    CHECK(house.run() ==
          "accounts.eve: holds now\n"
          "accounts.d/bob is not read: its name must end in .yaml\n"
          "accounts.d/carol.yaml.bak is not read: its name must end in .yaml\n"
          "accounts.d/dora.yml is not read: its name must end in .yaml\n");
}

TEST_CASE("reload: keys that need a restart are named each time, and keep their value") {
    ReloadHouse house;
    house.write("drain: 7s\nsignals_dir: /elsewhere\n", "other");
    const std::string waits =
        "signals_dir: needs a restart; its old value stays until then\n"
        "pools.default.drives: needs a restart; its old value stays until then\n"
        "drives.disc: needs a restart; its old value stays until then\n"
        "drives.other: needs a restart; its old value stays until then\n";
    const std::string first = house.run();
    CHECK(first.find("drain: holds now\n") != std::string::npos);
    CHECK(house.run() == waits);
    const ConfigSnapshot now = house.config->snapshot();
    CHECK(now->drain == std::chrono::seconds(7));
    CHECK(now->drives.contains("disc"));
}

TEST_CASE("reload: of a wrong file nothing holds, and its place is said") {
    ReloadHouse house;
    const std::uint64_t generation = house.config->generation();
    house.write(account("bob") + "limits: {handles: many}\n");
    const std::string said = house.run();
    CHECK(said.find(house.file + ":4:19: limits.handles: expected a number") != std::string::npos);
    house.write(account("bob") + "limits: {handles: 3");
    CHECK(house.run().starts_with("error: " + house.file + ":"));
    CHECK(house.config->generation() == generation);
    CHECK(house.steps.empty());
}

TEST_CASE("reload: what can't be made keeps all of it from holding") {
    ReloadHouse house;
    house.prepared = fail(Errc::io, "make folder bob: no");
    house.write(account("bob") + "drain: 7s\n");
    CHECK(house.run() == "error: make folder bob: no");
    const ConfigSnapshot now = house.config->snapshot();
    CHECK(now->accounts.empty());
    CHECK(now->drain == std::chrono::seconds(30));
}

TEST_CASE("reload: a file that others may write is refused as at a start") {
    ReloadHouse house;
    house.write(account("bob"));
    REQUIRE(chmod(house.file.c_str(), 0666) == 0);
    CHECK(house.run().find("configuration: ") != std::string::npos);
    const ConfigSnapshot now = house.config->snapshot();
    CHECK(now->accounts.empty());
}

TEST_CASE("reload: a server without a file, and one that ends, has nothing to reload") {
    CurrentConfig none{Config()};
    Reload reload(none);
    REQUIRE_FALSE(reload.run());
    ReloadHouse house;
    house.reload->end();
    house.write(account("bob"));
    CHECK(house.run() == "error: the server is stopping");
    CHECK(house.steps.empty());
}

TEST_CASE("reload: a key file that can't be used holds nothing else up, and is said each time") {
    ReloadHouse house;
    const std::string keys = house.folder.path() + "/alice.pub";
    house.write("accounts:\n  bob: {keys: [\"" + std::string(kEd25519) +
                "\"]}\n  alice: {keys_file: " + keys + "}\ndrain: 7s\n");
    const std::string wrong = "accounts.alice.keys_file: read " + keys + ": No such file or directory\n";
    CHECK(house.run().ends_with(wrong));
    const ConfigSnapshot now = house.config->snapshot();
    CHECK(now->accounts.at("bob").keys.size() == 1);
    CHECK(now->accounts.at("alice").keys.empty());
    CHECK(now->drain == std::chrono::seconds(7));
    house.folder.write("alice.pub", std::string(kEcdsa256) + "\n");
    CHECK(house.run() == "accounts.alice.keys: holds now\n");
}
