#include "common/events/hooks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/storage/temp_folder.hpp"
#include "tests/support/wait_until.hpp"

namespace burnbox {
namespace {

using namespace std::chrono_literals;
using test::wait_until;

// A folder where hooks leave files, and the spawner that runs them.
struct HookHouse {
    HookHouse() {
        std::signal(SIGPIPE, SIG_IGN);
        auto started = Spawner::start();
        REQUIRE(started.has_value());
        spawner = std::move(*started);
    }
    [[nodiscard]] HookConfig shell(const std::string& script, std::vector<EventKind> on) const {
        return {std::move(on), {"/bin/sh", "-c", "cd \"$0\" && " + script, folder.path()}};
    }
    [[nodiscard]] std::string text(const std::string& name) const {
        std::ifstream in(folder / name);
        return (std::stringstream() << in.rdbuf()).str();
    }
    [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(folder / name); }

    test::TempFolder folder;
    Events events;
    std::unique_ptr<Spawner> spawner;
};

Event event(EventKind kind, const std::string& drive = "tray") {
    Event made;
    made.kind = kind;
    made.drive = drive;
    return made;
}

}  // namespace

TEST_CASE("hooks: the events that were asked for come in their order, on standard input and as environment") {
    HookHouse house;
    Hooks hooks({house.shell("cat >> input; echo \"$BURNBOX_EVENT $BURNBOX_DRIVE\" >> variables",
                             {EventKind::disc_full, EventKind::no_disc})},
                house.events, *house.spawner);
    house.events.publish(event(EventKind::disc_full));
    house.events.publish(event(EventKind::session_burned));
    house.events.publish(event(EventKind::no_disc, "other"));
    CHECK(wait_until([&] { return house.text("variables") == "disc_full tray\nno_disc other\n"; }));
    const std::string input = house.text("input");
    CHECK(input.starts_with("{\"event\":\"disc_full\","));
    CHECK(std::ranges::count(input, '\n') == 2);
}

TEST_CASE("hooks: one that hangs is ended with what it started and delays no other hook") {
    HookHouse house;
    Hooks hooks({house.shell("echo $$ > hanging; sleep 1000 & wait", {EventKind::no_disc}),
                 house.shell("echo there > other", {EventKind::no_disc})},
                house.events, *house.spawner, {.limit = 500ms});
    const auto before = std::chrono::steady_clock::now();
    house.events.publish(event(EventKind::no_disc));
    CHECK(std::chrono::steady_clock::now() - before < 400ms);  // publishing waits for none
    CHECK(wait_until([&] { return house.text("other") == "there\n"; }));
    CHECK(wait_until([&] { return !house.text("hanging").empty(); }));
    const pid_t group = std::stoi(house.text("hanging"));
    CHECK(wait_until([&] { return ::kill(-group, 0) != 0; }));
}

TEST_CASE("hooks: after one that hung, failed or could not be started the next event is told") {
    HookHouse house;
    Hooks hooks(
        {house.shell("[ $BURNBOX_DRIVE != hang ] || exec sleep 1000; [ $BURNBOX_DRIVE != fail ] || exit 7; "
                     "[ $BURNBOX_DRIVE != crash ] || kill -9 $$; echo > $BURNBOX_DRIVE",
                     {EventKind::no_disc}),
         HookConfig{{EventKind::no_disc}, {"/nonexistent/program"}}},
        house.events, *house.spawner, {.limit = 300ms});
    for (const char* drive : {"hang", "fail", "crash", "good"})
        house.events.publish(event(EventKind::no_disc, drive));
    CHECK(wait_until([&] { return house.has("good"); }));
    CHECK_FALSE(house.has("fail"));
}

TEST_CASE("hooks: what waits is bounded; what is too much is dropped, and the rest goes on") {
    HookHouse house;
    Hooks hooks({house.shell("until [ -e go ]; do sleep 0.01; done; echo >> told", {EventKind::no_disc})},
                house.events, *house.spawner, {.most_waiting = 3});
    house.events.publish(event(EventKind::no_disc));
    for (int i = 0; i < 100; ++i) house.events.publish(event(EventKind::no_disc));
    std::ofstream(house.folder / "go").put('\n');
    CHECK(wait_until([&] { return house.text("told").size() >= 3; }));
    house.events.publish(event(EventKind::no_disc));
    CHECK(wait_until([&] { return house.text("told").size() >= 4; }));
    hooks.stop();
    CHECK(house.text("told").size() <= 5);
}

TEST_CASE("hooks: stopping lets what runs end, but not for long") {
    HookHouse house;
    {
        Hooks hooks({house.shell("echo > begun; until [ -e go ]; do sleep 0.01; done; echo > done",
                                 {EventKind::no_disc})},
                    house.events, *house.spawner, {.grace = 20s});
        house.events.publish(event(EventKind::no_disc));
        CHECK(wait_until([&] { return house.has("begun"); }));
        std::ofstream(house.folder / "go").put('\n');
    }
    CHECK(house.has("done"));

    const auto before = std::chrono::steady_clock::now();
    {
        Hooks hooks({house.shell("echo > hangs; sleep 1000", {EventKind::no_disc})}, house.events,
                    *house.spawner, {.grace = 100ms});
        house.events.publish(event(EventKind::no_disc));
        house.events.publish(event(EventKind::no_disc));
        CHECK(wait_until([&] { return house.has("hangs"); }));
    }
    CHECK(std::chrono::steady_clock::now() - before < 20s);
}

}  // namespace burnbox
