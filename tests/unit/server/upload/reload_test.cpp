// What a reload means for clients that are at work, and for accounts that come with it.
#include <doctest/doctest.h>

#include "server/sessions/account_terms.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("reload: rights hold from the next request on, of open files too") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    auto reading = client->open("/holiday/a", {.read = true});
    REQUIRE(reading);
    const auto writing = create(*client, "/holiday/b");
    CHECK(write(*writing, "bbb") == "ok");

    house.alice().rights = {.upload = false, .read = false, .remove = true};
    house.hold();
    const std::string may_not_upload = "the account alice may not upload (accounts.alice.rights)";
    CHECK(write(*writing, "more", 3) == may_not_upload);
    Attributes shorter;
    shorter.size_bytes = 1;
    CHECK(shown(writing->set_attributes(shorter)) == may_not_upload);
    std::array<std::byte, 3> bytes{};
    CHECK((*reading)->read_at(bytes, 0).error().message ==
          "the account alice may not read (accounts.alice.rights)");
    CHECK(put(*client, "/holiday/BURN", "") == may_not_upload);

    house.alice().rights = {};
    house.hold();
    CHECK((*reading)->read_at(bytes, 0).value() == 3);
    CHECK(put(*client, "/holiday/c", "ccc") == "ok");
}

TEST_CASE("reload: a file that was refused in its middle is not whole") {
    UploadHouse house;
    const auto client = house.connect();
    auto file = create(*client, "/holiday/b");
    CHECK(write(*file, "bbb") == "ok");
    house.alice().quota_bytes = 4;
    house.hold();
    CHECK(contains(write(*file, "more", 3), "accounts.alice.quota"));
    CHECK(contains(close(*client, std::move(file)), "accounts.alice.quota"));
    CHECK(contains(put(*client, "/holiday/BURN", ""), "cut off"));
}

TEST_CASE("reload: a lowered quota or limit refuses from then on, and deletes nothing") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/one/a", "aaa") == "ok");
    CHECK(put(*client, "/two/a", "aaa") == "ok");
    house.alice().quota_bytes = 5;
    house.config.limits.sessions = 1;
    house.hold();
    CHECK(contains(put(*client, "/one/b", "b"), "accounts.alice.quota"));
    CHECK(contains(shown(client->make_folder("/three", 0755)), "limits.sessions"));
    CHECK(get(*client, "/two/a") == "aaa");
    house.alice().quota_bytes = 0;
    house.config.limits.files = 2;
    house.hold();
    CHECK(contains(put(*client, "/one/c", "c"), "limits.files"));
    house.config.limits.files = 4;
    house.hold();
    CHECK(put(*client, "/one/c", "c") == "ok");
}

TEST_CASE("reload: the pool is that of the seal") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/one/a", "aaa") == "ok");
    CHECK(put(*client, "/two/b", "bbb") == "ok");
    CHECK(put(*client, "/one/BURN", "1") == "ok: one is sealed");
    house.alice().pool = "tower";
    house.hold();
    CHECK(put(*client, "/two/BURN", "2") == "ok: two is sealed");
    REQUIRE(house.rows().size() == 2);
    CHECK(house.rows()[0].pool == "default");
    CHECK(house.rows()[1].pool == "tower");
}

TEST_CASE("reload: a new account has its folders, and what lies there counts as cut off") {
    UploadHouse house;
    house.put_behind("bob/old/a", "aaa");
    house.config.accounts["bob"].name = "bob";
    CHECK(house.uploads->add_account("bob"));
    CHECK(house.uploads->add_account("carol"));
    CHECK(house.exists("carol"));
    const auto bob = house.connect("bob");
    CHECK(contains(burn(*bob, "old"), "cut off"));
    CHECK(put(*bob, "/old/a", "aaa") == "ok");
    CHECK(burn(*bob, "old") == "ok: old is sealed");
}

TEST_CASE("reload: an account that is known keeps what is known of it") {
    UploadHouse house;
    const auto client = house.connect();
    const auto file = create(*client, "/holiday/a");
    CHECK(write(*file, "aaa") == "ok");
    CHECK(house.uploads->add_account("alice"));
    CHECK(write(*file, "aaa", 3) == "ok");
}

TEST_CASE("account terms: those of the moment; a removed account keeps them") {
    Config config;
    config.accounts["alice"].quota_bytes = 5;
    config.accounts["alice"].rights.read = false;
    CurrentConfig current(config);
    const upload::AccountTerms alice("alice", current);
    const upload::AccountTerms nobody("nobody", current);
    CHECK(alice.quota_bytes() == 5);
    CHECK_FALSE(alice.rights().read);
    CHECK(nobody.pool() == "default");
    config.accounts["alice"].quota_bytes = 7;
    config.accounts["alice"].pool = "tower";
    current.publish(config);
    CHECK(alice.quota_bytes() == 7);
    CHECK(alice.pool() == "tower");
    config.accounts.clear();
    current.publish(config);
    CHECK(alice.quota_bytes() == 7);
    CHECK(alice.pool() == "tower");
}
