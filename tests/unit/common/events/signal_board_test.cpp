#include "common/events/signal_board.hpp"

#include <doctest/doctest.h>

namespace burnbox {
namespace {

Event event(EventKind kind, const std::string& drive, const std::string& time,
            const std::string& message = "") {
    Event made;
    made.kind = kind;
    made.time = *parse_iso8601(time);
    made.drive = drive;
    made.message = message;
    return made;
}

constexpr const char* kTen = "2026-11-23T10:00:00Z";
constexpr const char* kEleven = "2026-11-23T11:00:00Z";

}  // namespace

TEST_CASE("signal board: each signal of the contract stands from its event until its end") {
    for (const Condition& condition : conditions()) {
        SignalBoard board;
        CHECK_FALSE(board.text(condition).has_value());
        CHECK(board.take(event(condition.begins, "tray", kTen)) == &condition);
        REQUIRE(board.text(condition).has_value());
        CHECK(board.text(condition)->find(condition.remedy) != std::string::npos);
        CHECK(board.take(event(condition.ends, "tray", kEleven)) == &condition);
        CHECK_FALSE(board.text(condition).has_value());
    }
}

TEST_CASE("signal board: the text says since when, which drive, which disc and what to do") {
    SignalBoard board;
    Event full = event(EventKind::disc_full, "tray", kTen, "no room for alice/holiday\nsecond line");
    full.disc = "BURNBOX_0007";
    const Condition* condition = board.take(full);
    CHECK(board.text(*condition) ==
          "The disc takes no more sessions.\n\n"
          "Since 2026-11-23T10:00:00Z: drive tray, disc BURNBOX_0007\n"
          "    no room for alice/holiday\n    second line\n"
          "\nWhat to do: Take the disc out, note its label on it, and put in a blank one.\n");
}

TEST_CASE("signal board: a signal stands until its last drive is fine") {
    SignalBoard board;
    const Condition* condition = board.take(event(EventKind::drive_error, "left", kTen, "hangs"));
    board.take(event(EventKind::drive_error, "right", kEleven, "is gone"));
    board.take(event(EventKind::drive_error_cleared, "left", kEleven));
    REQUIRE(board.text(*condition).has_value());
    CHECK(board.text(*condition)->find("drive right") != std::string::npos);
    CHECK(board.text(*condition)->find("drive left") == std::string::npos);
    board.take(event(EventKind::drive_error_cleared, "right", kEleven));
    CHECK_FALSE(board.text(*condition).has_value());
}

TEST_CASE("signal board: sessions are told apart where there is no drive") {
    SignalBoard board;
    Event failed = event(EventKind::burn_failed, "", kTen);
    failed.account = "alice";
    for (const char* session : {"a", "b"}) {
        failed.session = session;
        board.take(failed);
    }
    failed.kind = EventKind::burn_failed_cleared;
    const Condition* condition = board.take(failed);
    REQUIRE(board.text(*condition).has_value());
    CHECK(board.text(*condition)->find("session alice/a") != std::string::npos);
    CHECK(board.text(*condition)->find("alice/b") == std::string::npos);
}

TEST_CASE("signal board: what changes keeps the time when it began") {
    SignalBoard board;
    const Condition* condition = board.take(event(EventKind::no_disc, "tray", kTen, "one waits"));
    board.take(event(EventKind::no_disc, "tray", kEleven, "two wait"));
    const std::string text = *board.text(*condition);
    CHECK(text.find("Since 2026-11-23T10:00:00Z") != std::string::npos);
    CHECK(text.find("two wait") != std::string::npos);
    CHECK(text.find("one waits") == std::string::npos);
}

TEST_CASE("signal board: a thousand cases make a text that can be read") {
    SignalBoard board;
    const Condition* condition = nullptr;
    for (int i = 0; i < 1000; ++i)
        condition = board.take(event(EventKind::drive_error, "drive" + std::to_string(i), kTen));
    CHECK(board.text(*condition)->size() < 2'000);
    CHECK(board.text(*condition)->find("... and 980 more") != std::string::npos);
}

TEST_CASE("signal board: what is no condition changes nothing, and an end without a begin neither") {
    SignalBoard board;
    CHECK(board.take(event(EventKind::session_burned, "tray", kTen)) == nullptr);
    const Condition* condition = board.take(event(EventKind::no_disc_cleared, "tray", kTen));
    CHECK_FALSE(board.text(*condition).has_value());
}

}  // namespace burnbox
