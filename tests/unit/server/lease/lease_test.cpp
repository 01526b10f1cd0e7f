// A session's folder leased to a program: the tests play the program by changing the inbox behind the
// server's back.
#include <doctest/doctest.h>

#include <cerrno>

#include "tests/support/server/upload_house.hpp"

namespace burnbox::test {
namespace {

struct Lending {
    std::unique_ptr<Lease> lease;
    std::string refusal;
};

Lending lease_to(Client& client, LeaseRequest request) {
    Lending out;
    client.lease(request, [&](Result<std::unique_ptr<Lease>> lease) {
        if (lease)
            out.lease = std::move(*lease);
        else
            out.refusal = lease.error().message;
    });
    return out;
}

std::unique_ptr<Lease> lend_to_write(Client& client, const std::string& path) {
    Lending lending = lease_to(client, {.paths = {path}, .writes = true, .makes_folders = true});
    REQUIRE_MESSAGE(lending.lease != nullptr, lending.refusal);
    return std::move(lending.lease);
}

std::string give_back(Lease& lease, bool ended_well) {
    const Answer answer;
    lease.give_back(ended_well, answer.done());
    return *answer;
}

std::string reason_of(UploadHouse& house, const std::string& session) {
    for (const auto& open : house.uploads->open_sessions())
        if (open.name == session) return open.reason;
    return "";
}

}  // namespace

TEST_CASE("lease: what a program brought counts once it ended well, and a marker among it seals") {
    UploadHouse house;
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(lease->terms().folder == "/memory/inbox/alice/holiday");
    CHECK(lease->terms().paths == std::vector<std::string>{"./"});
    house.put_behind("alice/holiday/photos/a.jpg", "picture");
    house.put_behind("alice/holiday/BURN", "");
    CHECK(contains(reason_of(house, "holiday"), "rsync"));
    CHECK(give_back(*lease, true) == "ok: holiday is sealed");
    REQUIRE(house.rows().size() == 1);
    CHECK(house.manifest_paths(house.rows()[0]) == std::vector<std::string>{"photos", "photos/a.jpg"});
    CHECK(house.exists("alice/holiday-queued"));
}

TEST_CASE(
    "lease: after a bad end what came is cut off, its marker seals nothing, and sending again mends it") {
    UploadHouse house;
    const auto client = house.connect();
    auto lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/a", "half");
    house.put_behind("alice/holiday/BURN", "");
    CHECK(contains(give_back(*lease, false), "cut off"));
    CHECK(house.rows().empty());
    CHECK(contains(reason_of(house, "holiday"), "cut off: BURN and a"));
    CHECK(contains(burn(*client, "holiday"), "cut off"));

    lease = lend_to_write(*client, "/holiday/");
    // A time that no sender has: rsync compares the content.
    CHECK(house.inbox_fs.info("alice/holiday/a")->mtime == Timestamp(std::chrono::seconds(1)));
    house.put_behind("alice/holiday/a", "whole");
    house.put_behind("alice/holiday/BURN", "");
    CHECK(give_back(*lease, true) == "ok: holiday is sealed");
}

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

TEST_CASE("lease: a marker of another client is refused while a program writes") {
    UploadHouse house;
    const auto client = house.connect();
    const auto other = house.connect();
    CHECK(put(*other, "/holiday/b", "b") == "ok");
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(contains(put(*other, "/holiday/BURN", ""), "rsync is still writing"));
    CHECK(house.exists("alice/holiday/BURN.refused"));
    CHECK(contains(burn(*other, "holiday"), "rsync is still writing"));
    CHECK(contains(rename(*other, "/holiday", "/trip"), "being written"));
    house.put_behind("alice/holiday/a", "a");
    CHECK(give_back(*lease, true) == "ok");  // what burnbox wrote itself is not the program's
    CHECK(house.exists("alice/holiday/REFUSED.txt"));
    CHECK(put(*other, "/holiday/BURN", "") == "ok: holiday is sealed");
}

TEST_CASE("lease: one program at a time writes into a session") {
    UploadHouse house;
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(contains(lease_to(*client, {.paths = {"/holiday/x"}, .writes = true}).refusal, "another rsync"));
    CHECK(give_back(*lease, true) == "ok");
    CHECK(!house.exists("alice/holiday"));  // nothing came: no empty session stays
    CHECK(give_back(*lend_to_write(*client, "/holiday/"), true) == "ok");
}

TEST_CASE("lease: where nothing may be written or read, nothing is lent") {
    UploadHouse house;
    const auto client = house.connect();
    const auto refusal = [&](const std::string& path, bool writes, bool folders = true) {
        return lease_to(*client, {.paths = {path}, .writes = writes, .makes_folders = folders}).refusal;
    };
    CHECK(contains(refusal("/", true), "HOST:NAME/"));
    CHECK(contains(refusal(".", false), "HOST:NAME/"));
    CHECK(contains(refusal("/photo.jpg", true, false), "plain file directly in the inbox"));
    CHECK(!house.exists("alice/photo.jpg"));
    CHECK(refusal("/-x/", true) != "");
    CHECK(refusal("/x-burned/", true) != "");
    CHECK(contains(refusal("/nothing/", false), "no such session"));
    CHECK(put(*client, "/holiday/a", "a") == "ok");
    CHECK(contains(refusal("/holiday/STATUS.txt", true), "burnbox uses itself"));
    CHECK(contains(lease_to(*client, {.paths = {"/holiday/a", "/other/b"}}).refusal, "one session"));
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
    const auto later = house.connect();
    CHECK(contains(lease_to(*later, {.paths = {"/holiday-queued/"}, .writes = true}).refusal, "sealed"));
    const auto reading = lease_to(*later, {.paths = {"/holiday-queued/", "/holiday-queued/a"}});
    REQUIRE(reading.lease);
    CHECK(reading.lease->terms().folder == "/memory/inbox/alice/holiday-queued");
    CHECK(reading.lease->terms().start_in == "/memory/inbox/alice");
    CHECK(reading.lease->terms().paths ==
          std::vector<std::string>{"./holiday-queued/", "./holiday-queued/a"});
    CHECK(give_back(*reading.lease, true) == "ok");
}

TEST_CASE("lease: rights bound what a program may do") {
    UploadHouse house;
    house.alice().rights = {.upload = true, .read = false, .remove = false};
    house.start();
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "a") == "ok");
    CHECK(contains(lease_to(*client, {.paths = {"/holiday/"}}).refusal, "may not read"));
    CHECK(contains(
        lease_to(*client, {.paths = {"/holiday/"}, .writes = true, .makes_folders = true, .deletes = true})
            .refusal,
        "may not delete"));
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(!lease->terms().may_read);
    CHECK(give_back(*lease, true) == "ok");
    house.alice().rights = {.upload = false, .read = true, .remove = true};
    house.start();
    const auto reader = house.connect();
    CHECK(contains(lease_to(*reader, {.paths = {"/holiday/"}, .writes = true}).refusal, "may not upload"));
}

TEST_CASE("lease: the quota is counted meanwhile and at the end") {
    UploadHouse house;
    house.alice().quota_bytes = 10;
    house.start();
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(lease->terms().most_file_bytes > 10);
    house.put_behind("alice/holiday/a", "1234");
    CHECK(lease->measure());
    house.put_behind("alice/holiday/b", "1234567");
    const Status measured = lease->measure();
    REQUIRE(!measured);
    CHECK(contains(measured.error().message, "quota"));
    house.put_behind("alice/holiday/BURN", "");
    CHECK(contains(give_back(*lease, true), "quota"));
    CHECK(house.rows().empty());
    CHECK(contains(reason_of(house, "holiday"), "cut off"));
    CHECK(client->remove("/holiday/b"));
    CHECK(put(*client, "/holiday/c", "123456") == "ok");  // what was counted was given free again
}

TEST_CASE("lease: limits.files is counted meanwhile, and refuses nothing that the end would take") {
    UploadHouse house;
    house.config.limits.files = 3;
    house.start();
    const auto client = house.connect();
    CHECK(put(*client, "/other/a", "a") == "ok");
    house.put_behind("alice/holiday/known", "of nobody");
    const auto lease = lend_to_write(*client, "/holiday/");
    for (const char* const name : {"a", "b", ".c.Xy12ab", "BURN", "SHA256SUMS"}) {
        house.put_behind(std::string("alice/holiday/d/") + name, "1");
        CHECK(lease->measure());
    }
    house.put_behind("alice/holiday/STATUS.txt", "no file of anybody's");
    CHECK(lease->measure());
    house.put_behind("alice/holiday/d/e", "1");
    const Status measured = lease->measure();
    REQUIRE(!measured);
    CHECK(measured.error().code == Errc::limit);
    CHECK(contains(measured.error().message, "have 7 files"));
    CHECK(contains(measured.error().message, "limits.files"));
    CHECK(contains(give_back(*lease, false), "STATUS.txt"));
    CHECK(contains(reason_of(house, "holiday"), "cut off"));
}

TEST_CASE("lease: files beyond limits.files are cut off, their session can still be mended") {
    UploadHouse house;
    house.config.limits.files = 2;
    house.start();
    const auto client = house.connect();
    auto lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/a", "1");
    house.put_behind("alice/holiday/b", "2");
    CHECK(give_back(*lease, true) == "ok");  // as many as may be
    lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/c", "3");
    house.put_behind("alice/holiday/BURN", "");
    CHECK(contains(give_back(*lease, true), "limits.files"));
    CHECK(house.rows().empty());
    CHECK(contains(reason_of(house, "holiday"), "cut off"));
    CHECK(client->remove("/holiday/c"));
    lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/a", "longer");
    REQUIRE(house.inbox_fs.remove("alice/holiday/BURN"));
    house.put_behind("alice/holiday/BURN", "go");
    CHECK(give_back(*lease, true) == "ok: holiday is sealed");
}

TEST_CASE("lease: links stay when they stay in the session, others are named and refuse the marker") {
    UploadHouse house;
    const auto client = house.connect();
    auto lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/d/a", "a");
    REQUIRE(house.inbox_fs.make_symlink("/rsyncd-munged/d/a", "alice/holiday/good"));
    REQUIRE(house.inbox_fs.make_symlink("/rsyncd-munged/../d/a", "alice/holiday/d/bad"));
    REQUIRE(house.inbox_fs.make_symlink("/rsyncd-munged//etc/passwd", "alice/holiday/worse"));
    house.put_behind("alice/holiday/BURN", "");
    const std::string answer = give_back(*lease, true);
    CHECK(contains(answer, "link worse to \"/etc/passwd\""));
    CHECK(!contains(answer, "link good"));
    CHECK(!contains(answer, "link d/bad"));
    CHECK(house.inbox_fs.read_symlink("alice/holiday/good") == "d/a");
    CHECK(house.inbox_fs.read_symlink("alice/holiday/d/bad") == "../d/a");
    CHECK(!house.exists("alice/holiday/worse"));
    CHECK(house.rows().empty());
    CHECK(house.exists("alice/holiday/BURN.refused"));
    CHECK(contains(house.text("alice/holiday/REFUSED.txt"), "worse"));
}

TEST_CASE("lease: names that burnbox or a disc can't have are said, and nothing is sealed") {
    UploadHouse house;
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/STATUS.txt", "mine");
    house.put_behind("alice/holiday/\xff", "x");
    house.put_behind("alice/holiday/BURN", "");
    const std::string answer = give_back(*lease, true);
    CHECK(contains(answer, "STATUS.txt is a name that burnbox uses itself"));
    CHECK(contains(answer, "can't be put on a disc: \\xff"));
    CHECK(!house.exists("alice/holiday/STATUS.txt"));
    CHECK(house.rows().empty());
}

TEST_CASE("lease: modes are as other uploads have them, times as the program made them") {
    UploadHouse house;
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/d/a", "a");
    REQUIRE(house.inbox_fs.set_mode("alice/holiday/d/a", 06755));
    REQUIRE(house.inbox_fs.set_mode("alice/holiday/d", 02000));
    REQUIRE(house.inbox_fs.set_times("alice/holiday/d/a", Timestamp{}, Timestamp(std::chrono::seconds(-5))));
    CHECK(give_back(*lease, true) == "ok");
    CHECK(house.inbox_fs.info("alice/holiday/d/a")->mode == 0755);
    CHECK(house.inbox_fs.info("alice/holiday/d/a")->mtime == Timestamp(std::chrono::seconds(-5)));
    CHECK(house.inbox_fs.info("alice/holiday/d")->mode == 0700);
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

TEST_CASE(
    "lease: a crash in the middle leaves what came cut off; whose a temporary file is nobody knows any "
    "more") {
    UploadHouse house;
    {
        const auto client = house.connect();
        CHECK(put(*client, "/holiday/old", "old") == "ok");
        const auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/a", "a");
        house.put_behind("alice/holiday/.b.Xy12ab", "half");
        house.kill();
        CHECK(contains(reason_of(house, "holiday"), "cut off: .b.Xy12ab and a"));
    }
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    house.put_behind("alice/holiday/a", "a again");
    house.put_behind("alice/holiday/b", "whole");
    house.put_behind("alice/holiday/BURN", "");
    CHECK(contains(give_back(*lease, true), "cut off in the middle: .b.Xy12ab"));
    CHECK(shown(client->remove("/holiday/.b.Xy12ab")) == "ok");
    CHECK(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    REQUIRE(house.rows().size() == 1);
    CHECK(house.manifest_paths(house.rows()[0]) == std::vector<std::string>{"a", "b", "old"});
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

TEST_CASE("lease: the predecessor's rule finds a marker that came by a later connection") {
    UploadHouse house;
    {
        const auto client = house.connect();
        const auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/photos/a", "a");
        CHECK(give_back(*lease, true) == "ok");
    }
    CHECK(house.rows().empty());
    {
        const auto client = house.connect();
        const auto lease = lend_to_write(*client, "/holiday/");
        house.put_behind("alice/holiday/issue", "any file");
        CHECK(give_back(*lease, true) == "ok");
        CHECK(house.rows().empty());
    }
    CHECK(house.rows().size() == 1);
}

TEST_CASE("lease: a session that is removed meanwhile is said to be gone") {
    UploadHouse house;
    const auto client = house.connect();
    const auto lease = lend_to_write(*client, "/holiday/");
    CHECK(client->remove_folder("/holiday"));
    CHECK(give_back(*lease, true) != "ok");
}

}  // namespace burnbox::test

namespace burnbox::test {
namespace {

void cut_off(UploadHouse& house, const std::string& path) {
    const auto client = house.connect();
    auto file = create(*client, path);
    REQUIRE(write(*file, "half") == "ok");
}

void refuse(Client& client, const std::string& path) {
    client.note_refused(path, Error{Errc::limit, 0, "limits.handles"});
}

}  // namespace

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
            *client, {.paths = {"/holiday/"}, .writes = true, .makes_folders = true, .manner = {.dry_run = true}});
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

TEST_CASE("lease: a refused marker that a client touches meanwhile is kept") {
    UploadHouse house;
    const auto client = house.connect();
    cut_off(house, "/holiday/a");
    REQUIRE(contains(put(*client, "/holiday/BURN", "a person's"), "cut off"));
    const auto lease = lend_to_write(*client, "/holiday/");
    house.clock.advance(std::chrono::seconds(1));
    CHECK(shown(client->set_attributes("/holiday/BURN.refused",
                                       {.size_bytes = {}, .mode = 0600, .atime = {}, .mtime = {}})) == "ok");
    (void)give_back(*lease, true);
    CHECK(house.text("alice/holiday/BURN.refused") == "a person's");
}

TEST_CASE("lease: one that could not be prepared leaves everything as it was") {
    UploadHouse house;
    const auto client = house.connect();
    cut_off(house, "/holiday/a");
    REQUIRE(contains(put(*client, "/holiday/BURN", "a person's"), "cut off"));
    house.plan.fail_next("fsync journal/alice/holiday.jsonl");
    CHECK(lease_to(*client, {.paths = {"/holiday/"}, .writes = true, .makes_folders = true}).refusal != "");
    CHECK(house.text("alice/holiday/BURN.refused") == "a person's");
    CHECK(put(*client, "/holiday/a", "whole") == "ok");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}

TEST_CASE("lease: folders and links count against the limit of files") {
    UploadHouse house;
    const auto client = house.connect();
    house.config.limits.files = 2;
    house.hold();
    const auto lease = lend_to_write(*client, "/holiday/");
    for (const char* const name : {"a", "b", "c"})
        REQUIRE(house.inbox_fs.make_folder(std::string("alice/holiday/") + name, 0755));
    CHECK(contains(shown(lease->measure()), "limits.files"));
    CHECK(give_back(*lease, true) == "ok");
    CHECK(contains(shown(client->make_folder("/holiday/d", 0755)), "limits.files"));
}

}  // namespace burnbox::test
