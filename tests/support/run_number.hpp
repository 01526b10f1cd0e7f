// How many random runs there are and from which seed, from BURNBOX_RUNS and BURNBOX_SEED.
#pragma once

#include <cstdlib>
#include <random>

namespace burnbox::test {

struct RunNumbers {
    unsigned seed;
    unsigned runs;
};

inline RunNumbers run_numbers(unsigned usual_runs) {
    const auto number = [](const char* name, unsigned otherwise) {
        const char* text = std::getenv(name);
        return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
    };
    return {number("BURNBOX_SEED", std::random_device{}()), number("BURNBOX_RUNS", usual_runs)};
}

}  // namespace burnbox::test
