#include "server/rsync/bounds_watch.hpp"

#include <doctest/doctest.h>

using namespace burnbox::rsync;
using namespace std::chrono_literals;

TEST_CASE(
    "rsync bounds: measuring takes a small part of the time, and a busy machine does not put it off for "
    "long") {
    CHECK(kFilesPace.pause_after(0ms) == 1s);
    CHECK(kFilesPace.pause_after(20ms) == 1s);
    CHECK(kFilesPace.pause_after(100ms) == 5s);
    CHECK(kFilesPace.pause_after(3s) == 10s);
    CHECK(kQuotaPace.pause_after(10ms) == 500ms);
    CHECK(kQuotaPace.pause_after(60s) == 10s);
}
