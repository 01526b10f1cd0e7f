#include "common/storage/existence.hpp"

#include <doctest/doctest.h>

#include <cerrno>

#include "tests/support/storage/faulty_file_system.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;

TEST_CASE("existence: nothing there is an answer, and a folder is told from a file") {
    test::MemoryFileSystem fs;
    REQUIRE(fs.make_folder("d", 0755).has_value());
    REQUIRE(fs.open("d/a", {.read = true, .write = true, .create = true}).has_value());
    CHECK(exists(fs, "d").value());
    CHECK(exists(fs, "d/a").value());
    CHECK_FALSE(exists(fs, "d/b").value());
    CHECK(is_folder(fs, "d").value());
    CHECK_FALSE(is_folder(fs, "d/a").value());
    CHECK_FALSE(is_folder(fs, "e").value());
}

TEST_CASE("existence: where nobody could look, that is an error and no answer") {
    test::MemoryFileSystem memory;
    test::FaultPlan plan;
    test::FaultyFileSystem fs(memory, plan);
    REQUIRE(memory.make_folder("d", 0755).has_value());
    plan.fail_looks_at("d", EACCES);
    CHECK(exists(fs, "d").error().code == Errc::permission);
    CHECK(is_folder(fs, "d").error().code == Errc::permission);
}
