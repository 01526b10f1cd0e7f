#include "common/storage/account_view.hpp"

#include <doctest/doctest.h>

#include "common/storage/durable_file.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/test_clock.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("account view: the folder has the account's paths, whichever account it is") {
    TestClock clock;
    auto memory = std::make_unique<MemoryFileSystem>("/srv/in", clock);
    MemoryFileSystem& inner = *memory;
    REQUIRE(inner.make_folder("holiday", 0755));
    const auto view = make_account_view(std::move(memory), "lab");

    CHECK(view->host_path("lab/holiday") == "/srv/in/holiday");
    CHECK(view->host_path("lab") == "/srv/in");
    CHECK(list_folder(*view, "").value().front().name == "lab");
    CHECK(list_folder(*view, "lab").value().front().name == "holiday");
    CHECK(view->info("lab").value().type == FileType::folder);
    REQUIRE(replace_file(*view, "lab/holiday/a", "text"));
    CHECK(read_file(inner, "holiday/a", 100).value() == "text");
    REQUIRE(view->rename("lab/holiday", "lab/holiday-queued", RenameMode::no_replace));
    CHECK(inner.info("holiday-queued/a").has_value());
    REQUIRE(view->sync_folder("lab"));

    CHECK(view->info("former/holiday-queued/a").has_value());  // the folder was another account's once
    CHECK(view->remove("").error().code == Errc::busy);
    CHECK(view->open("holiday-queued/a", {.read = true}).error().code == Errc::not_found);
}
