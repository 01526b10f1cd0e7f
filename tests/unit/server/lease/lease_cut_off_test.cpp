// A session's folder leased to a program: which files are whole after it, and which are missing.
#include <doctest/doctest.h>

#include "tests/unit/server/lease/lease_house.hpp"

namespace burnbox::test {

TEST_CASE("lease: a cut-off file that was not sent again stays cut off, and the client is told") {
    UploadHouse house;
    const auto client = house.connect();
    {
        auto file = create(*client, "/holiday/lost");
        CHECK(write(*file, "half") == "ok");
    }  // dropped without CLOSE
    const auto lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/a", "x");
    CHECK(contains(give_back(*lease, true), "not sent again: lost"));
    CHECK(contains(reason_of(house, "holiday"), "cut off: lost"));
}

TEST_CASE("lease: what another client sent meanwhile is not touched by a bad end") {
    UploadHouse house;
    const auto client = house.connect();
    const auto other = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(put(*other, "/holiday/theirs", "x") == "ok");
    auto open = create(*other, "/holiday/growing");
    CHECK(write(*open, "x") == "ok");
    house.put_behind("alice/holiday/a", "x");
    CHECK(contains(give_back(*lease, false), "cut off"));
    CHECK(close(*other, std::move(open)) == "ok");
    CHECK(contains(reason_of(house, "holiday"), "cut off: a;"));
}

TEST_CASE("lease: an upload that is cut off while a program works stays cut off, however that ends") {
    UploadHouse house;
    const auto client = house.connect();
    auto other = house.connect();
    REQUIRE(client->make_folder("/holiday", 0755));
    REQUIRE(client->make_folder("/holiday/d", 0755));
    CHECK(put(*client, "/holiday/d/old", "complete") == "ok");
    CHECK(put(*client, "/holiday/d/over", "complete") == "ok");
    const auto lease = lend_to_write(*client, "/holiday/d/");
    for (const char* path : {"/holiday/d/new", "/holiday/aside", "/holiday/d/old"}) {
        auto file = create(*other, path);
        CHECK(write(*file, "half") == "ok");
    }
    {
        auto file = other->open("/holiday/d/over", {.write = true});
        REQUIRE(file);
        CHECK(write(**file, "XX") == "ok");
    }
    house.put_behind("alice/holiday/d/a", "by the program");
    CHECK(contains(give_back(*lease, true), "cut off"));
    CHECK(contains(reason_of(house, "holiday"), "cut off: aside, d/new, d/old and d/over"));
    CHECK(contains(burn(*client, "holiday"), "cut off"));
}

TEST_CASE("lease: a program that writes into files in place shares them with nobody") {
    UploadHouse house;
    const auto client = house.connect();
    const auto other = house.connect();
    CHECK(put(*client, "/holiday/d/big", "complete") != "ok");
    REQUIRE(client->make_folder("/holiday", 0755));
    CHECK(put(*client, "/holiday/big", "complete") == "ok");
    const LeaseRequest in_place{.paths = {"/holiday/"}, .writes = true, .writes_into_files = true};
    SUBCASE("it does not begin while a file is being written") {
        auto file = other->open("/holiday/big", {.write = true});
        REQUIRE(file);
        CHECK(contains(lease_to(*client, in_place).refusal, "written in holiday: big; wait"));
        CHECK(write(**file, "whole") == "ok");
        CHECK(close(*other, std::move(*file)) == "ok");
        const Lending later = lease_to(*client, in_place);
        REQUIRE(later.lease);
        CHECK(give_back(*later.lease, true) == "ok");
    }
    SUBCASE("a look that writes nothing may begin") {
        const auto file = other->open("/holiday/big", {.write = true});
        LeaseRequest dry = in_place;
        dry.manner.dry_run = true;
        const Lending look = lease_to(*client, dry);
        REQUIRE(look.lease);
        CHECK(create(*other, "/holiday/more"));
        (void)give_back(*look.lease, true);
    }
    SUBCASE("while it works nothing is opened for writing or made shorter, and then it is") {
        const Lending lending = lease_to(*client, in_place);
        REQUIRE(lending.lease);
        const std::string why = "can't be written to: an rsync writes into the files of holiday in place";
        CHECK(contains(put(*other, "/holiday/big", "x"), why));
        CHECK(contains(put(*other, "/holiday/new", "x"), why));
        CHECK(contains(shown(other->set_attributes("/holiday/big",
                                                   {.size_bytes = 2, .mode = {}, .atime = {}, .mtime = {}})),
                       why));
        CHECK(get(*other, "/holiday/big") == "complete");
        CHECK(contains(put(*other, "/holiday/BURN", ""), "an rsync is still writing into it"));
        CHECK(give_back(*lending.lease, true) == "ok");
        CHECK(put(*other, "/holiday/new", "x") == "ok");
        CHECK(contains(burn(*client, "holiday"), "missing: big;"));
        CHECK(put(*other, "/holiday/big", "x") == "ok");
        CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
    }
    SUBCASE("one that fails to begin leaves it to others") {
        house.plan.fail_looks_at("alice/holiday/big", EIO);
        const Lending failed = lease_to(*client, in_place);
        house.plan.fail_nothing();
        CHECK_FALSE(failed.lease);
        CHECK(put(*other, "/holiday/new", "x") == "ok");
    }
}

TEST_CASE("lease: a file that was cut off is whole by content alone, not by a time, a mode or another name") {
    struct Left {
        std::function<void(UploadHouse&)> by_program;
        bool appends, in_place;
        const char* cut;  // afterwards; "" = none
    };
    const auto touch = [](UploadHouse& house) {
        REQUIRE(house.inbox_fs.set_times("alice/holiday/a", Timestamp(), Timestamp(std::chrono::seconds(9))));
    };
    const auto chmod = [](UploadHouse& house) { REQUIRE(house.inbox_fs.set_mode("alice/holiday/a", 0640)); };
    const auto move = [](UploadHouse& house) {
        REQUIRE(house.inbox_fs.rename("alice/holiday/a", "alice/holiday/a~", RenameMode::replace));
        house.put_behind("alice/holiday/a", "sent anew");
    };
    const auto rewrite = [](UploadHouse& house) {
        const auto file = house.inbox_fs.open("alice/holiday/a", {.write = true});
        REQUIRE(file);
        REQUIRE((*file)->write_at(std::as_bytes(std::span("sent anew", 9)), 0));
        REQUIRE((*file)->set_times(Timestamp(), Timestamp(std::chrono::seconds(9))));
    };
    const auto replace = [](UploadHouse& house) { house.put_behind("alice/holiday/a", "sent anew"); };
    for (const auto& [by_program, appends, in_place, cut] :
         {Left{touch, false, false, "cut off: a;"}, Left{chmod, false, true, "cut off: a;"},
          Left{touch, true, true, "cut off: a;"}, Left{move, false, false, "cut off: a~;"},
          Left{rewrite, false, true, ""}, Left{rewrite, true, false, ""}, Left{replace, false, false, ""}}) {
        CAPTURE(cut);
        CAPTURE(in_place);
        UploadHouse house;
        const auto client = house.connect();
        {
            auto file = create(*client, "/holiday/a");
            CHECK(write(*file, "half") == "ok");
        }
        const Lending lending = lease_to(*client, {.paths = {"/holiday/"},
                                                   .writes = true,
                                                   .makes_folders = true,
                                                   .manner = {.appends = appends, .in_place = in_place}});
        REQUIRE(lending.lease);
        by_program(house);
        CHECK(give_back(*lending.lease, true).starts_with("ok"));
        if (*cut != 0)
            CHECK(contains(reason_of(house, "holiday"), cut));
        else
            CHECK_FALSE(contains(reason_of(house, "holiday"), "cut off"));
    }
}

TEST_CASE("lease: files that the program removed are forgotten") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "a") == "ok");
    CHECK(put(*client, "/holiday/b", "b") == "ok");
    const auto lease = lend_to_write(*client, "/holiday/");
    REQUIRE(house.inbox_fs.remove("alice/holiday/a"));
    CHECK(give_back(*lease, true) == "ok");
    const auto open = house.uploads->open_sessions();
    REQUIRE(open.size() == 1);
    CHECK(open[0].files_count == 1);
    CHECK(open[0].bytes == 1);
}

TEST_CASE("lease: files that counted are proven after a crash") {
    UploadHouse house;
    {
        const auto client = house.connect();
        const auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/a", "a");
        CHECK(give_back(*lease, true) == "ok");
    }
    house.kill();
    const auto client = house.connect();
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}

TEST_CASE("lease: what was refused before is missing until a program brought just that") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/a", "old") == "ok");
    refuse(*client, "/holiday/a");
    SUBCASE("it brings something else") {
        const auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/sub/b", "b");
        CHECK(give_back(*lease, true) == "ok");
        CHECK(contains(burn(*client, "holiday"), "missing: a;"));
    }
    SUBCASE("it runs dry") {
        const auto lending = lease_to(
            *client,
            {.paths = {"/holiday/"}, .writes = true, .makes_folders = true, .manner = {.dry_run = true}});
        REQUIRE(lending.lease);
        CHECK(give_back(*lending.lease, true) == "ok");
        CHECK(contains(burn(*client, "holiday"), "missing: a;"));
    }
    SUBCASE("it brings it") {
        const auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/a", "new one");
        CHECK(give_back(*lease, true) == "ok");
        CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
    }
}

TEST_CASE("lease: a cut-off file that only looks like a program's temporary one stays, and says so") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/notes.txt", "whole") == "ok");
    SUBCASE("a person's") {
        cut_off(house, "/holiday/.notes.txt.backup");
        const auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/b", "b");
        CHECK(contains(give_back(*lease, true), "not sent again"));
        CHECK(house.exists("alice/holiday/.notes.txt.backup"));
        CHECK(contains(burn(*client, "holiday"), "cut off in the middle"));
    }
    SUBCASE("a program's") {
        auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/.notes.txt.Xy12ab", "ha");
        CHECK(contains(give_back(*lease, false), "cut off"));
        lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/b", "b");
        CHECK(give_back(*lease, true) == "ok");
        CHECK(!house.exists("alice/holiday/.notes.txt.Xy12ab"));
        CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
    }
}

}  // namespace burnbox::test
