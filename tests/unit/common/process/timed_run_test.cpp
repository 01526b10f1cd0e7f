#include "common/process/timed_run.hpp"

#include <doctest/doctest.h>
#include <csignal>
#include <string>

#include "tests/support/wait_until.hpp"

namespace burnbox {
namespace {

using namespace std::chrono_literals;

Result<ProgramEnd> run_shell(Spawner& spawner, const std::string& script, std::string_view input,
                             std::chrono::milliseconds limit) {
    std::signal(SIGPIPE, SIG_IGN);
    BB_TRY(Child child,
           spawner.run({.argv = {"/bin/sh", "-c", script}, .own_group = true, .take_errors = true}));
    return end_within(child, input, limit);
}

ProgramEnd ended(const std::string& script, std::string_view input = "",
                 std::chrono::milliseconds limit = 30s) {
    auto spawner = Spawner::start();
    REQUIRE(spawner.has_value());
    auto ending = run_shell(**spawner, script, input, limit);
    REQUIRE_MESSAGE(ending.has_value(), ending.error().message);
    return *ending;
}

}  // namespace

TEST_CASE("timed run: the program reads its input, and its exit code and last words come back") {
    const ProgramEnd ending = ended("cat; echo '  and why ' >&2; exit 3", "what\n");
    CHECK(ending.code == 3);
    CHECK_FALSE(ending.timed_out);
    CHECK(ending.last_words.find("what") != std::string::npos);
    CHECK(ending.last_words.ends_with("and why"));
}

TEST_CASE("timed run: input that nobody reads holds nothing up") {
    CHECK(ended("exit 0", std::string(kMostInputBytes, 'x')).code == 0);
    CHECK(ended("exec <&-; echo closed", std::string(kMostInputBytes, 'x')).last_words == "closed");
}

TEST_CASE("timed run: of much talk the end is kept") {
    const ProgramEnd ending = ended("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end");
    CHECK(ending.code == 0);
    CHECK(ending.last_words.ends_with("x\nend"));
    CHECK(ending.last_words.size() <= kMostLastWordsBytes);
}

TEST_CASE("timed run: one that hangs is killed with what it started") {
    auto spawner = Spawner::start();
    REQUIRE(spawner.has_value());
    const auto ending = run_shell(**spawner, "sleep 1000 & echo $$; wait", "", 200ms);
    REQUIRE(ending.has_value());
    CHECK(ending->timed_out);
    CHECK(ending->code == 128 + SIGKILL);
    const pid_t group = std::stoi(ending->last_words);
    CHECK(test::wait_until([&] { return ::kill(-group, 0) != 0; }));
}

TEST_CASE("timed run: one that never stops talking is killed too") {
    const ProgramEnd ending = ended("while :; do echo on and on; done", "", 200ms);
    CHECK(ending.timed_out);
    CHECK(ending.last_words.find("on and on") != std::string::npos);
}

TEST_CASE("timed run: what it leaves behind when it ends by itself is not waited for") {
    auto spawner = Spawner::start();
    REQUIRE(spawner.has_value());
    const auto ending = run_shell(**spawner, "sleep 1000 & echo $!; exit 0", "", 20s);
    REQUIRE(ending.has_value());
    CHECK_FALSE(ending->timed_out);
    CHECK(::kill(std::stoi(ending->last_words), SIGKILL) == 0);  // it went on
}

}  // namespace burnbox
