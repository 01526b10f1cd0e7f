#include "common/process/run_program.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/support/storage/temp_folder.hpp"

namespace burnbox::test {
namespace {

using namespace std::chrono_literals;

Status run(const std::string& script, std::chrono::milliseconds limit = 30s, bool give_up = false) {
    auto spawner = Spawner::start();
    REQUIRE(spawner.has_value());
    return run_program(**spawner, {"sh", "-c", script}, {"BURNBOX_DRIVE=tray"}, limit,
                       [give_up] { return give_up; });
}

}  // namespace

TEST_CASE("run program: one that ends well is done, with the variables that it was given") {
    CHECK(run("test \"$BURNBOX_DRIVE\" = tray && test -n \"$PATH\"").has_value());
}

TEST_CASE("run program: what is for the server itself is not for others") {
    ::setenv("NOTIFY_SOCKET", "/run/systemd/notify", 1);
    ::setenv("BURNBOX_DISC", "of another run", 1);
    CHECK(run("test -z \"$NOTIFY_SOCKET$BURNBOX_DISC\" && test \"$BURNBOX_DRIVE\" = tray").has_value());
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("BURNBOX_DISC");
}

TEST_CASE("run program: one that fails says so with the last line that it said") {
    const Status failed = run("yes | head -n 100000; echo first >&2; echo 'no slot 7' >&2; exit 3");
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().code == Errc::io);
    CHECK(failed.error().message == "run sh: it ended with exit code 3: no slot 7");
    CHECK(run("kill -9 $$").error().message.find("signal 9") != std::string::npos);
}

TEST_CASE("run program: one that hangs is killed at its limit, and when the server stops") {
    CHECK(run("sleep 1000 & wait", 200ms).error().code == Errc::timeout);
    CHECK(run("sleep 1000", 1h, true).error().code == Errc::cancelled);
}

}  // namespace burnbox::test
