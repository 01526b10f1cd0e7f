#include "server/net/admission.hpp"

#include <doctest/doctest.h>

#include "tests/support/test_clock.hpp"

using namespace burnbox;

namespace {

struct Gate {
    test::TestClock clock;
    std::vector<std::string> dropped;  // "1 unauthenticated"
    Admission admission;
    std::vector<std::unique_ptr<Admission::Place>> places;

    explicit Gate(const Limits& limits) : admission(limits, clock) {}
    bool come(const std::string& address) {
        const std::string number = std::to_string(places.size());
        auto admitted = admission.admit(
            address, [this, number](const char* limit) { dropped.push_back(number + " " + limit); });
        if (admitted)
            places.push_back(std::move(admitted->place));
        else
            last_error = admitted.error().message;
        return admitted.has_value();
    }
    std::string last_error;
};

Limits small() {
    Limits limits;
    limits.connections = 4;
    limits.per_address = 3;
    limits.unauthenticated = 2;
    return limits;
}

}  // namespace

TEST_CASE("admission: a crowd of idle strangers does not lock a newcomer out, the oldest of them goes") {
    Gate gate(small());
    for (int i = 0; i < 300; ++i) CHECK(gate.come("10.0.0.1"));
    CHECK(gate.come("10.0.0.2"));
    CHECK(gate.dropped.front() == "0 unauthenticated");
    CHECK(gate.dropped.size() == 299);
}

TEST_CASE("admission: strangers of the most crowded address go first") {
    Limits limits = small();
    limits.unauthenticated = 3;
    Gate gate(limits);
    CHECK(gate.come("10.0.0.1"));
    CHECK(gate.come("10.0.0.2"));
    CHECK(gate.come("10.0.0.2"));
    CHECK(gate.come("10.0.0.3"));
    CHECK(gate.dropped == std::vector<std::string>{"1 unauthenticated"});
}

TEST_CASE("admission: who is logged in is never dropped; then the limit refuses and names its key") {
    Gate gate(small());
    for (int i = 0; i < 3; ++i) {
        CHECK(gate.come("10.0.0.1"));
        gate.places.back()->logged_in();
    }
    CHECK_FALSE(gate.come("10.0.0.1"));
    CHECK(gate.last_error.find("limits.per_address") != std::string::npos);
    CHECK(gate.come("10.0.0.2"));
    gate.places.back()->logged_in();
    CHECK_FALSE(gate.come("10.0.0.3"));
    CHECK(gate.last_error.find("limits.connections") != std::string::npos);
    CHECK(gate.dropped.empty());
    gate.places.pop_back();
    CHECK(gate.come("10.0.0.3"));
}

TEST_CASE(
    "admission: failed logins make their address wait, longer each time, until it succeeds or is forgotten") {
    Gate gate(small());
    const auto delay = [&] {
        auto admitted = gate.admission.admit("10.0.0.1", [](const char*) {});
        REQUIRE(admitted);
        return admitted->delay.count();
    };
    CHECK(delay() == 0);
    CHECK(gate.come("10.0.0.1"));
    gate.places.back()->login_failed();
    const auto first = delay();
    gate.places.back()->login_failed();
    CHECK(delay() > first);
    for (int i = 0; i < 40; ++i) gate.places.back()->login_failed();
    CHECK(delay() <= 15'000);
    gate.clock.advance(std::chrono::minutes(11));
    CHECK(delay() == 0);
    gate.places.back()->login_failed();
    gate.places.back()->logged_in();
    CHECK(delay() == 0);
}

TEST_CASE("admission: key exchanges of one address are rationed, a login gives its own back") {
    Limits limits;
    limits.key_exchanges = 10;
    Gate gate(limits);
    const auto begins = [&](const std::string& address) {
        REQUIRE(gate.come(address));
        return gate.places.back()->begin_key_exchange() == std::chrono::milliseconds(0);
    };
    for (int i = 0; i < 30; ++i) CHECK(begins("10.0.0.1"));
    CHECK_FALSE(begins("10.0.0.1"));
    CHECK(gate.places.back()->begin_key_exchange() <= std::chrono::milliseconds(101));
    CHECK(begins("10.0.0.2"));
    gate.clock.advance(std::chrono::milliseconds(100));
    CHECK(gate.places[30]->begin_key_exchange() == std::chrono::milliseconds(0));
    CHECK_FALSE(begins("10.0.0.1"));
    gate.places[0]->logged_in();
    CHECK(begins("10.0.0.1"));
    CHECK_FALSE(begins("10.0.0.1"));
}

TEST_CASE(
    "admission: many addresses share what ten may use, but one from which somebody logged in does not wait") {
    Limits limits;
    limits.key_exchanges = 1;
    limits.connections = 1000;
    limits.unauthenticated = 1000;
    Gate gate(limits);
    REQUIRE(gate.come("10.0.0.1"));
    CHECK(gate.places.back()->begin_key_exchange() == std::chrono::milliseconds(0));
    gate.places.back()->logged_in();
    for (int i = 0; i < 30; ++i) {
        REQUIRE(gate.come("10.1.0." + std::to_string(i)));
        CHECK(gate.places.back()->begin_key_exchange() == std::chrono::milliseconds(0));
    }
    REQUIRE(gate.come("10.2.0.1"));
    CHECK(gate.places.back()->begin_key_exchange() > std::chrono::milliseconds(0));
    REQUIRE(gate.come("10.0.0.1"));
    CHECK(gate.places.back()->begin_key_exchange() == std::chrono::milliseconds(0));
}
