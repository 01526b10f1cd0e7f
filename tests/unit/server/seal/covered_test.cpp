// R4: whole means covered. What makes a file that was cut off whole again, and what does not.
#include <doctest/doctest.h>

#include "tests/unit/server/seal/covered_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("covered: a few bytes anywhere do not make a cut-off file whole") {
    UploadHouse house;
    cut(house);
    const auto client = house.connect();
    SUBCASE("behind a gap") {
        CHECK(go_on(*client, 300'000, 300'010) == "ok");
    }
    SUBCASE("at the start") {
        CHECK(go_on(*client, 0, 1) == "ok");
    }
    SUBCASE("in the middle") {
        CHECK(go_on(*client, 50'000, 50'010) == "ok");
    }
    SUBCASE("all but the last byte") {
        CHECK(go_on(*client, 0, kCut - 1) == "ok");
    }
    SUBCASE("nothing at all") {
        CHECK(close(*client, open_to_go_on(*client, "/holiday/a")) == "ok");
    }
    SUBCASE("a longer end by FTRUNCATE") {
        auto file = open_to_go_on(*client, "/holiday/a");
        send(*file, 50'000, kCut + 10);
        CHECK(shown(file->set_attributes(size_of(200'000))) == "ok");
        CHECK(close(*client, std::move(file)) == "ok");
    }
    SUBCASE("a longer end by the path") {
        CHECK(shown(client->set_attributes("/holiday/a", size_of(200'000))) == "ok");
    }
    SUBCASE("a shorter end by the path") {
        CHECK(shown(client->set_attributes("/holiday/a", size_of(50))) == "ok");
    }
    SUBCASE("emptied by the path, and nothing sent") {
        CHECK(shown(client->set_attributes("/holiday/a", size_of(0))) == "ok");
        CHECK(close(*client, open_to_go_on(*client, "/holiday/a")) == "ok");
    }
    check_refused(house);
}

TEST_CASE("covered: what goes on from where it was cut, or from before, is whole") {
    UploadHouse house;
    cut(house);
    const auto client = house.connect();
    SUBCASE("reput") {
        CHECK(go_on(*client, kCut, 150'000) == "ok");
    }
    SUBCASE("an overlapping resume") {
        CHECK(go_on(*client, 60'000, 150'000) == "ok");
    }
    SUBCASE("everything once more, without emptying it") {
        CHECK(go_on(*client, 0, kCut) == "ok");
    }
    SUBCASE("curl -C -: at the end, whatever the offset") {
        auto file = open_to_go_on(*client, "/holiday/a", true);
        CHECK(write(*file, piece(kCut, 150'000), kCut) == "ok");
        CHECK(close(*client, std::move(file)) == "ok");
    }
    SUBCASE("in pieces, in any order") {
        auto file = open_to_go_on(*client, "/holiday/a");
        send(*file, 140'000, 150'000);
        send(*file, 90'000, 120'000);
        send(*file, 110'000, 140'000);
        CHECK(close(*client, std::move(file)) == "ok");
    }
    SUBCASE("by several handles, one after the other") {
        CHECK(go_on(*client, 130'000, 150'000) == "ok");
        CHECK(is_cut(house));
        CHECK(go_on(*client, kCut, 130'000) == "ok");
    }
    SUBCASE("by several handles at once") {
        const auto other = house.connect();
        auto first = open_to_go_on(*client, "/holiday/a");
        auto second = open_to_go_on(*other, "/holiday/a");
        send(*second, 120'000, 150'000);
        send(*first, kCut, 120'000);
        CHECK(close(*other, std::move(second)) == "ok");
        CHECK(is_cut(house));
        CHECK(close(*client, std::move(first)) == "ok");
    }
    SUBCASE("with a shorter end") {
        auto file = open_to_go_on(*client, "/holiday/a");
        send(*file, 0, 20'000);
        CHECK(shown(file->set_attributes(size_of(20'000))) == "ok");
        CHECK(close(*client, std::move(file)) == "ok");
    }
    SUBCASE("cut once more on the way") {
        {
            auto file = open_to_go_on(*client, "/holiday/a");
            send(*file, kCut, 120'000);
        }
        CHECK(is_cut(house));
        CHECK(go_on(*client, 120'000, 150'000) == "ok");
    }
    SUBCASE("shortened by its path, then gone on with") {
        CHECK(shown(client->set_attributes("/holiday/a", size_of(50))) == "ok");
        CHECK(go_on(*client, 50, 150'000) == "ok");
    }
    SUBCASE("emptied by its path and sent anew, with a hole") {
        CHECK(shown(client->set_attributes("/holiday/a", size_of(0))) == "ok");
        auto file = open_to_go_on(*client, "/holiday/a");
        send(*file, 50, 100);
        CHECK(close(*client, std::move(file)) == "ok");
    }
    SUBCASE("emptied by FTRUNCATE and sent anew, with a hole") {
        auto file = open_to_go_on(*client, "/holiday/a");
        CHECK(shown(file->set_attributes(size_of(0))) == "ok");
        send(*file, 50, 100);
        CHECK(close(*client, std::move(file)) == "ok");
    }
    SUBCASE("replaced by another one") {
        CHECK(put(*client, "/holiday/a.new", "new") == "ok");
        CHECK(rename(*client, "/holiday/a.new", "/holiday/a", RenameMode::replace) == "ok");
    }
    SUBCASE("under another name") {
        CHECK(rename(*client, "/holiday/a", "/holiday/b") == "ok");
        CHECK(is_cut(house, "b"));
        CHECK(go_on(*client, kCut, 150'000, "/holiday/b") == "ok");
    }
    check_seals(house);
}

TEST_CASE("covered: made anew, a file whose writers all closed it well is whole, in any order, with holes") {
    UploadHouse house;
    const auto client = house.connect();
    auto first = create(*client, "/holiday/a");
    SUBCASE("one handle, backwards") {
        send(*first, 200, 300);
        send(*first, 0, 100);
    }
    SUBCASE("two connections") {
        const auto other = house.connect();
        auto second = open_to_go_on(*other, "/holiday/a");
        send(*second, 200, 300);
        send(*first, 0, 100);
        CHECK(close(*other, std::move(second)) == "ok");
    }
    SUBCASE("the size first") {
        CHECK(shown(first->set_attributes(size_of(1'000))) == "ok");
        send(*first, 500, 600);
    }
    SUBCASE("a handle that did nothing is lost meanwhile") {
        const auto other = house.connect();
        auto second = open_to_go_on(*other, "/holiday/a");
        send(*first, 200, 300);
        CHECK(close(*client, std::move(first)) == "ok");
        second.reset();
        check_seals(house);
        return;
    }
    CHECK(close(*client, std::move(first)) == "ok");
    check_seals(house);
}

TEST_CASE("covered: of several connections one dies") {
    UploadHouse house;
    const auto client = house.connect();
    const auto other = house.connect();
    auto left = create(*client, "/holiday/a");
    auto right = open_to_go_on(*other, "/holiday/a");
    send(*left, 0, 100);
    send(*right, 1'000, 2'000);
    SUBCASE("the others go on, and what it had to send is sent again") {
        send(*left, 100, 200);
        left.reset();
        CHECK(close(*other, std::move(right)) == "ok");
        CHECK(is_cut(house));
        CHECK(go_on(*client, 200, 1'000) == "ok");
        check_seals(house);
    }
    SUBCASE("what a handle wrote that closed before counts in the gapless beginning only") {
        CHECK(close(*other, std::move(right)) == "ok");
        left.reset();
        CHECK(go_on(*client, 100, 1'000) == "ok");
        check_refused(house);
    }
    SUBCASE("both die, and what is missing to the end is sent") {
        send(*left, 100, 1'000);
        right.reset();
        left.reset();
        CHECK(go_on(*client, 2'000, 3'000) == "ok");
        check_seals(house);
    }
    SUBCASE("both die, and there is a gap") {
        right.reset();
        left.reset();
        CHECK(go_on(*client, 2'000, 3'000) == "ok");
        check_refused(house);
    }
}

TEST_CASE("covered: two that append to one file at once don't mix their bytes") {
    UploadHouse house;
    cut(house);
    const auto client = house.connect();
    const auto other = house.connect();
    auto second = open_to_go_on(*other, "/holiday/a", true);
    SUBCASE("both go on where it was cut") {
        auto first = open_to_go_on(*client, "/holiday/a", true);
        send(*first, kCut, 120'000);
        CHECK(contains(write(*second, piece(kCut, 120'000), kCut), "somebody else writes to it too"));
        send(*first, 120'000, 150'000);
        CHECK(close(*client, std::move(first)) == "ok");
    }
    SUBCASE("one beside a transfer that still runs") {
        auto first = open_to_go_on(*client, "/holiday/a");
        send(*first, 0, 120'000);
        CHECK(contains(write(*second, piece(kCut, 120'000), kCut), "somebody else writes to it too"));
        send(*first, 120'000, 150'000);
        CHECK(close(*client, std::move(first)) == "ok");
    }
    CHECK_FALSE(close(*other, std::move(second)) == "ok");
    const std::string there = house.text("alice/holiday/a");
    CHECK(there == piece(0, 150'000));
}

TEST_CASE("covered: a whole file that is written over and cut off proves nothing beyond that") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", piece(0, kCut)) == "ok");
    {
        auto file = open_to_go_on(*client, "/holiday/a");
        send(*file, 0, 30'000);
    }
    SUBCASE("its old end is not the new one's") {
        CHECK(go_on(*client, kCut, 120'000) == "ok");
        check_refused(house);
    }
    SUBCASE("all that was not written over") {
        CHECK(go_on(*client, 30'000, 120'000) == "ok");
        check_seals(house);
    }
}

TEST_CASE("covered: what is appended to a whole file and cut off is gone on with") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", piece(0, 100)) == "ok");
    {
        auto file = open_to_go_on(*client, "/holiday/a", true);
        send(*file, 100, 200);
    }
    CHECK(is_cut(house));
    SUBCASE("at once") {}
    SUBCASE("after a restart") {
        house.kill();
    }
    CHECK(go_on(*house.connect(), 200, 300) == "ok");
    check_seals(house);
}
