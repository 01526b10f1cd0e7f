// A marker that is sent again by a client that gave up waiting for the seal.
#include <doctest/doctest.h>

#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

struct Sealing {
    UploadHouse house;
    std::unique_ptr<Client> one = house.connect(), two = house.connect();
    Answer first, again;

    explicit Sealing(const std::string& content = "m") {
        REQUIRE(put(*one, "/holiday/a", "aaa") == "ok");
        house.jobs_wait = true;
        auto marker = create(*one, "/holiday/BURN");
        REQUIRE(write(*marker, content) == "ok");
        one->close(std::move(marker), first.done());
    }
    void send_again(Client& client, const std::string& content = "m") {
        auto marker = create(client, "/holiday/BURN");
        CHECK(write(*marker, content) == "ok");
        CHECK(marker->info().value().size_bytes == content.size());
        client.close(std::move(marker), again.done());
    }
};

// What an rsync sends that is asked to bring these, at the moment.
struct Rsync {
    std::unique_ptr<Lease> lease;
    std::string refusal;

    Rsync(UploadHouse& house, Client& client, const std::string& target) {
        client.lease({.paths = {target}, .writes = true}, [&](Result<std::unique_ptr<Lease>> given) {
            if (given)
                lease = std::move(*given);
            else
                refusal = given.error().message;
        });
        if (house.jobs.empty()) return;
        const auto prepare = house.jobs.back();  // and not yet the seal
        house.jobs.pop_back();
        prepare();
    }
    void bring(UploadHouse& house, const std::string& name, const std::string& content) const {
        const std::string root = "/memory/inbox/";
        REQUIRE(lease->terms().folder.starts_with(root));
        house.put_behind(lease->terms().folder.substr(root.size()) + "/" + name, content);
    }
};

}  // namespace

TEST_CASE("marker again: by rsync, while its session is being sealed and after that") {
    Sealing sealing;
    UploadHouse& house = sealing.house;
    for (Client* const client : {sealing.one.get(), sealing.two.get()}) {
        for (const char* const target : {"/holiday/", "/holiday", "/holiday/BURN"}) {
            CAPTURE(target);
            const Rsync rsync(house, *client, target);
            REQUIRE_MESSAGE(rsync.lease, rsync.refusal);
            rsync.bring(house, "BURN", "m");
            CHECK(rsync.lease->measure());
            const Answer again;
            rsync.lease->give_back(true, again.done());
            CHECK((*again).empty());
            if (client == sealing.two.get() && std::string_view(target) == "/holiday/BURN") house.run_jobs();
            if (!house.jobs.empty()) continue;
            CHECK(*again == "ok: holiday is sealed");
        }
    }
    CHECK(*sealing.first == "ok: holiday is sealed");
    house.jobs_wait = false;
    for (Client* const client : {sealing.one.get(), sealing.two.get()}) {
        const Rsync rsync(house, *client, "/holiday/");
        REQUIRE_MESSAGE(rsync.lease, rsync.refusal);
        rsync.bring(house, "BURN", "m");
        const Answer again;
        rsync.lease->give_back(true, again.done());
        CHECK(*again == "ok: holiday is already sealed");
    }
    CHECK(house.rows().size() == 1);
    CHECK(house.names("alice") == std::vector<std::string>{"holiday-queued"});
}

TEST_CASE("marker again: what else an rsync brings to a sealed session is refused, and nothing of it stays") {
    Sealing sealing;
    UploadHouse& house = sealing.house;
    house.run_jobs();
    house.jobs_wait = false;
    for (const auto& [name, content, ended_well] :
         {std::tuple{"BURN", "other", true}, {"late", "m", true}, {"BURN", "m", false}}) {
        CAPTURE(name);
        const Rsync rsync(house, *sealing.one, "/holiday/");
        REQUIRE(rsync.lease);
        rsync.bring(house, name, content);
        const Answer again;
        rsync.lease->give_back(ended_well, again.done());
        CHECK(*again == "holiday is sealed");
    }
    {
        const Rsync rsync(house, *sealing.one, "/holiday/");
        rsync.bring(house, "BURN", "m");
        rsync.bring(house, "d/a", "aaa");
        CHECK(contains(shown(rsync.lease->measure()), "holiday is sealed"));
    }
    CHECK(Rsync(house, *sealing.one, "/holiday/d/").refusal == "holiday is sealed");
    CHECK(house.names("alice") == std::vector<std::string>{"holiday-queued"});
}

TEST_CASE("marker again: while its session is being sealed it has the seal's answer") {
    Sealing sealing;
    SUBCASE("over another connection") {
        sealing.send_again(*sealing.two);
    }
    SUBCASE("over the same one") {
        sealing.send_again(*sealing.one);
    }
    SUBCASE("over one that is opened for it") {
        sealing.send_again(*sealing.house.connect());
    }
    CHECK((*sealing.again).empty());
    sealing.house.run_jobs();
    CHECK(*sealing.first == "ok: holiday is sealed");
    CHECK(*sealing.again == "ok: holiday is sealed");
    CHECK(sealing.house.rows().size() == 1);
    CHECK(sealing.house.text("alice/holiday-queued/BURN") == "m");
}

TEST_CASE("marker again: begun while it is sealed, complete after that") {
    Sealing sealing;
    auto marker = create(*sealing.two, "/holiday/BURN");
    CHECK(write(*marker, "m") == "ok");
    sealing.house.run_jobs();
    sealing.two->close(std::move(marker), sealing.again.done());
    sealing.house.run_jobs();
    CHECK(*sealing.again == "ok: holiday is sealed");
}

TEST_CASE("marker again: a refusal is everybody's") {
    Sealing sealing;
    sealing.house.fits = fail(Errc::does_not_fit, "it is too large");
    sealing.send_again(*sealing.two);
    sealing.house.run_jobs();
    CHECK(contains(*sealing.first, "too large"));
    CHECK(*sealing.again == *sealing.first);
    CHECK(sealing.house.text("alice/holiday/BURN.refused") == "m");
}

TEST_CASE("marker again: another content is another marker, and the session is sealed") {
    Sealing sealing;
    sealing.send_again(*sealing.two, "other");
    sealing.house.run_jobs();
    CHECK(*sealing.again == "holiday is sealed");
}

TEST_CASE("marker again: only the marker, and only by who may upload") {
    Sealing sealing;
    CHECK(put(*sealing.two, "/holiday/late", "x") == "holiday is being sealed");
    CHECK(put(*sealing.two, "/holiday/sub/BURN", "x") == "holiday is being sealed");
    sealing.house.run_jobs();
    CHECK(put(*sealing.two, "/holiday/sub/BURN", "x") == "holiday is sealed");
}

TEST_CASE("marker again: over the connection that sealed it, under its old name") {
    Sealing sealing;
    sealing.house.run_jobs();
    sealing.house.jobs_wait = false;
    for (Client* const client : {sealing.one.get(), sealing.two.get()}) {
        CHECK(put(*client, "/holiday/BURN", "m") == "ok: holiday is already sealed");
        CHECK(put(*client, "/holiday/BURN", "other") == "holiday is sealed");
    }
    sealing.house.burn(sealing.house.rows()[0].id, "BURNBOX_0001");
    CHECK(put(*sealing.one, "/holiday/BURN", "m") == "ok: holiday is already sealed");
    CHECK(sealing.house.names("alice") == std::vector<std::string>{"holiday-burned"});
    CHECK(sealing.house.rows().size() == 1);
}

TEST_CASE("marker again: the file that sealed by the predecessor's rule") {
    UploadHouse house;
    auto client = house.connect();
    REQUIRE(shown(client->make_folder("/holiday", 0755)) == "ok");
    REQUIRE(shown(client->make_folder("/holiday/d", 0755)) == "ok");
    REQUIRE(put(*client, "/holiday/d/a", "aaa") == "ok");
    const auto watching = house.connect();
    client = house.connect();
    REQUIRE(put(*client, "/holiday/issue", "go") == "ok");
    client.reset();
    REQUIRE(house.exists("alice/holiday-queued"));
    CHECK(put(*watching, "/holiday/issue", "go") == "ok: holiday is already sealed");
    CHECK(put(*watching, "/holiday/other", "go") == "holiday is sealed");
}

namespace {

// The name is another connection's new session by now, which is half there.
struct MadeAnew {
    UploadHouse house;
    std::unique_ptr<Client> old = house.connect(), next;

    MadeAnew() {
        REQUIRE(put(*old, "/holiday/a", "aaa") == "ok");
        REQUIRE(put(*old, "/holiday/BURN", "m") == "ok: holiday is sealed");
        next = house.connect();
        REQUIRE(shown(next->make_folder("/holiday", 0755)) == "ok");
        REQUIRE(put(*next, "/holiday/half", "h") == "ok");
    }
};

}  // namespace

TEST_CASE("marker again: over an old connection it does not seal what another one has begun in its name") {
    MadeAnew made;
    CHECK(put(*made.old, "/holiday/BURN", "m") == "ok: holiday is already sealed");
    CHECK(put(*made.old, "/holiday/BURN", "m") == "ok: holiday is already sealed");
    CHECK(made.house.names("alice/holiday") == std::vector<std::string>{"half"});
    CHECK(made.house.rows().size() == 1);
    CHECK(put(*made.next, "/holiday/rest", "r") == "ok");
    CHECK(put(*made.next, "/holiday/BURN", "m2") == "ok: holiday is sealed as holiday-2");
}

TEST_CASE("marker again: over an old connection that takes part in the new session it seals that") {
    MadeAnew made;
    SUBCASE("it sent a file") {
        CHECK(put(*made.old, "/holiday/b", "b") == "ok");
    }
    SUBCASE("it made a folder") {
        CHECK(shown(made.old->make_folder("/holiday/d", 0755)) == "ok");
    }
    SUBCASE("its marker is another one") {
        CHECK(put(*made.old, "/holiday/BURN", "another") == "ok: holiday is sealed as holiday-2");
        return;
    }
    CHECK(put(*made.old, "/holiday/BURN", "m") == "ok: holiday is sealed as holiday-2");
}

TEST_CASE("marker again: over a new connection, or of a session that was taken back, it seals") {
    MadeAnew made;
    SUBCASE("a new connection") {
        CHECK(put(*made.house.connect(), "/holiday/BURN", "m") == "ok: holiday is sealed as holiday-2");
    }
    SUBCASE("taken back") {
        REQUIRE(rename(*made.next, "/holiday", "/other") == "ok");
        REQUIRE(rename(*made.next, "/holiday-queued", "/holiday") == "ok: holiday is open again");
        CHECK(put(*made.old, "/holiday/BURN", "m") == "ok: holiday is sealed");
    }
}
