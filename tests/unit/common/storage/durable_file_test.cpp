#include "common/storage/durable_file.hpp"

#include <doctest/doctest.h>

#include "tests/support/storage/faulty_file_system.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {
std::string get(FileSystem& fs, const std::string& path) {
    auto content = read_file(fs, path, 1000);
    return content ? *content : "error: " + content.error().message;
}
}  // namespace

TEST_CASE("durable file: replacing it survives power loss at once, without a leftover") {
    MemoryFileSystem fs;
    REQUIRE(fs.make_folder("d", 0755).has_value());
    REQUIRE(fs.sync_all().has_value());
    REQUIRE(replace_file(fs, "d/f", "one").has_value());
    fs.crash();
    CHECK(get(fs, "d/f") == "one");
    REQUIRE(replace_file(fs, "d/f", "two").has_value());
    fs.crash();
    CHECK(get(fs, "d/f") == "two");
    CHECK(list_folder(fs, "d").value().size() == 1);
}

TEST_CASE(
    "durable file: whatever operation fails and whenever the power goes, the old or the new content is "
    "there") {
    for (const auto mode : {FaultPlan::Mode::once, FaultPlan::Mode::from_then_on}) {
        for (std::uint64_t n = 1;; ++n) {
            MemoryFileSystem memory;
            REQUIRE(replace_file(memory, "f", "old").has_value());
            FaultPlan plan;
            FaultyFileSystem fs(memory, plan);
            plan.fail_at(n, ENOSPC, mode);
            const Status replaced = replace_file(fs, "f", "new");
            CAPTURE(plan.where());
            if (!plan.hit()) {
                CHECK(replaced.has_value());
                break;
            }
            CHECK_FALSE(replaced.has_value());
            const std::string before = get(memory, "f");
            CHECK((before == "old" || before == "new"));
            memory.crash();
            const std::string after = get(memory, "f");
            CHECK((after == "old" || after == "new"));
            plan.fail_nothing();
            REQUIRE(replace_file(fs, "f", "newest").has_value());  // a leftover does not disturb
            CHECK(get(memory, "f") == "newest");
        }
    }
}

TEST_CASE("durable file: a leftover that is a hard link to something else is not written through") {
    MemoryFileSystem fs;
    REQUIRE(replace_file(fs, "precious", "data").has_value());
    REQUIRE(fs.make_hardlink("precious", ".f.tmp").has_value());
    REQUIRE(replace_file(fs, "f", "new").has_value());
    CHECK(get(fs, "precious") == "data");
    CHECK(get(fs, "f") == "new");
}
