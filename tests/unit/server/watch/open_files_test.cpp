#include "server/watch/open_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.hpp"

using namespace burnbox;
using namespace burnbox::test;
using Names = std::vector<std::string>;

TEST_CASE(
    "open files: a file that somebody has open for writing is found, whichever way the kernel tells it") {
    TempFolder temp;
    std::filesystem::create_directories(temp / "s/d");
    for (const char* const name : {"s/d/slow", "s/done"}) std::ofstream(temp / name) << "text";
    const std::vector<upload::WalkEntry> entries = {
        {.path = "d", .info = {.type = FileType::folder}, .link_target = {}},
        {.path = "d/slow", .info = {}, .link_target = {}},
        {.path = "done", .info = {}, .link_target = {}}};
    CHECK(watch::look_at_files(temp / "s", entries).writing.empty());
    CHECK(watch::writers_in_proc(temp / "s").empty());
    {
        const std::ofstream slow(temp / "s/d/slow", std::ios::app);
        const std::ifstream reader(temp / "s/done");
        CHECK(watch::look_at_files(temp / "s", entries).writing == Names{"d/slow"});
        CHECK(watch::writers_in_proc(temp / "s") == Names{"d/slow"});
    }
    CHECK(watch::look_at_files(temp / "s", entries).writing.empty());
}
