// The table of keys: it is complete, it sees each change, and what needs a restart stays as it was.
#include "common/config/take_hold.hpp"

#include <fmt/ranges.h>

#include <map>

#include "tests/unit/common/config/config_fixture.hpp"
#include "tests/unit/common/config/reader_keys.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

// Each key with two values; "" = it can have one only.
struct Sample {
    std::string key, one, other;
};

class Samples {
  public:
    Samples() {
        const std::string file = folder_.write("one.pub", std::string(kEcdsa256) + "\n");
        const std::string other = folder_.write("other.pub", std::string(kRsa2048) + "\n");
        all = {
            {"listen", "[127.0.0.1:2022]", "[127.0.0.1:2023]"},
            {"state_dir", "/s", "/t"},
            {"inbox_dir", "/i", "/j"},
            {"catalogue", "sqlite3:///c", "sqlite3:///d"},
            {"accounts.NAME.keys", std::string("[\"") + kEd25519 + "\"]", "[]"},
            {"accounts.NAME.keys_file", file, other},
            {"accounts.NAME.rights", "[upload]", "[read]"},
            {"accounts.NAME.quota", "1", "2"},
            {"accounts.NAME.pool", "default", "second"},
            {"session.marker", "[BURN]", "[DONE]"},
            {"session.any_file", "true", "false"},
            {"session.ignore", "[a]", "[b]"},
            {"session.keep_burned", "forever", "1d"},
            {"watch.path", "/w", "/v"},
            {"watch.account", "lab", "other"},
            {"watch.settle", "1s", "2s"},
            {"skim.from", "/k", "/l"},
            {"skim.account", "lab", "other"},
            {"skim.every", "1m", "2m"},
            {"skim.session", "a", "b"},
            {"skim.include", "[a]", "[b]"},
            {"skim.exclude", "[a]", "[b]"},
            {"skim.min_age", "1s", "2s"},
            {"skim.max_size", "1 GiB", "2 GiB"},
            {"signals_dir", "/g", "/h"},
            {"hooks.on", "[disc_full]", "[no_disc]"},
            {"hooks.run", "[a]", "[b]"},
            {"http", "", ""},
            {"drives.NAME.device", "/dev/sr0", "/dev/sr1"},
            {"drives.NAME.expect", "bd-r", "dvd-r"},
            {"drives.NAME.image_dir", "/d", "/e"},
            {"drives.NAME.medium", "cd-r", "dvd-r"},
            {"drives.NAME.blanks", "1", "2"},
            {"drives.NAME.load", "[a]", "[b]"},
            {"drives.NAME.eject", "[a]", "[b]"},
            {"pools.NAME.drives", "[disc, box]", "[box, disc]"},
            {"pools.NAME.copies", "1", "2"},
            {"pools.NAME.allow_emulated", "true", "false"},
            {"burn.verify", "", ""},
            {"burn.layout", "bag", "plain"},
            {"burn.label", "A%N", "B%N"},
            {"burn.modes", "readable", "keep"},
            {"burn.speed", "1x", "2x"},
            {"burn.batch.wait", "1s", "2s"},
            {"burn.batch.sessions", "2", "3"},
            {"burn.batch.size", "1", "2"},
            {"burn.span", "true", "false"},
            {"burn.close_disc", "never", "when_full"},
            {"burn.full_below", "1", "2"},
            {"burn.redundancy", "1", "2"},
            {"burn.write_once_only", "true", "false"},
            {"limits.connections", "1", "2"},
            {"limits.per_address", "1", "2"},
            {"limits.unauthenticated", "1", "2"},
            {"limits.login_grace", "1s", "2s"},
            {"limits.auth_tries", "1", "2"},
            {"limits.key_exchanges", "1", "2"},
            {"limits.channels", "1", "2"},
            {"limits.handles", "1", "2"},
            {"limits.window", "1 MiB", "2 MiB"},
            {"limits.sessions", "1", "2"},
            {"limits.files", "1", "2"},
            {"limits.idle", "1s", "2s"},
            {"drain", "1s", "2s"},
            {"log.level", "info", "debug"},
            {"log.format", "text", "json"},
        };
    }

    // Every key at its first value, `changed` at its other one.
    [[nodiscard]] Config config(const std::string& changed = "") const {
        std::map<std::string, std::string> value;
        for (const Sample& sample : all)
            value[sample.key] = sample.key == changed ? sample.other : sample.one;
        const auto keys = [&](const std::string& section, const std::vector<std::string>& names) {
            std::string text;
            for (const std::string& name : names)
                text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", name, value.at(section + name));
            return text;
        };
        std::string text;
        for (const char* top : {"listen", "state_dir", "inbox_dir", "catalogue", "signals_dir", "drain"})
            text += fmt::format("{}: {}\n", top, value.at(top));
        text +=
            fmt::format("accounts:\n  lab: {{{}}}\n  other: {{keys: [\"{}\"]}}\n",
                        keys("accounts.NAME.", {"keys", "keys_file", "rights", "quota", "pool"}), kEcdsa256);
        text += fmt::format("session: {{{}}}\n",
                            keys("session.", {"marker", "any_file", "ignore", "keep_burned"}));
        text += fmt::format("watch: [{{{}}}]\n", keys("watch.", {"path", "account", "settle"}));
        text += fmt::format("skim: [{{{}}}]\n", keys("skim.", {"from", "account", "every", "session",
                                                               "include", "exclude", "min_age", "max_size"}));
        text += fmt::format("hooks: [{{{}}}]\n", keys("hooks.", {"on", "run"}));
        text += fmt::format("drives:\n  disc: {{{}}}\n  box: {{image_dir: /b}}\n  tray: {{{}}}\n",
                            keys("drives.NAME.", {"image_dir", "medium", "blanks"}),
                            keys("drives.NAME.", {"device", "expect", "load", "eject"}));
        text += fmt::format("pools:\n  default: {{{}}}\n  second: {{drives: [tray]}}\n",
                            keys("pools.NAME.", {"drives", "copies", "allow_emulated"}));
        text += fmt::format("burn: {{{}, batch: {{{}}}}}\n",
                            keys("burn.", {"layout", "label", "modes", "speed", "span", "close_disc",
                                           "full_below", "redundancy", "write_once_only"}),
                            keys("burn.batch.", {"wait", "sessions", "size"}));
        text += fmt::format(
            "limits: {{{}}}\n",
            keys("limits.", {"connections", "per_address", "unauthenticated", "login_grace", "auth_tries",
                             "key_exchanges", "channels", "handles", "window", "sessions", "files", "idle"}));
        text += fmt::format("log: {{{}}}\n", keys("log.", {"level", "format"}));
        const auto read = parse_config(text, "b.yaml");
        REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
        return *read;
    }

    std::vector<Sample> all;

  private:
    TemporaryFolder folder_;
};

// "drives.NAME.device" is that of the drive tray here.
std::string name_here(const std::string& key) {
    std::string name = key;
    const auto put = [&](std::string_view from, std::string_view to) {
        if (const std::size_t at = name.find(from); at != std::string::npos)
            name.replace(at, from.size(), to);
    };
    if (key == "accounts.NAME.keys_file") name = "accounts.NAME.keys";  // one list
    const std::set<std::string> of_trays = {"device", "expect", "load", "eject"};
    put("accounts.NAME", "accounts.lab");
    put("drives.NAME", of_trays.contains(key.substr(key.rfind('.') + 1)) ? "drives.tray" : "drives.disc");
    put("pools.NAME", "pools.default");
    for (const std::string section : {"watch", "skim", "hooks"})
        if (name.starts_with(section + ".")) put(section, section + "[0]");
    return name;
}

std::string shown(const std::vector<ChangedKey>& keys) {
    std::string text;
    for (const ChangedKey& key : keys) text += fmt::format("{} ({}) ", key.key, to_string(key.takes_hold));
    return text;
}

}  // namespace

TEST_CASE("keys: the table has each key of the reader, and no other") {
    std::set<std::string> rules;
    for (const KeyRule& rule : key_rules()) {
        CHECK_MESSAGE(rules.emplace(rule.key).second, rule.key);
        CHECK_MESSAGE(!to_string(rule.takes_hold).empty(), rule.key);
    }
    CHECK(fmt::format("{}", fmt::join(rules, " ")) == fmt::format("{}", fmt::join(reader_keys(), " ")));
}

TEST_CASE("keys: a change of any key is seen, alone, and holds as the table says") {
    const Samples samples;
    const Config running = samples.config();
    CHECK(changed_keys(running, running).empty());
    const auto rules = key_rules();
    REQUIRE(rules.size() == samples.all.size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const Sample& sample = samples.all[i];
        CAPTURE(sample.key);
        REQUIRE(rules[i].key == sample.key);
        if (sample.other.empty()) continue;
        const Config wanted = samples.config(sample.key);
        const std::vector<ChangedKey> expected = {{name_here(sample.key), rules[i].takes_hold}};
        CHECK(shown(changed_keys(running, wanted)) == shown(expected));
        const auto next = without_restart(running, wanted);
        REQUIRE_MESSAGE(next, (next ? "" : next.error().message));
        // What holds is in it, what needs a restart is not; and it goes on to be waited for.
        const bool waits = rules[i].takes_hold == TakesHold::restart;
        CHECK(shown(changed_keys(running, *next)) == (waits ? "" : shown(expected)));
        CHECK(shown(changed_keys(*next, wanted)) == (waits ? shown(expected) : ""));
    }
}

TEST_CASE("keys: entries that come and go are named as a whole") {
    const Config running = Samples().config();
    Config wanted = running;
    wanted.accounts.erase("other");
    wanted.accounts["bob"] = running.accounts.at("other");
    wanted.drives["spare"] = running.drives.at("box");
    wanted.pools.erase("second");
    wanted.hooks.clear();
    CHECK(shown(changed_keys(running, wanted)) ==
          "accounts.other (now) accounts.bob (now) drives.spare (restart) pools.second (restart) hooks "
          "(restart) ");
    const auto next = without_restart(running, wanted);
    REQUIRE(next);
    CHECK(next->accounts.contains("bob"));
    CHECK_FALSE(next->accounts.contains("other"));
    CHECK_FALSE(next->drives.contains("spare"));
    CHECK(next->pools.contains("second"));
    CHECK(next->hooks.size() == 1);
}

TEST_CASE("keys: what can hold only together with a restart holds with it, and nothing before") {
    const Config running = Samples().config();
    Config wanted = running;
    wanted.pools["tower"] = running.pools.at("second");
    wanted.accounts["bob"] = running.accounts.at("other");
    wanted.accounts["bob"].pool = "tower";
    auto next = without_restart(running, wanted);
    REQUIRE_FALSE(next);
    CHECK(next.error().message ==
          "accounts.bob.pool: the pool tower is there after a restart only: restart burnbox");

    wanted = running;
    wanted.watch.clear();
    wanted.skim.clear();
    wanted.accounts.erase("lab");
    next = without_restart(running, wanted);
    REQUIRE_FALSE(next);
    CHECK(next.error().message ==
          "accounts.lab: watch[0] needs it, and goes on until a restart: restart burnbox");
}
