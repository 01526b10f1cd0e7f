// Signals and hooks in the configuration.
#include <doctest/doctest.h>

#include "tests/unit/common/config/config_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

std::string of_hook(const std::string& hook) {
    return findings("hooks:\n  - " + hook + "\n" + kDrive);
}

std::string of_signals(const std::string& text) {
    return findings("state_dir: /s\n" + text);
}

}  // namespace

TEST_CASE("config: hooks are read with their events and commands") {
    const Config config = parse_config(
                              "hooks:\n  - {on: [session_burned, no_disc_cleared], run: [/bin/tell, 'a b']}\n"
                              "  - {on: [disc_full], run: [mail]}\n" +
                                  kDrive,
                              "b.yaml")
                              .value();
    REQUIRE(config.hooks.size() == 2);
    CHECK(config.hooks[0].on == std::vector{EventKind::session_burned, EventKind::no_disc_cleared});
    CHECK(config.hooks[0].run == std::vector<std::string>{"/bin/tell", "a b"});
    CHECK(config.hooks[1].run == std::vector<std::string>{"mail"});
}

TEST_CASE("config: what is wrong with a hook is said where it stands, with the events there are") {
    const std::string unknown = of_hook("{on: [disc_full, disc_ful], run: [/bin/true]}");
    CHECK(unknown.starts_with(
        "b.yaml:2:22: hooks[0].on[1]: \"disc_ful\" is no event; there are session_sealed,"));
    CHECK(unknown.find("catalogue_error_cleared") != std::string::npos);
    CHECK(of_hook("{run: [/bin/true]}")
              .starts_with("b.yaml:2:5: hooks[0]: it has no events in `on`; there are"));
    CHECK(of_hook("{on: [disc_full]}").starts_with("b.yaml:2:5: hooks[0]: it has no program in `run`"));
    CHECK(of_hook("{on: [disc_full], run: [./tell]}")
              .starts_with(
                  "b.yaml:2:29: hooks[0].run[0]: \"./tell\" is neither an absolute path nor the name"));
    CHECK(of_hook("{on: disc_full, run: [/bin/true]}")
              .starts_with("b.yaml:2:10: hooks[0].on: expected a list"));
    CHECK(of_hook("[x]").starts_with("b.yaml:2:5: hooks[0]: expected a map"));
    CHECK(findings("hooks: {}\n" + kDrive).starts_with("b.yaml:1:8: hooks: expected a list of {on, run}"));
}

TEST_CASE("config: the signals lie in state_dir unless another folder is named") {
    const auto folder = [](const std::string& text) {
        return parse_config("state_dir: /s\n" + text + kDrive, "b.yaml").value().signals_dir;
    };
    CHECK(folder("") == "/s/signals");
    CHECK(folder("signals_dir: /srv/signals/\n") == "/srv/signals");
}

TEST_CASE(
    "config: the signals may lie in a watched folder, but not where they would be taken for a session's") {
    const std::string watched = "accounts: {lab: {}}\nwatch: [{path: /w, account: lab}]\n";
    CHECK(of_signals("signals_dir: /w\n" + watched + kDrive).empty());
    CHECK(of_signals("signals_dir: /w/x\n" + watched + kDrive)
              .starts_with(
                  "b.yaml:2:14: signals_dir: /w/x lies in watch[0].path (/w); choose a folder outside"));
    CHECK(
        of_signals("signals_dir: /s/inbox/x\n" + kDrive).find("signals_dir: /s/inbox/x lies in inbox_dir") !=
        std::string::npos);
    CHECK(of_signals("signals_dir: /d\ndrives: {d: {image_dir: /d}}\n")
              .find("signals_dir: /d lies in drives.d.image_dir") != std::string::npos);
    CHECK(of_signals("signals_dir: /s\n" + kDrive).find("signals_dir: /s is or holds state_dir") !=
          std::string::npos);
    CHECK(of_signals("signals_dir: /s/journal\n" + kDrive).find("which is burnbox's own") !=
          std::string::npos);
    CHECK(of_signals("inbox_dir: /s/signals\n" + kDrive).find("signals_dir: /s/signals lies in inbox_dir") !=
          std::string::npos);
}
