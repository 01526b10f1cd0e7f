#include "common/base/thread_pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "common/base/parts.hpp"

using namespace burnbox;

TEST_CASE("thread pool: one thread runs the jobs in the order of posting") {
    std::vector<int> order;
    ThreadPool pool(1);
    for (int i = 0; i < 5; ++i) CHECK(pool.post([&order, i] { order.push_back(i); }));
    pool.stop();
    CHECK(order == std::vector{0, 1, 2, 3, 4});
}

TEST_CASE("thread pool: a job that throws is told as a part that failed, and the others run") {
    std::vector<std::string> told;
    set_part_failed([&](std::string_view part, std::string_view reason) {
        told.push_back(std::string(part) + ": " + std::string(reason));
    });
    bool ran = false;
    ThreadPool pool(1);
    CHECK(pool.post([] { throw std::runtime_error("a fault"); }));
    CHECK(pool.post([] { throw 1; }));
    CHECK(pool.post([&] { ran = true; }));
    pool.stop();
    set_part_failed({});
    CHECK(ran);
    CHECK(told ==
          std::vector<std::string>{"thread pool: a fault", "thread pool: an exception of an unknown kind"});
    part_failed("early", "before anybody listened");
    set_part_failed([&](std::string_view part, std::string_view) { told.emplace_back(part); });
    set_part_failed({});
    CHECK(told.back() == "early");
}

TEST_CASE("thread pool: posting neither blocks nor is taken when as many wait as may") {
    std::promise<void> started, go;
    ThreadPool pool(1, 1);
    REQUIRE(pool.post([&] {
        started.set_value();
        go.get_future().wait();
    }));
    started.get_future().wait();
    CHECK(pool.post([] {}));
    CHECK_FALSE(pool.post([] {}));
    go.set_value();
}

TEST_CASE("thread pool: stop ends what waits, and what that posts, and takes nothing afterwards") {
    std::atomic<int> ran = 0;
    ThreadPool pool(2);
    for (int i = 0; i < 10; ++i)
        CHECK(pool.post([&] {
            ++ran;
            CHECK(pool.post([&] { ++ran; }));
        }));
    pool.stop();
    CHECK(ran == 20);
    CHECK_FALSE(pool.post([] {}));
    pool.stop();
}

TEST_CASE("thread pool: two threads run two jobs that wait for each other") {
    std::promise<void> left, right;
    ThreadPool pool(2);
    CHECK(pool.post([&] {
        left.set_value();
        right.get_future().wait();
    }));
    CHECK(pool.post([&] {
        right.set_value();
        left.get_future().wait();
    }));
    pool.stop();
}
