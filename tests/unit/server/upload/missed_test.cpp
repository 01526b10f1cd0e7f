// What was refused for a reason of the server's is missing, though the client may go on and send its marker.
#include <doctest/doctest.h>

#include <cerrno>

#include "server/rules/server_reason.hpp"
#include "server/sessions/open_session.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

constexpr const char* kMissing = "refused when they were sent, and missing: ";

struct Sending {
    UploadHouse house;
    std::unique_ptr<Client> client = house.connect();

    Sending() { REQUIRE(put(*client, "/holiday/first", "1") == "ok"); }
    // The next request fails as a full disk or a full table of descriptors makes it fail.
    void refuse_next(int sys_errno) { house.plan.fail_at(1, sys_errno, FaultPlan::Mode::once); }
    std::string burn_says() { return test::burn(*client, "holiday"); }
};

}  // namespace

TEST_CASE("missed: a file, folder or link that the server could not take keeps the session open") {
    Sending sending;
    Client& client = *sending.client;
    const std::string path = "/holiday/gone";
    for (const int code : {EMFILE, ENFILE, ENOMEM, ENOSPC, EDQUOT, EIO, EROFS, EACCES}) {
        CAPTURE(code);
        sending.refuse_next(code);
        REQUIRE(put(client, path, "x") != "ok");
        CHECK(put(client, "/holiday/next", "2") == "ok");
        CHECK(contains(put(client, "/holiday/BURN", ""), std::string(kMissing) + "gone; send"));
        CHECK(contains(sending.house.text("alice/holiday/REFUSED.txt"), "gone"));
        CHECK(contains(sending.house.uploads->open_sessions().at(0).reason, "gone"));
        CHECK(put(client, path, "x") == "ok");
        CHECK(shown(client.remove(path)) == "ok");
    }
    sending.refuse_next(EIO);
    CHECK(shown(client.make_folder("/holiday/d", 0755)) != "ok");
    sending.refuse_next(EIO);
    CHECK(shown(client.make_symlink("first", "/holiday/s")) != "ok");
    sending.refuse_next(ENOSPC);
    CHECK(hardlink(client, "/holiday/first", "/holiday/h") != "ok");
    sending.refuse_next(ENOSPC);
    CHECK(rename(client, "/holiday/next", "/holiday/r") != "ok");
    CHECK(contains(sending.burn_says(), std::string(kMissing) + "d, h, r and s"));
    CHECK(shown(client.make_folder("/holiday/d", 0755)) == "ok");
    CHECK(shown(client.make_symlink("first", "/holiday/s")) == "ok");
    CHECK(hardlink(client, "/holiday/first", "/holiday/h") == "ok");
    CHECK(rename(client, "/holiday/next", "/holiday/r") == "ok");
    CHECK(sending.burn_says() == "ok: holiday is sealed");
}

TEST_CASE("missed: content that was to be replaced counts as missing, though the old one is there") {
    Sending sending;
    sending.refuse_next(EMFILE);
    CHECK(put(*sending.client, "/holiday/first", "newer") != "ok");
    CHECK(contains(sending.burn_says(), std::string(kMissing) + "first"));
    CHECK(rename(*sending.client, "/holiday/first", "/holiday/moved") == "ok");
    CHECK(contains(sending.burn_says(), std::string(kMissing) + "moved"));
    CHECK(put(*sending.client, "/holiday/moved", "newer") == "ok");
    CHECK(sending.burn_says() == "ok: holiday is sealed");
}

TEST_CASE("missed: what a client asks for in vain, or wrongly, leaves no mark") {
    Sending sending;
    Client& client = *sending.client;
    CHECK_FALSE(client.open("/holiday/probe", {.read = true}));
    CHECK_FALSE(client.open("/holiday/probe", {.write = true}));
    CHECK_FALSE(client.open("/holiday/no/folder", {.write = true, .create = true}));
    CHECK_FALSE(client.open("/holiday/first", {.write = true, .create = true, .exclusive = true}));
    CHECK(put(client, "/holiday/STATUS.txt", "x") != "ok");
    CHECK(shown(client.make_folder("/holiday/first", 0755)) != "ok");
    CHECK(shown(client.make_symlink("/etc/passwd", "/holiday/out")) != "ok");
    CHECK(shown(client.remove("/holiday/probe")) != "ok");
    sending.refuse_next(EIO);
    CHECK(put(client, "/holiday/BURN", "") != "ok");  // who needs it sends it again
    CHECK(put(client, "/holiday/BURN", "") == "ok: holiday is sealed");
}

TEST_CASE("missed: it holds through a restart and a session's new name, and ends with what takes it away") {
    Sending sending;
    REQUIRE(shown(sending.client->make_folder("/holiday/d", 0755)) == "ok");
    sending.refuse_next(ENOSPC);
    CHECK(put(*sending.client, "/holiday/d/gone", "x") != "ok");
    CHECK(rename(*sending.client, "/holiday/d", "/holiday/e") == "ok");
    CHECK(rename(*sending.client, "/holiday", "/trip") == "ok");
    sending.client.reset();
    sending.house.kill();
    sending.client = sending.house.connect();
    CHECK(contains(burn(*sending.client, "trip"), std::string(kMissing) + "e/gone"));
    SUBCASE("it is not wanted any more") {
        CHECK(shown(sending.client->remove("/trip/e/gone")) == "ok");
    }
    SUBCASE("nor is its folder") {
        CHECK(shown(sending.client->remove_folder("/trip/e")) == "ok");
    }
    SUBCASE("a list that fits says that nothing is missing") {
        CHECK(contains(put(*sending.client, "/trip/SHA256SUMS", std::string(64, '0') + "  first\n"),
                       "does not match"));
        CHECK(put(*sending.client, "/trip/SHA256SUMS",
                  "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b  first\n") ==
              "ok: trip is sealed");
        return;
    }
    SUBCASE("a program that ended well brought it") {
        std::unique_ptr<Lease> lease;
        sending.client->lease({.paths = {"/trip/"}, .writes = true, .makes_folders = true},
                              [&](Result<std::unique_ptr<Lease>> given) { lease = std::move(*given); });
        sending.house.put_behind("alice/trip/e/gone", "x");
        lease->give_back(true, [](const Result<std::string>&) {});
    }
    CHECK(burn(*sending.client, "trip") == "ok: trip is sealed");
}

TEST_CASE("missed: the session itself could not be made for the first file") {
    UploadHouse house;
    auto client = house.connect();
    house.plan.fail_at(1, ENOSPC, FaultPlan::Mode::once);
    CHECK(put(*client, "/holiday/a", "x") != "ok");
    SUBCASE("the same client goes on") {
        CHECK(put(*client, "/holiday/b", "x") == "ok");
        CHECK(contains(put(*client, "/holiday/BURN", ""), std::string(kMissing) + "a;"));
    }
    SUBCASE("it went away: what others send is another matter") {
        client = house.connect();
        CHECK(put(*client, "/holiday/b", "x") == "ok");
        CHECK(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    }
}

TEST_CASE("missed: limits of the server's count, also those that are kept before the request comes here") {
    UploadHouse house;
    house.config.limits.files = 2;
    house.start();
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "x") == "ok");
    CHECK(put(*client, "/holiday/b", "x") == "ok");
    CHECK(contains(put(*client, "/holiday/c", "x"), "limits.files"));
    client->note_refused("/holiday/d", Error{Errc::limit, 0, "limits.handles"});
    client->note_refused("/holiday/e", Error{Errc::invalid, 0, "no name for a file"});
    CHECK(contains(put(*client, "/holiday/BURN", ""), std::string(kMissing) + "c and d;"));
}

TEST_CASE("missed: whose reason it is") {
    for (const Errc code : {Errc::no_space, Errc::quota, Errc::limit, Errc::busy, Errc::io})
        CHECK(upload::is_servers_reason(Error{code, 0, ""}));
    for (const Errc code :
         {Errc::not_found, Errc::exists, Errc::permission, Errc::invalid, Errc::unsupported})
        CHECK_FALSE(upload::is_servers_reason(Error{code, 0, ""}));
    CHECK(upload::is_servers_reason(errno_error("open", "a", EACCES)));
    CHECK_FALSE(upload::is_servers_reason(errno_error("open", "a", ELOOP)));
    CHECK_FALSE(upload::is_servers_reason(errno_error("open", "a", ENAMETOOLONG)));
}

TEST_CASE("missed: what comes while a marker is being refused counts too") {
    Sending sending;
    UploadHouse& house = sending.house;
    house.jobs_wait = true;
    house.fits = fail(Errc::does_not_fit, "too large");
    const Answer answer;
    sending.client->burn("holiday", false, answer.done());
    CHECK(contains(put(*house.connect(), "/holiday/gone", "x"), "is being sealed"));
    house.run_jobs();
    house.jobs_wait = false;
    CHECK(contains(*answer, "too large"));
    house.fits = {};
    CHECK(contains(sending.burn_says(), std::string(kMissing) + "gone"));
}

TEST_CASE("missed: what comes while a session is taken back counts too") {
    UploadHouse house;
    upload::OpenSession session(house.state_fs, "alice", "holiday");
    session.phase = upload::Phase::arriving;
    CHECK(session.note_missed("a"));
    CHECK(!session.note_missed("a"));
    CHECK(session.missed_meanwhile == upload::SessionFiles::Missed{"a"});
    CHECK(session.files.missed().empty());
}

TEST_CASE("missed: a session whose making is undone forgets nothing, and leaves no journal") {
    UploadHouse house;
    const auto client = house.connect();
    house.plan.fail_next("create alice/holiday/a");
    CHECK(put(*client, "/holiday/a", "x") != "ok");
    house.plan.fail_next("create alice/holiday/b");
    CHECK(put(*client, "/holiday/b", "x") != "ok");
    CHECK(!house.exists("alice/holiday"));
    CHECK(list_folder(house.state_fs, "journal/alice").value().empty());
    CHECK(put(*client, "/holiday/c", "x") == "ok");
    CHECK(put(*client, "/holiday/b", "x") == "ok");
    CHECK(contains(burn(*client, "holiday"), std::string(kMissing) + "a;"));
}

TEST_CASE("missed: notes are bounded, and more than that keeps the session open") {
    UploadHouse house;
    auto client = house.connect();
    const auto refuse = [&](const std::string& session, int count) {
        for (int i = 0; i < count; ++i)
            client->note_refused("/" + session + "/" + std::string(200, 'x') + std::to_string(i),
                                 Error{Errc::limit, 0, "limits.handles"});
    };
    SUBCASE("of a session that is there") {
        REQUIRE(put(*client, "/holiday/first", "1") == "ok");
        refuse("holiday", 5000);
    }
    SUBCASE("of one that is still to be made") {
        refuse("holiday", 5000);
        REQUIRE(put(*client, "/holiday/first", "1") == "ok");
    }
    SUBCASE("of sessions without end") {
        for (int i = 0; i < 200; ++i) refuse("s" + std::to_string(i), 1);
        REQUIRE(put(*client, "/holiday/first", "1") == "ok");
    }
    CHECK(house.state_fs.info("journal/alice/holiday.jsonl").value().size_bytes < 40'000);
    CHECK(contains(burn(*client, "holiday"), "more was refused"));
    client.reset();
    house.start();
    CHECK(contains(burn(*house.connect(), "holiday"), "more was refused"));
}

TEST_CASE("missed: folders and links are counted") {
    UploadHouse house;
    house.config.limits.files = 3;
    house.start();
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/first", "1") == "ok");
    CHECK(shown(client->make_folder("/holiday/a", 0755)) == "ok");
    CHECK(shown(client->make_folder("/holiday/b", 0755)) == "ok");
    CHECK(shown(client->make_symlink("first", "/holiday/c")) == "ok");
    CHECK(contains(shown(client->make_folder("/holiday/d", 0755)), "limits.files"));
    CHECK(contains(shown(client->make_symlink("first", "/holiday/d")), "limits.files"));
    CHECK(shown(client->remove("/holiday/c")) == "ok");
    CHECK(shown(client->remove_folder("/holiday/b")) == "ok");
    CHECK(shown(client->make_symlink("first", "/holiday/d")) == "ok");
    CHECK(shown(client->make_folder("/holiday/e", 0755)) == "ok");
    house.start();
    CHECK(contains(shown(house.connect()->make_folder("/holiday/f", 0755)), "limits.files"));
}
