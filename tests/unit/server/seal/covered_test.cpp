// R4: whole means covered. What makes a file that was cut off whole again, and what does not.
#include <doctest/doctest.h>

#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

constexpr std::size_t kCut = 100'000;

// What a byte of the file is, so that pieces sent in any order fit.
std::string piece(std::size_t begin, std::size_t end) {
    std::string bytes;
    for (std::size_t i = begin; i < end; ++i) bytes += static_cast<char>('a' + i % 23);
    return bytes;
}

std::unique_ptr<UploadFile> open_to_go_on(Client& client, const std::string& path, bool append = false) {
    auto file = client.open(path, {.write = true, .create = true, .append = append});
    REQUIRE_MESSAGE(file.has_value(), file.error().message);
    return std::move(*file);
}

void send(UploadFile& file, std::size_t begin, std::size_t end) {
    CHECK(write(file, piece(begin, end), begin) == "ok");
}

// One handle without TRUNC that closes well.
std::string go_on(Client& client, std::size_t begin, std::size_t end,
                  const std::string& path = "/holiday/a") {
    auto file = open_to_go_on(client, path);
    send(*file, begin, end);
    return close(client, std::move(file));
}

Attributes size_of(std::uint64_t bytes) {
    Attributes attributes;
    attributes.size_bytes = bytes;
    return attributes;
}

void cut(UploadHouse& house, std::size_t bytes = kCut, const std::string& path = "/holiday/a") {
    const auto client = house.connect();
    auto file = create(*client, path);
    send(*file, 0, bytes);
}

bool is_cut(UploadHouse& house, const std::string& path = "a") {
    for (const auto& open : house.uploads->open_sessions())
        if (open.reason == "cut off: " + path + "; send them again") return true;
    return false;
}

void check_refused(UploadHouse& house, const std::string& path = "a") {
    CHECK(is_cut(house, path));
    CHECK(contains(burn(*house.connect(), "holiday"), "cut off in the middle: " + path + ";"));
    CHECK(house.rows().empty());
}

void check_seals(UploadHouse& house) {
    CHECK_FALSE(is_cut(house));
    CHECK(burn(*house.connect(), "holiday") == "ok: holiday is sealed");
}

struct Loaned {
    std::unique_ptr<Lease> lease;
    explicit Loaned(Client& client, bool dry_run = false) {
        client.lease({.paths = {"/holiday/"}, .writes = true, .makes_folders = true, .manner = {.dry_run = dry_run}},
                     [&](Result<std::unique_ptr<Lease>> leased) {
                         REQUIRE(leased);
                         lease = std::move(*leased);
                     });
    }
    std::string end(bool well) const {
        const Answer answer;
        lease->give_back(well, answer.done());
        return *answer;
    }
};

void sums(UploadHouse& house, std::initializer_list<std::pair<std::string, std::string>> files,
          const std::string& expected) {
    std::string text;
    for (const auto& [name, content] : files) text += Sha256::of(content).hex() + "  " + name + "\n";
    CHECK(contains(put(*house.connect(), "/holiday/SHA256SUMS", text), expected));
}

}  // namespace

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

TEST_CASE("covered: a transfer that did not end well leaves its mark, until one does") {
    UploadHouse house;
    auto client = house.connect();
    CHECK(put(*client, "/holiday/old", "old") == "ok");
    SUBCASE("killed") {
        const Loaned rsync(*client);
        (void)rsync.end(false);  // it removed its temporary file
    }
    SUBCASE("killed with the server") {
        const Loaned rsync(*client);
        house.kill();
    }
    SUBCASE("killed, then the server restarted") {
        {
            const Loaned rsync(*client);
            (void)rsync.end(false);
        }
        house.kill();
    }
    SUBCASE("killed, the session renamed there and back") {
        const Loaned rsync(*client);
        (void)rsync.end(false);
        CHECK(rename(*client, "/holiday", "/trip") == "ok");
        CHECK(rename(*client, "/trip", "/holiday") == "ok");
    }
    SUBCASE("killed, then tried without doing it") {
        {
            const Loaned rsync(*client);
            (void)rsync.end(false);
        }
        const Loaned rsync(*client, true);
        (void)rsync.end(true);
    }
    client = house.connect();
    CHECK(contains(burn(*client, "holiday"), "did not end well"));
    CHECK(contains(house.uploads->open_sessions().at(0).reason, "did not end well"));
    CHECK(contains(put(*client, "/holiday/BURN", ""), "did not end well"));
    CHECK(house.rows().empty());
    const Loaned rsync(*client);
    house.put_behind("alice/holiday/new", "new");
    CHECK(rsync.end(true) == "ok");
    house.kill();
    check_seals(house);
}

TEST_CASE("covered: the mark goes along with what is moved to another session") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/other/x", "x") == "ok");
    CHECK(shown(client->make_folder("/holiday", 0755)) == "ok");
    const Loaned rsync(*client);
    house.put_behind("alice/holiday/photos/.a.Xy12ab", "half");
    (void)rsync.end(false);
    CHECK(shown(client->remove("/holiday/photos/.a.Xy12ab")) == "ok");
    CHECK(rename(*client, "/holiday/photos", "/other/photos") == "ok");
    CHECK(contains(burn(*client, "other"), "did not end well"));
}

TEST_CASE("covered: what rsync left behind can't be gone on with by others") {
    UploadHouse house;
    {
        const auto client = house.connect();
        const Loaned rsync(*client);
        house.put_behind("alice/holiday/a", piece(0, 100));
        SUBCASE("it was killed") {
            (void)rsync.end(false);
        }
        SUBCASE("the server was killed") {
            house.kill();
        }
    }
    CHECK(contains(go_on(*house.connect(), 100, 200), "send it anew"));
    CHECK(is_cut(house));
}
TEST_CASE("covered: of what is not complete no copy is complete") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(client->make_folder("/holiday", 0755));
    auto writing = create(*client, "/holiday/a");
    CHECK(write(*writing, "half") == "ok");
    CHECK_FALSE(writing->check_complete());
    const auto reading = client->open("/holiday/a", {.read = true});
    REQUIRE(reading);
    CHECK_FALSE((*reading)->check_complete());
    writing.reset();  // cut off
    CHECK_FALSE((*reading)->check_complete());
    CHECK(put(*client, "/holiday/a", "whole") == "ok");
    CHECK((*client->open("/holiday/a", {.read = true}))->check_complete());
}

TEST_CASE("covered: a write that was refused is missing, whoever refused it") {
    for (const bool before_it_came : {false, true}) {
        UploadHouse house;
        const auto client = house.connect();
        REQUIRE(client->make_folder("/holiday", 0755));
        auto file = create(*client, "/holiday/a");
        CHECK(write(*file, "begin") == "ok");
        if (before_it_came)
            file->note_lost_write({Errc::invalid, 0, "the offset is beyond any file's end"});
        else
            CHECK_FALSE(file->write_at(std::as_bytes(std::span("x", 1)), UINT64_MAX));
        CHECK(close(*client, std::move(file)) != "ok");
        CHECK(contains(burn(*client, "holiday"), "cut off in the middle: a;"));
    }
}

TEST_CASE("covered: what an old handle still wrote behind a file that is sent anew is cut away") {
    UploadHouse house;
    const auto client = house.connect();
    auto file = create(*client, "/holiday/a");
    REQUIRE(write(*file, "0123456789") == "ok");
    {
        // In the middle of its write when the file was emptied.
        const auto old = house.inbox_fs.open("alice/holiday/a", {.write = true});
        REQUIRE((*old)->write_at(std::as_bytes(std::span(std::string_view("stray"))), 1000));
    }
    CHECK(close(*client, std::move(file)) == "ok");
    CHECK(house.text("alice/holiday/a") == "0123456789");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}
