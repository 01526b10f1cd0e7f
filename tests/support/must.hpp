// For fixtures: what a test takes for granted.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "common/base/error.hpp"

namespace burnbox::test {

inline void must(const Status& status) {
    if (status) return;
    std::fprintf(stderr, "a test's fixture: %s\n", status.error().message.c_str());
    std::abort();
}

template <typename T>
T must(Result<T> result) {
    if (!result) must(Status(std::unexpected(result.error())));
    return std::move(*result);
}

}  // namespace burnbox::test
