#include "server/net/admission.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/storage/test_clock.hpp"

using namespace burnbox;

namespace {

struct Gate {
    test::TestClock clock;
    std::vector<std::string> dropped;  // "1 unauthenticated"
    CurrentConfig config;
    Admission admission;
    std::vector<std::unique_ptr<Admission::Place>> places;

    explicit Gate(const Limits& limits) : config(with(limits)), admission(config, clock) {}
    static Config with(const Limits& limits) {
        Config config;
        config.limits = limits;
        return config;
    }
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

// Sends its identification, then nothing: the n-th of 150 a second, from 240 addresses by turns.
void come_to_hold_a_place(Gate& gate, unsigned n) {
    REQUIRE(gate.come("10.1.0." + std::to_string(n % 240)));
    (void)gate.places.back()->begin_key_exchange(false);
    gate.clock.advance(std::chrono::microseconds(1'000'000 / 150));
}

TEST_CASE("admission: a login under way is never dropped for a crowd of many addresses that hold places") {
    for (const unsigned arrivals_a_step : {0U, 6U, 30U, 90U}) {  // 7 steps: 0 s, 0.3 s, 1.4 s, 4.2 s
        CAPTURE(arrivals_a_step);
        Gate gate(Limits{});
        unsigned came = 0, got_in = 0;
        for (; came < 600; ++came) come_to_hold_a_place(gate, came);
        for (unsigned login = 0; login < 20; ++login) {
            const std::string me = std::to_string(gate.places.size());
            REQUIRE(gate.come("10.0.0." + std::to_string(login)));  // before all others by name, too
            Admission::Place& place = *gate.places.back();
            (void)place.begin_key_exchange(false);
            CHECK(place.begin_key_exchange(true) == std::chrono::milliseconds(0));
            for (unsigned step = 0; step < 7; ++step) {
                for (unsigned i = 0; i < arrivals_a_step; ++i) come_to_hold_a_place(gate, came++);
                place.move_on();
            }
            if (std::ranges::find(gate.dropped, me + " unauthenticated") == gate.dropped.end()) ++got_in;
            place.logged_in();
        }
        CHECK(got_in == 20);
        CHECK(gate.admission.guests() == 20 + 99);
    }
}

TEST_CASE("admission: a login that takes more steps than any needs does not stay by them") {
    Gate gate(small());
    REQUIRE(gate.come("10.0.0.1"));
    Admission::Place& place = *gate.places.back();
    unsigned i = 0;
    for (; gate.dropped.empty() || gate.dropped.back() != "0 unauthenticated"; ++i) {
        REQUIRE(i < 1000);
        REQUIRE(gate.come("10.1.0." + std::to_string(i)));
        place.move_on();
    }
    CHECK(i > 20);
    CHECK(i < 100);
}

TEST_CASE("admission: of networks somebody has logged in from, some strangers stay before all others") {
    Limits limits;
    limits.unauthenticated = 8;
    Gate gate(limits);
    REQUIRE(gate.come("10.0.0.1"));
    gate.places.back()->logged_in();
    for (int i = 0; i < 3; ++i) REQUIRE(gate.come("10.0.0.1"));
    for (int i = 0; i < 50; ++i) REQUIRE(gate.come("10.1.0." + std::to_string(i)));
    CHECK(gate.dropped.size() == 45);
    CHECK(gate.dropped.front() == "4 unauthenticated");
    gate.dropped.clear();
    for (int i = 0; i < 5; ++i) REQUIRE(gate.come("10.0.0.1"));  // four are as one: the oldest goes
    CHECK(gate.dropped == std::vector<std::string>{"1 unauthenticated", "2 unauthenticated",
                                                   "3 unauthenticated", "49 unauthenticated",
                                                   "50 unauthenticated"});
    gate.dropped.clear();
    for (int i = 0; i < 20; ++i) REQUIRE(gate.come("10.0.0.1"));
    for (int i = 0; i < 5; ++i) REQUIRE(gate.come("10.2.0." + std::to_string(i)));
    CHECK(std::ranges::find(gate.dropped, "78 unauthenticated") == gate.dropped.end());  // its last
    CHECK(gate.dropped.size() == 25);
}

TEST_CASE("admission: the addresses of an IPv6 network take places from each other") {
    Limits limits;
    limits.unauthenticated = 8;
    Gate gate(limits);
    REQUIRE(gate.come("2001:db8:0:1::1"));
    for (int i = 1; i < 100; ++i) REQUIRE(gate.come("2001:db8:0:2:" + std::to_string(i) + "::1"));
    CHECK(gate.dropped.size() == 92);
    CHECK(gate.dropped.front() == "1 unauthenticated");
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
        return gate.places.back()->begin_key_exchange(true) == std::chrono::milliseconds(0);
    };
    for (int i = 0; i < 30; ++i) CHECK(begins("10.0.0.1"));
    CHECK_FALSE(begins("10.0.0.1"));
    CHECK(gate.places.back()->begin_key_exchange(true) <= std::chrono::milliseconds(101));
    CHECK(begins("10.0.0.2"));
    gate.clock.advance(std::chrono::milliseconds(100));
    CHECK(gate.places[30]->begin_key_exchange(true) == std::chrono::milliseconds(0));
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
    CHECK(gate.places.back()->begin_key_exchange(true) == std::chrono::milliseconds(0));
    gate.places.back()->logged_in();
    for (int i = 0; i < 30; ++i) {
        REQUIRE(gate.come("10.1.0." + std::to_string(i)));
        CHECK(gate.places.back()->begin_key_exchange(true) == std::chrono::milliseconds(0));
    }
    REQUIRE(gate.come("10.2.0.1"));
    CHECK(gate.places.back()->begin_key_exchange(true) > std::chrono::milliseconds(0));
    REQUIRE(gate.come("10.0.0.1"));
    CHECK(gate.places.back()->begin_key_exchange(true) == std::chrono::milliseconds(0));
}

TEST_CASE(
    "admission: who waits for a key exchange comes before newcomers, and those that are gone before nobody") {
    Limits limits;
    limits.key_exchanges = 1;
    limits.connections = limits.unauthenticated = 1000;
    Gate gate(limits);
    const auto come = [&](const std::string& address) {
        REQUIRE(gate.come(address));
        return gate.places.size() - 1;
    };
    const auto begins = [&](std::size_t place) {
        return gate.places[place]->begin_key_exchange(true) == std::chrono::milliseconds(0);
    };
    for (int i = 0; i < 30; ++i) CHECK(begins(come("10.1.0." + std::to_string(i))));
    const std::size_t first = come("10.2.0.1"), gone = come("10.2.0.2"), second = come("10.2.0.3");
    for (const std::size_t one : {first, gone, second}) CHECK_FALSE(begins(one));
    CHECK(gate.places[second]->begin_key_exchange(true) >
          std::chrono::milliseconds(200));  // the third of ten
    gate.clock.advance(std::chrono::milliseconds(100));
    CHECK_FALSE(begins(come("10.3.0.1")));
    CHECK_FALSE(begins(second));
    CHECK(begins(first));
    gate.places[gone].reset();
    gate.clock.advance(std::chrono::milliseconds(100));
    CHECK_FALSE(begins(come("10.3.0.2")));
    CHECK(begins(second));
}

TEST_CASE("admission: who has not asked for a key exchange leaves half of the rations to who has") {
    Limits limits;
    limits.key_exchanges = 10;
    limits.connections = limits.unauthenticated = 1000;
    Gate gate(limits);
    const auto begun = [&](bool asked, const auto& address_of) {
        unsigned count = 0;
        for (unsigned i = 0; i < 500; ++i) {
            REQUIRE(gate.come(address_of(i)));
            if (gate.places.back()->begin_key_exchange(asked) == std::chrono::milliseconds(0)) ++count;
            gate.places.pop_back();
        }
        return count;
    };
    const auto one = [](unsigned) { return std::string("10.0.0.1"); };
    const auto many = [](unsigned i) { return "10.1.0." + std::to_string(i % 100); };
    CHECK(begun(false, one) == 15);
    CHECK(begun(true, one) == 15);
    CHECK(begun(false, many) == 120);  // of 150, 30 are gone
    CHECK(begun(true, many) == 150);
}
