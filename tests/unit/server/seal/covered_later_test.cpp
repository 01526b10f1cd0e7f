// R4: whole means covered. What is known of a file after a restart, by its other names, and by a list.
#include <doctest/doctest.h>

#include "tests/unit/server/seal/covered_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("covered: after a restart a file that came in order is gone on with, another must be sent anew") {
    UploadHouse house;
    {
        const auto client = house.connect();
        auto file = create(*client, "/holiday/a");
        SUBCASE("in order") {
            send(*file, 0, 50);
            send(*file, 50, 100);
            house.kill();
            CHECK(go_on(*house.connect(), 100, 150) == "ok");
            return check_seals(house);
        }
        SUBCASE("in order, sent anew after an attempt that was not") {
            send(*file, 100, 200);
            file.reset();
            file = create(*client, "/holiday/a");
            send(*file, 0, 100);
            house.kill();
            CHECK(go_on(*house.connect(), 100, 150) == "ok");
            return check_seals(house);
        }
        SUBCASE("with a gap") {
            send(*file, 100, 200);
            house.kill();
        }
        SUBCASE("with a gap that was filled") {
            send(*file, 100, 200);
            send(*file, 0, 100);
            house.kill();
        }
        SUBCASE("its size first") {
            CHECK(shown(file->set_attributes(size_of(200))) == "ok");
            send(*file, 0, 100);
            house.kill();
        }
        SUBCASE("over a whole one") {
            send(*file, 0, 200);
            CHECK(close(*client, std::move(file)) == "ok");
            file = open_to_go_on(*client, "/holiday/a");
            send(*file, 0, 100);
            house.kill();
        }
        SUBCASE("renamed meanwhile") {
            send(*file, 100, 200);
            CHECK(rename(*client, "/holiday/a", "/holiday/b") == "ok");
            CHECK(rename(*client, "/holiday/b", "/holiday/a") == "ok");
            house.kill();
        }
        SUBCASE("cut off before") {
            send(*file, 100, 200);
            file.reset();
            house.kill();
        }
        SUBCASE("the machine went down later") {
            send(*file, 100, 200);
            file.reset();
            REQUIRE(house.inbox_fs.sync_all());
            REQUIRE(house.state_fs.sync_all());
            house.power_cut();
        }
    }
    const auto client = house.connect();
    CHECK(contains(go_on(*client, 200, 300), "send it anew"));
    check_refused(house);
    CHECK(put(*client, "/holiday/a", "anew") == "ok");
    check_seals(house);
}

TEST_CASE("covered: a file that is opened and closed without a change is as whole after a restart") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    CHECK(close(*client, open_to_go_on(*client, "/holiday/a")) == "ok");
    house.kill();
    check_seals(house);
}

TEST_CASE("covered: two names of one file share its state") {
    UploadHouse house;
    auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "first") == "ok");
    CHECK(hardlink(*client, "/holiday/a", "/holiday/b") == "ok");
    {
        auto file = open_to_go_on(*client, "/holiday/a");
        send(*file, 3, 100);
    }
    SUBCASE("the other name is not whole") {
        CHECK(shown(client->remove("/holiday/a")) == "ok");
        check_refused(house, "b");
    }
    SUBCASE("nor after a restart") {
        CHECK(shown(client->remove("/holiday/a")) == "ok");
        client.reset();
        house.kill();
        check_refused(house, "b");
        CHECK(put(*house.connect(), "/holiday/b", "anew") == "ok");
        check_seals(house);
    }
    SUBCASE("nor when it was the one that was removed while it was written") {
        auto file = open_to_go_on(*client, "/holiday/b");
        send(*file, 100, 200);
        CHECK(shown(client->remove("/holiday/b")) == "ok");
        file.reset();
        check_refused(house, "a");
    }
    SUBCASE("sent again under the other name, both are") {
        CHECK(put(*client, "/holiday/b", "second") == "ok");
        check_seals(house);
    }
    SUBCASE("replaced under one name, the other is not") {
        CHECK(put(*client, "/holiday/c", "second") == "ok");
        CHECK(rename(*client, "/holiday/c", "/holiday/a", RenameMode::replace) == "ok");
        check_refused(house, "b");
    }
    SUBCASE("they do not come apart") {
        CHECK(put(*client, "/other/x", "x") == "ok");
        CHECK(contains(rename(*client, "/holiday/b", "/other/b"), "b is not complete"));
        CHECK(put(*client, "/holiday/b", "second") == "ok");
        CHECK(contains(rename(*client, "/holiday/b", "/other/b"), "a hard link must stay"));
    }
}

TEST_CASE("covered: a checksum list proves a file that was cut off") {
    UploadHouse house;
    cut(house, 100);
    const auto client = house.connect();
    SUBCASE("after a restart too") {
        house.kill();
    }
    SUBCASE("and one that must be sent anew") {
        CHECK(go_on(*client, 300, 310) == "ok");
        house.kill();
        const std::string content = piece(0, 100) + std::string(200, '\0') + piece(300, 310);
        sums(house, {{"a", content}}, "ok: holiday is sealed");
        return;
    }
    SUBCASE("not with another content") {
        sums(house, {{"a", "other"}}, "cut off in the middle: a");
        check_refused(house);
        return;
    }
    SUBCASE("and no other file") {
        cut(house, 50, "/holiday/b");
        sums(house, {{"a", piece(0, 100)}}, "cut off in the middle: b");
        CHECK(is_cut(house, "b"));
        return;
    }
    sums(house, {{"a", piece(0, 100)}}, "ok: holiday is sealed");
}
