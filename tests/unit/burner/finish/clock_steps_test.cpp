#include "burner/finish/clock_steps.hpp"

#include <doctest/doctest.h>

#include "tests/support/storage/test_clock.hpp"

using namespace burnbox;
using namespace burnbox::test;
using namespace std::chrono_literals;

TEST_CASE("clock steps: a clock that runs is no step") {
    TestClock clock;
    ClockSteps steps;
    const Timestamp began = clock.now();
    CHECK_FALSE(steps.look(clock.now(), clock.steady_now()));
    clock.advance(24h * 400);
    clock.set_by(59s);  // as a server of time slews it
    CHECK_FALSE(steps.look(clock.now(), clock.steady_now()));
    CHECK(steps.age(began, clock.now()) == 24h * 400 + 59s);
}

TEST_CASE("clock steps: forwards and back again, nothing is older or younger for it") {
    TestClock clock;
    ClockSteps steps;
    const Timestamp before = clock.now();
    (void)steps.look(clock.now(), clock.steady_now());
    clock.advance(1min);
    clock.set_by(24h * 30);
    CHECK(steps.look(clock.now(), clock.steady_now()) == 24h * 30);
    const Timestamp wrong = clock.now();
    CHECK(steps.age(before, clock.now()) == 1min);
    clock.advance(1min);
    CHECK(steps.age(wrong, clock.now()) == 1min);
    clock.set_by(-24h * 30);
    CHECK(steps.look(clock.now(), clock.steady_now()) == -24h * 30);
    CHECK(steps.age(before, clock.now()) == 2min);
    CHECK(steps.age(wrong, clock.now()) == 1min);
}

TEST_CASE("clock steps: what was noted by a clock that was right before it was set counts as it is") {
    TestClock clock;
    ClockSteps steps;
    const Timestamp yesterday = clock.now() - 24h;
    clock.set_by(-24h * 365 * 56);
    (void)steps.look(clock.now(), clock.steady_now());
    clock.set_by(24h * 365 * 56);
    (void)steps.look(clock.now(), clock.steady_now());
    CHECK(steps.age(yesterday, clock.now()) == 24h);
}

TEST_CASE("clock steps: what a clock noted that was never set counts from the first look") {
    TestClock clock;
    ClockSteps steps;
    (void)steps.look(clock.now(), clock.steady_now());
    clock.advance(5min);
    CHECK(steps.age(Timestamp(10min), clock.now()) == 5min);
    CHECK(steps.age(Timestamp::max(), Timestamp(0ns)) < 0ns);
}
