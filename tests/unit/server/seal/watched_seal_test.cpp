// The seal where nobody can be kept from writing: in a watched folder.
#include <doctest/doctest.h>

#include "server/seal/seal_start.hpp"
#include "server/seal/watched_origin.hpp"
#include "tests/support/server/quiet_services.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

struct WatchedHouse {
    UploadHouse house;
    FaultyFileSystem faulty{house.inbox_fs, house.plan};
    Inbox inbox{faulty, *house.catalogue, StagingArea::watched("/memory/inbox/lab")};
    std::shared_ptr<upload::SessionRegistry> registry;
    std::function<void()> meanwhile = [] {};  // after everything was read

    WatchedHouse() {
        house.put_behind("lab/holiday/photos/a.jpg", "aaa");
        house.put_behind("lab/holiday/BURN", "");
    }

    std::string seal() {
        SharedServices shared =
            quiet_services(house.current, house.clock, *house.catalogue, house.state_fs, house.events);
        shared.check_fits = [this](const std::string&, const Manifest&) -> Status {
            meanwhile();
            return {};
        };
        shared.boot_id = house.boot_id;
        if (!registry)
            registry = std::make_shared<upload::SessionRegistry>(UploadServices{std::move(shared), inbox});
        const auto origin = std::make_shared<upload::WatchedOrigin>(registry, "lab");
        const auto session = std::make_shared<upload::OpenSession>("holiday");
        const Answer answer;
        {
            upload::AfterUnlock after;
            const std::lock_guard lock(origin->mutex());
            upload::start_seal(origin, session,
                               {.by = upload::SealRequest::By::marker,
                                .marker = "BURN",
                                .again = false,
                                .sender_opened_at = {}},
                               answer.done(), after);
        }
        return *answer;
    }
};

}  // namespace

TEST_CASE("watched folder: what has a name of burnbox's own files is in nobody's way, whenever it comes") {
    WatchedHouse lab;
    std::string name = "STATUS.txt";
    SUBCASE("a file, while the session is read") {
        lab.meanwhile = [&] { lab.house.put_behind("lab/holiday/STATUS.txt", "mine"); };
    }
    SUBCASE("a folder") {
        name = "RECEIPT.txt";
        lab.house.put_behind("lab/holiday/RECEIPT.txt/x", "mine");
    }
    SUBCASE("a refusal with notes of a person") {
        name = "REFUSED.txt";
        const upload::NoSeal why{.error = {Errc::invalid, 0, "holiday can't be sealed: why"}};
        const std::string text = upload::refused_text(why, "BURN", lab.house.clock.now());
        CHECK(upload::is_refused_text(text));
        CHECK(upload::reason_in_refusal(text) == "holiday can't be sealed: why");
        lab.house.put_behind("lab/holiday/REFUSED.txt", text + "I shall mend it tomorrow.\n");
    }
    const std::string answer = lab.seal();
    CHECK(contains(answer, "burnbox itself writes files of these names"));
    CHECK(contains(answer, name));
    CHECK(lab.house.rows().empty());
    CHECK(lab.house.exists("lab/holiday/" + name));
}

TEST_CASE("watched folder: what changes while it is sealed is not sealed as it was, and its marker stays") {
    WatchedHouse lab;
    lab.house.clock.advance(std::chrono::seconds(1));
    std::string which;
    SUBCASE("a file comes") {
        which = "photos/b.jpg";
        lab.meanwhile = [&] { lab.house.put_behind("lab/holiday/photos/b.jpg", "bbb"); };
    }
    SUBCASE("a file changes") {
        which = "photos/a.jpg";
        lab.meanwhile = [&] { lab.house.put_behind("lab/holiday/photos/a.jpg", "AAA"); };
    }
    SUBCASE("a file goes") {
        which = "photos/a.jpg";
        lab.meanwhile = [&] { REQUIRE(lab.house.inbox_fs.remove("lab/holiday/photos/a.jpg")); };
    }
    CHECK(lab.seal() == "holiday changed while it was sealed (" + which + "); it is not sealed: try again");
    CHECK(lab.house.rows().empty());
    CHECK(lab.house.exists("lab/holiday/BURN"));
    if (which == "photos/a.jpg") lab.house.put_behind("lab/holiday/photos/a.jpg", "aaa");
    lab.meanwhile = [] {};
    CHECK(lab.seal() == "ok: holiday is sealed");
    CHECK(lab.house.exists("lab/holiday-queued"));
}

TEST_CASE("watched folder: a person's file of one of burnbox's own names is refused, and stays as it is") {
    WatchedHouse lab;
    std::string name;
    SUBCASE("STATUS.txt") {
        name = "STATUS.txt";
    }
    SUBCASE("FAILED.txt") {
        name = "FAILED.txt";
    }
    SUBCASE("REFUSED.txt") {
        name = "REFUSED.txt";
    }
    SUBCASE("RECEIPT.txt") {
        name = "RECEIPT.txt";
    }
    SUBCASE("receipt.json") {
        name = "receipt.json";
    }
    SUBCASE("what only looks like a marker that was refused") {
        name = "notes.refused";
    }
    const std::string path = "lab/holiday/" + name;
    lab.house.put_behind(path, "mine");
    const std::string answer = lab.seal();
    CHECK(contains(answer, "burnbox itself writes files of these names, and would not burn yours: " + name));
    CHECK(lab.house.text(path) == "mine");
    CHECK(lab.house.exists("lab/holiday/BURN.refused"));
    REQUIRE(lab.house.inbox_fs.remove(path));
    lab.house.put_behind("lab/holiday/BURN", "");
    CHECK(lab.seal() == "ok: holiday is sealed");
    CHECK(lab.house.exists("lab/holiday-queued/photos/a.jpg"));
}

TEST_CASE("watched folder: after the disk failed, what was there is not sealed before it was copied anew") {
    WatchedHouse lab;
    lab.house.plan.fail_next("syncfs");
    CHECK(contains(lab.seal(), "the disk failed"));
    REQUIRE(lab.house.plan.hit());
    lab.house.clock.advance(std::chrono::minutes(1));
    bool is_known = true;
    SUBCASE("the same server") {}
    SUBCASE("the next one") {
        lab.registry.reset();
    }
    SUBCASE("the machine was started anew: what is read is what the disk has") {
        lab.registry.reset();
        lab.house.boot_id = "second";
        is_known = false;
    }
    if (is_known) {
        CHECK(contains(lab.seal(), "photos/a.jpg; copy them there anew"));
        CHECK(lab.house.exists("lab/holiday/BURN.refused"));
        lab.house.put_behind("lab/holiday/photos/a.jpg", "aaa");
        lab.house.put_behind("lab/holiday/BURN", "");
    }
    CHECK(lab.seal() == "ok: holiday is sealed");
}
