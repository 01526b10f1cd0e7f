#include "server/watch/agenda.hpp"

#include <doctest/doctest.h>

namespace burnbox::watch {
namespace {

using std::chrono::seconds;
const SteadyTime kStart = SteadyTime() + seconds(1000);

struct Schedule {
    Agenda agenda{seconds(30)};
    void change(const std::string& name, int at) {
        agenda.add(name);
        agenda.note_change(name, "file", kStart + seconds(at));
    }
    std::string due(int at) { return agenda.take_due(kStart + seconds(at)).value_or("none"); }
    // As its owner does it: not quiet yet means later.
    std::string quiet(int at) {
        const std::string name = due(at);
        if (name == "none" || agenda.is_quiet(*agenda.find(name), kStart + seconds(at))) return name;
        agenda.schedule_when_quiet(name);
        return "none";
    }
};

}  // namespace

TEST_CASE("agenda: a session's turn comes once, when it was quiet for the settling time") {
    Schedule schedule;
    CHECK(!schedule.agenda.next_time());
    schedule.change("a", 0);
    CHECK(schedule.agenda.next_time() == kStart + seconds(30));
    CHECK(schedule.quiet(29) == "none");
    schedule.change("a", 20);
    CHECK(schedule.quiet(30) == "none");
    CHECK(schedule.agenda.next_time() == kStart + seconds(50));
    CHECK(schedule.quiet(50) == "a");
    CHECK(schedule.quiet(1000) == "none");
    schedule.change("a", 1000);
    CHECK(schedule.quiet(1030) == "a");
}

TEST_CASE("agenda: who waits longest comes first, and no more than two are at work") {
    Schedule schedule;
    schedule.change("b", 0);
    schedule.change("a", 1);
    schedule.change("c", 2);
    for (const char* const name : {"b", "a"}) {
        CHECK(schedule.due(100) == name);
        schedule.agenda.begin_work(name);
    }
    CHECK(schedule.due(100) == "none");
    CHECK(!schedule.agenda.next_time());
    CHECK(schedule.agenda.end_work("b") != nullptr);
    CHECK(schedule.due(100) == "c");
}

TEST_CASE("agenda: what changes while its session is at work is for that work to see") {
    Schedule schedule;
    schedule.change("a", 0);
    CHECK(schedule.due(30) == "a");
    schedule.agenda.begin_work("a");
    schedule.change("a", 31);
    CHECK(!schedule.agenda.next_time());
    const Agenda::Session* const session = schedule.agenda.end_work("a");
    REQUIRE(session != nullptr);
    CHECK(session->changed == kStart + seconds(31));
    CHECK(session->last_changed == "file");
}

TEST_CASE("agenda: a session that went has no turn, and its work still ends") {
    Schedule schedule;
    schedule.change("a", 0);
    schedule.change("b", 0);
    CHECK(schedule.due(30) == "a");
    schedule.agenda.begin_work("a");
    schedule.agenda.erase("a");
    schedule.agenda.erase("b");
    CHECK(schedule.due(100) == "none");
    CHECK(schedule.agenda.end_work("a") == nullptr);
    CHECK(schedule.agenda.names().empty());
    schedule.agenda.set_reason("a", "nobody asks");
    CHECK(schedule.agenda.open_sessions({.path = "/w", .account = "alice"}).empty());
}

TEST_CASE("agenda: people are told what is known of a session") {
    Schedule schedule;
    schedule.change("a", 0);
    CHECK(schedule.agenda.open_sessions({.path = "/w", .account = "lab"})[0].reason ==
          "in a watched folder: not looked at yet");
    schedule.agenda.set_size("a", 12, 3);
    schedule.agenda.set_reason("a", "no marker yet");
    const auto told = schedule.agenda.open_sessions({.path = "/w", .account = "lab"});
    REQUIRE(told.size() == 1);
    CHECK(told[0].account == "lab");
    CHECK(told[0].watched_folder == "/w");
    CHECK(told[0].name == "a");
    CHECK(told[0].bytes == 12);
    CHECK(told[0].files_count == 3);
    CHECK(told[0].reason == "no marker yet");
}

}  // namespace burnbox::watch
