#include "common/events/signal_folder.hpp"

#include <doctest/doctest.h>

#include "tests/support/storage/faulty_file_system.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/wait_until.hpp"

namespace burnbox {
namespace {

using namespace std::chrono_literals;
using test::wait_until;

Event event(EventKind kind) {
    Event made;
    made.kind = kind;
    made.drive = "tray";
    return made;
}

bool is_there(FileSystem& fs, const std::string& name) {
    return fs.info(name).has_value();
}

std::string content(FileSystem& fs, const std::string& name) {
    return read_file(fs, name, 1U << 20U).value_or("(not there)");
}

}  // namespace

TEST_CASE("signal folder: each signal is a file exactly while its condition holds") {
    test::MemoryFileSystem fs;
    Events events;
    SignalFolder signals(fs, events);
    for (const Condition& condition : conditions()) {
        const std::string file(condition.signal);
        events.publish(event(condition.begins));
        CHECK(wait_until([&] { return is_there(fs, file); }));
        CHECK(content(fs, file).find("drive tray") != std::string::npos);
        events.publish(event(condition.ends));
        CHECK(wait_until([&] { return !is_there(fs, file); }));
    }
    CHECK(list_folder(fs, "")->empty());
}

TEST_CASE("signal folder: what an earlier run left goes at start, what is of others stays") {
    test::MemoryFileSystem fs;
    for (const char* name : {"DISC_FULL", "NO_DISC", "of_others"})
        REQUIRE(fs.open(name, {.write = true, .create = true}));
    Events events;
    {
        SignalFolder signals(fs, events);
        events.publish(event(EventKind::no_disc));
    }
    CHECK_FALSE(is_there(fs, "DISC_FULL"));
    CHECK(content(fs, "NO_DISC").find("drive tray") != std::string::npos);
    CHECK(is_there(fs, "of_others"));
}

TEST_CASE("signal folder: stopping writes what was told before, and leaves the files") {
    test::MemoryFileSystem fs;
    Events events;
    SignalFolder signals(fs, events);
    events.publish(event(EventKind::drive_error));
    signals.stop();
    CHECK(is_there(fs, "DRIVE_ERROR"));
    events.publish(event(EventKind::drive_error_cleared));  // nobody listens any more
    CHECK(is_there(fs, "DRIVE_ERROR"));
}

TEST_CASE("signal folder: a file that can't be written is tried again until it is there") {
    test::MemoryFileSystem memory;
    test::FaultPlan plan;
    test::FaultyFileSystem fs(memory, plan);
    Events events;
    SignalFolder signals(fs, events, 1ms);
    CHECK(wait_until([&] { return plan.count() >= conditions().size(); }));  // the start is over
    for (std::uint64_t n = 1; n <= 3; ++n) {                                 // create, write, rename
        plan.fail_at(n, EIO, test::FaultPlan::Mode::once);
        events.publish(event(EventKind::no_disc));
        CHECK(wait_until([&] { return content(memory, "NO_DISC").find("drive tray") != std::string::npos; }));
        CHECK(plan.hit());
        plan.fail_at(1, EIO, test::FaultPlan::Mode::once);
        events.publish(event(EventKind::no_disc_cleared));
        CHECK(wait_until([&] { return !is_there(memory, "NO_DISC"); }));
        CHECK(plan.hit());
    }
}

TEST_CASE("signal folder: on a full file system the file is there at once and its text comes with room") {
    test::MemoryFileSystem fs;
    fs.limit_bytes(0);
    Events events;
    SignalFolder signals(fs, events, 1ms);
    events.publish(event(EventKind::staging_full));
    CHECK(wait_until([&] { return is_there(fs, "STAGING_FULL"); }));
    CHECK(content(fs, "STAGING_FULL").empty());
    fs.limit_bytes(1U << 20U);
    CHECK(wait_until([&] { return !content(fs, "STAGING_FULL").empty(); }));
}

}  // namespace burnbox
