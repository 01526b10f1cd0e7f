// Random events, handles, names, failures and crashes against a plain model of "whole means covered": what
// counts as whole must be proven, whatever happened before. BURNBOX_RUNS and BURNBOX_SEED choose the runs.
#include <doctest/doctest.h>

#include "tests/support/run_number.hpp"
#include "tests/unit/server/files/file_world.hpp"

using burnbox::upload::test::World;

TEST_CASE("file events: whatever happens, nothing counts as whole that is not proven") {
    const auto [seed, runs] = burnbox::test::run_numbers(400);
    unsigned whole_after_cut = 0;
    for (unsigned run = 0; run < runs; ++run) {
        World world(seed + run);
        world.seed_text = std::to_string(seed + run);
        world.run(120);
        whole_after_cut += world.whole_after_cut;
    }
    CHECK(whole_after_cut > 0);  // else it would prove nothing
}
