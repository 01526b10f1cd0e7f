#include "server/watch/agenda.hpp"

#include <doctest/doctest.h>

namespace burnbox::watch {
namespace {

using std::chrono::seconds;
const SteadyTime kStart = SteadyTime() + seconds(1000);

struct Desk {
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
    Desk desk;
    CHECK(!desk.agenda.next_time());
    desk.change("a", 0);
    CHECK(desk.agenda.next_time() == kStart + seconds(30));
    CHECK(desk.quiet(29) == "none");
    desk.change("a", 20);
    CHECK(desk.quiet(30) == "none");
    CHECK(desk.agenda.next_time() == kStart + seconds(50));
    CHECK(desk.quiet(50) == "a");
    CHECK(desk.quiet(1000) == "none");
    desk.change("a", 1000);
    CHECK(desk.quiet(1030) == "a");
}

TEST_CASE("agenda: who waits longest comes first, and no more than two are at work") {
    Desk desk;
    desk.change("b", 0);
    desk.change("a", 1);
    desk.change("c", 2);
    for (const char* const name : {"b", "a"}) {
        CHECK(desk.due(100) == name);
        desk.agenda.begin_work(name);
    }
    CHECK(desk.due(100) == "none");
    CHECK(!desk.agenda.next_time());
    CHECK(desk.agenda.end_work("b") != nullptr);
    CHECK(desk.due(100) == "c");
}

TEST_CASE("agenda: what changes while its session is at work is for that work to see") {
    Desk desk;
    desk.change("a", 0);
    CHECK(desk.due(30) == "a");
    desk.agenda.begin_work("a");
    desk.change("a", 31);
    CHECK(!desk.agenda.next_time());
    const Agenda::Session* const session = desk.agenda.end_work("a");
    REQUIRE(session != nullptr);
    CHECK(session->changed == kStart + seconds(31));
    CHECK(session->last_changed == "file");
}

TEST_CASE("agenda: a session that went has no turn, and its work still ends") {
    Desk desk;
    desk.change("a", 0);
    desk.change("b", 0);
    CHECK(desk.due(30) == "a");
    desk.agenda.begin_work("a");
    desk.agenda.erase("a");
    desk.agenda.erase("b");
    CHECK(desk.due(100) == "none");
    CHECK(desk.agenda.end_work("a") == nullptr);
    CHECK(desk.agenda.names().empty());
    desk.agenda.set_reason("a", "nobody asks");
    CHECK(desk.agenda.open_sessions("alice").empty());
}

TEST_CASE("agenda: people are told what is known of a session") {
    Desk desk;
    desk.change("a", 0);
    CHECK(desk.agenda.open_sessions("lab")[0].reason == "in a watched folder: not looked at yet");
    desk.agenda.set_size("a", 12, 3);
    desk.agenda.set_reason("a", "no marker yet");
    const auto told = desk.agenda.open_sessions("lab");
    REQUIRE(told.size() == 1);
    CHECK(told[0].account == "lab");
    CHECK(told[0].name == "a");
    CHECK(told[0].bytes == 12);
    CHECK(told[0].files_count == 3);
    CHECK(told[0].reason == "no marker yet");
}

}  // namespace burnbox::watch
