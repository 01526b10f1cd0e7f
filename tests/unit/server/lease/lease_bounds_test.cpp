// A session's folder leased to a program: quota, limits and rights, and what can't stay of what it brought.
#include <doctest/doctest.h>

#include "tests/unit/server/lease/lease_house.hpp"

namespace burnbox::test {

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
