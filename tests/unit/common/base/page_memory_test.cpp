#include "common/base/page_memory.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace burnbox;

TEST_CASE("page memory: it begins with a page and has the size that was asked for") {
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{4096}, std::size_t{1'000'000}}) {
        PageMemory memory(bytes);
        CHECK_FALSE(memory.empty());
        CHECK(memory.bytes().size() == bytes);
        CHECK(reinterpret_cast<std::uintptr_t>(memory.bytes().data()) % PageMemory::kPageBytes == 0);
    }
    CHECK(PageMemory().empty());
}
