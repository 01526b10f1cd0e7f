#include "server/sftp/session.hpp"

#include <doctest/doctest.h>

#include "common/base/text.hpp"
#include "tests/support/server/fake_service_port.hpp"
#include "tests/support/server/fake_upload_client.hpp"
#include "tests/support/server/sftp_packets.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using namespace burnbox::test;
using sftp::Session;

namespace {

constexpr std::uint32_t kWriteCreate = sftp::kOpenWrite | sftp::kOpenCreate | sftp::kOpenTruncate;

struct House {
    MemoryFileSystem fs;
    std::shared_ptr<FakeUploadClient> client = std::make_shared<FakeUploadClient>(fs);
    std::shared_ptr<sftp::HandleBudget> handles =
        std::make_shared<sftp::HandleBudget>(sftp::HandleBudget{4, 0});
    sftp::WriteGather gather;
    FakeServicePort port;
    std::optional<Session> session{std::in_place, port, sftp::SessionParts{client, handles, gather}};
    std::uint32_t next_id = 1;

    House() { ask(sftp::kInit, be32(3), false); }
    ~House() { client->held.clear(); }  // answers that a test never let go hold the client
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    std::vector<SftpReply> replies() { return sftp_replies(port.take_output()); }
    // One request, its one reply.
    SftpReply ask(std::uint8_t type, const std::string& body, bool with_id = true) {
        send(*session, sftp_packet(type, (with_id ? be32(next_id) : std::string()) + body));
        port.run_posted();
        const auto got = replies();
        REQUIRE(got.size() == 1);
        if (with_id) CHECK(got[0].id == next_id++);
        return got[0];
    }
    std::uint32_t status(std::uint8_t type, const std::string& body) {
        const SftpReply reply = ask(type, body);
        CHECK(reply.type == sftp::kStatus);
        return reply.number();
    }
    std::string open(const std::string& path, std::uint32_t flags) {
        const SftpReply reply = ask(sftp::kOpen, text(path) + be32(flags) + kNoAttributes);
        CHECK(reply.type == sftp::kHandle);
        return reply.string();
    }
    std::string content(const std::string& path) {
        return read_file(fs, path, 1U << 24U).value_or("<missing>");
    }
};

}  // namespace

TEST_CASE("sftp: a file is written, closed and read back") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate);
    CHECK(house.status(sftp::kWrite, text(handle) + be64(0) + text("hello ")) == sftp::kOk);
    CHECK(house.status(sftp::kWrite, text(handle) + be64(6) + text("world")) == sftp::kOk);
    CHECK(house.status(sftp::kClose, text(handle)) == sftp::kOk);
    CHECK(house.client->closed == std::vector<std::string>{"/a"});
    const std::string reader = house.open("/a", sftp::kOpenRead);
    CHECK(house.ask(sftp::kRead, text(reader) + be64(6) + be32(0xFFFFFFFF)).string() == "world");
    CHECK(house.status(sftp::kRead, text(reader) + be64(11) + be32(10)) == sftp::kEof);
}

TEST_CASE("sftp: WRITEs that follow on become one write, and each gets its answer in order") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate);
    std::string batch;
    for (std::uint32_t i = 0; i < 8; ++i)
        batch += sftp_packet(sftp::kWrite, be32(100 + i) + text(handle) + be64(i * 4) + text("abcd"));
    send(*house.session, batch, 13);
    const auto replies = house.replies();
    REQUIRE(replies.size() == 8);
    for (std::uint32_t i = 0; i < 8; ++i) CHECK(replies[i].id == 100 + i);
    CHECK(house.client->writes == 1);
    CHECK(house.content("a").size() == 32);
}

TEST_CASE("sftp: data that is still gathered is on disk before any other request is served") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate | sftp::kOpenRead);
    send(*house.session, sftp_packet(sftp::kWrite, be32(1) + text(handle) + be64(0) + text("now")) +
                             sftp_packet(sftp::kRead, be32(2) + text(handle) + be64(0) + be32(10)));
    const auto replies = house.replies();
    REQUIRE(replies.size() == 2);
    CHECK(replies[1].string() == "now");
}

TEST_CASE("sftp: a WRITE cut by the end of a batch goes on in the next one") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate);
    const std::string packet =
        sftp_packet(sftp::kWrite, be32(1) + text(handle) + be64(0) + text("0123456789"));
    send(*house.session, packet.substr(0, packet.size() - 4));
    CHECK(house.replies().empty());
    send(*house.session, packet.substr(packet.size() - 4));
    CHECK(house.replies().size() == 1);
    CHECK(house.content("a") == "0123456789");
}

TEST_CASE("sftp: a failed write fails every WRITE that was gathered with it") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate);
    house.client->refusals["write /a"] = Error{Errc::no_space, 0, "write /a: No space left on device"};
    send(*house.session, sftp_packet(sftp::kWrite, be32(1) + text(handle) + be64(0) + text("aa")) +
                             sftp_packet(sftp::kWrite, be32(2) + text(handle) + be64(2) + text("bb")));
    for (const SftpReply& reply : house.replies()) CHECK(reply.number() == sftp::kFailure);
    CHECK(house.port.errors == "burnbox: write /a: No space left on device\n");
    // Those that were under way fail too, but are not told one by one.
    CHECK(house.status(sftp::kWrite, text(handle) + be64(4) + text("cc")) == sftp::kFailure);
    CHECK(house.port.errors == "burnbox: write /a: No space left on device\n");
    house.client->refusals.clear();
    CHECK(house.status(sftp::kWrite, text(handle) + be64(0) + text("cc")) == sftp::kOk);
}

TEST_CASE("sftp: a slow CLOSE is answered when it is done, and other requests meanwhile") {
    House house;
    const std::string handle = house.open("/BURN", kWriteCreate);
    house.client->hold_answers = true;
    house.client->close_text = "holiday is sealed";
    send(*house.session,
         sftp_packet(sftp::kClose, be32(50) + text(handle)) + sftp_packet(sftp::kStat, be32(51) + text("/")));
    const auto first = house.replies();
    REQUIRE(first.size() == 1);
    CHECK(first[0].id == 51);
    CHECK(house.session->busy());
    send(*house.session, sftp_packet(sftp::kWrite, be32(52) + text(handle) + be64(0) + text("late")));
    CHECK(house.replies().at(0).number() == sftp::kFailure);
    house.client->held.front()();
    CHECK(house.replies().empty());  // it came from elsewhere: first it must reach this thread
    house.port.run_posted();
    const auto last = house.replies();
    REQUIRE(last.size() == 1);
    CHECK(last[0].id == 50);
    CHECK(last[0].number() == sftp::kOk);
    CHECK(house.port.errors == "burnbox: holiday is sealed\n");
    CHECK_FALSE(house.session->busy());
}

TEST_CASE("sftp: CLOSE waits for the fsync before it") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate);
    house.client->hold_answers = true;
    send(*house.session, sftp_packet(sftp::kExtended, be32(1) + text("fsync@openssh.com") + text(handle)) +
                             sftp_packet(sftp::kClose, be32(2) + text(handle)));
    CHECK(house.client->held.size() == 1);
    house.client->hold_answers = false;
    house.client->held.front()();
    house.port.run_posted();
    const auto replies = house.replies();
    REQUIRE(replies.size() == 2);
    CHECK(house.client->closed.size() == 1);
}

TEST_CASE("sftp: a session that goes leaves its written files cut off, and late answers are harmless") {
    House house;
    (void)house.open("/a", kWriteCreate);
    const std::string marker = house.open("/BURN", kWriteCreate);
    house.client->hold_answers = true;
    send(*house.session, sftp_packet(sftp::kClose, be32(9) + text(marker)));
    house.session.reset();
    CHECK(house.client->cut_off == std::vector<std::string>{"/a"});
    CHECK(house.handles->open == 0);
}

TEST_CASE("sftp: the number of handles is bounded, by the key's name") {
    House house;
    for (int i = 0; i < 4; ++i) (void)house.open("/a" + std::to_string(i), kWriteCreate);
    const SftpReply reply = house.ask(sftp::kOpen, text("/b") + be32(kWriteCreate) + kNoAttributes);
    CHECK(reply.number() == sftp::kFailure);
    CHECK(house.port.errors.find("limits.handles") != std::string::npos);
}

TEST_CASE("sftp: closed, forged and wrong handles are refused with the connection kept") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate);
    CHECK(house.status(sftp::kClose, text(handle)) == sftp::kOk);
    for (const std::string& wrong :
         {handle, std::string(), std::string(8, '\0'), std::string(8, '\xff'), std::string(200, 'x')}) {
        CHECK(house.status(sftp::kRead, text(wrong) + be64(0) + be32(1)) == sftp::kFailure);
        CHECK(house.status(sftp::kWrite, text(wrong) + be64(0) + text("x")) == sftp::kFailure);
        CHECK(house.status(sftp::kClose, text(wrong)) == sftp::kFailure);
        CHECK(house.status(sftp::kReaddir, text(wrong)) == sftp::kFailure);
    }
}

TEST_CASE("sftp: malformed requests are BAD_MESSAGE, unknown ones unsupported") {
    House house;
    CHECK(house.status(sftp::kOpen, "") == sftp::kBadMessage);
    CHECK(house.status(sftp::kStat, be32(100) + "short") == sftp::kBadMessage);
    CHECK(house.status(sftp::kSetstat, text("/") + be32(0x80000000) + be32(0xFFFFFFFF)) == sftp::kBadMessage);
    CHECK(house.status(77, "") == sftp::kOpUnsupported);
    CHECK(house.status(sftp::kData, "") == sftp::kOpUnsupported);
    CHECK(house.status(sftp::kExtended, text("evil@example.org")) == sftp::kOpUnsupported);
    CHECK_FALSE(house.port.exit_code);
}

TEST_CASE("sftp: a second INIT, an impossible length or a packet without id end the session") {
    for (const std::string& bad : {sftp_packet(sftp::kInit, be32(3)), be32(0) + "x", be32(1U << 30U) + "x",
                                   sftp_packet(sftp::kStat, "ab")}) {
        House house;
        send(*house.session, bad);
        CHECK(house.port.exit_code == 1);
    }
}

TEST_CASE("sftp: nothing is served before INIT") {
    MemoryFileSystem fs;
    FakeServicePort port;
    sftp::WriteGather gather;
    Session session(port,
                    {std::make_shared<FakeUploadClient>(fs), std::make_shared<sftp::HandleBudget>(), gather});
    send(session, sftp_packet(sftp::kOpendir, be32(1) + text("/")));
    CHECK(sftp_replies(port.take_output()).at(0).number() == sftp::kOpUnsupported);
}

TEST_CASE("sftp: refusals are shown escaped, probes for what is missing are not") {
    House house;
    CHECK(house.status(sftp::kStat, text("/missing")) == sftp::kNoSuchFile);
    CHECK(house.port.errors.empty());
    house.client->refusals["open /x"] = Error{Errc::permission, 0, "open /x: \x1b[2J holiday is sealed"};
    CHECK(house.status(sftp::kOpen, text("/x") + be32(kWriteCreate) + kNoAttributes) ==
          sftp::kPermissionDenied);
    CHECK(house.port.errors == "burnbox: open /x: \\x1b[2J holiday is sealed\n");
    // A name in a message is escaped already: once is enough to read it.
    house.port.errors.clear();
    house.client->refusals["open /x"] = Error{Errc::invalid, 0, "open /" + escape("a\\b\n\xff")};
    CHECK(house.status(sftp::kOpen, text("/x") + be32(kWriteCreate) + kNoAttributes) == sftp::kFailure);
    CHECK(house.port.errors == "burnbox: open /a\\\\b\\n\\xff\n");
}

TEST_CASE("sftp: a large folder is listed whole, page by page") {
    House house;
    REQUIRE(house.fs.make_folder("d", 0755));
    for (int i = 0; i < 300; ++i)
        REQUIRE(
            house.fs.open("d/" + std::string(200, 'n') + std::to_string(i), {.write = true, .create = true}));
    const std::string handle = house.ask(sftp::kOpendir, text("/d")).string();
    std::uint32_t total = 0;
    for (SftpReply reply = house.ask(sftp::kReaddir, text(handle)); reply.type == sftp::kName;
         reply = house.ask(sftp::kReaddir, text(handle))) {
        CHECK(reply.body.size() < sftp::kMostData);
        total += reply.number();
    }
    CHECK(total == 300);
}

TEST_CASE("sftp: it takes no more requests while a slow reader's answers pile up") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate | sftp::kOpenRead);
    CHECK(house.status(sftp::kWrite, text(handle) + be64(0) + text(std::string(200'000, 'x'))) == sftp::kOk);
    std::string flood;
    for (std::uint32_t i = 0; i < 1000; ++i)
        flood += sftp_packet(sftp::kRead, be32(i) + text(handle) + be64(0) + be32(1U << 18U));
    const std::size_t taken = send(*house.session, flood);
    CHECK(taken < flood.size());
    CHECK(house.port.output.size() < kMostQueued + sftp::kMostPacket);
    house.port.output.clear();
    CHECK(send(*house.session, flood.substr(taken)) > 0);
}

TEST_CASE("sftp: owners can't be given away, times and modes can be set") {
    House house;
    (void)house.open("/a", kWriteCreate);
    CHECK(house.status(sftp::kSetstat, text("/a") + be32(2) + be32(1000) + be32(0)) ==
          sftp::kPermissionDenied);
    CHECK(house.port.errors.find("setstat: owners can't be changed") != std::string::npos);
    CHECK(house.status(sftp::kSetstat, text("/a") + be32(4 | 8) + be32(0100600) + be32(1000) + be32(2000)) ==
          sftp::kOk);
    CHECK(house.fs.info("a")->mode == 0600);
    CHECK(house.fs.info("a")->mtime == Timestamp(std::chrono::seconds(2000)));
}

TEST_CASE("sftp: attributes sent back as they were told are taken, the owner with them") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate);
    CHECK(house.status(sftp::kWrite, text(handle) + be64(0) + text("abc")) == sftp::kOk);
    const FileInfo info = *house.fs.info("a");
    const std::string same = be32(1 | 2 | 4 | 8) + be64(3) + be32(info.uid) + be32(info.gid) + be32(0100600) +
                             be32(1000) + be32(2000);
    CHECK(house.status(sftp::kSetstat, text("/a") + same) == sftp::kOk);
    CHECK(house.status(sftp::kFsetstat, text(handle) + same) == sftp::kOk);
    CHECK(house.fs.info("a")->mtime == Timestamp(std::chrono::seconds(2000)));
    const auto owner_and_mode = [&](std::uint32_t uid, std::uint32_t gid) {
        return house.status(sftp::kFsetstat, text(handle) + be32(2 | 4) + be32(uid) + be32(gid) + be32(0600));
    };
    CHECK(owner_and_mode(info.uid, 0xFFFFFFFF) == sftp::kOk);
    CHECK(owner_and_mode(info.uid, info.gid + 1) == sftp::kPermissionDenied);
    CHECK(house.status(sftp::kFsetstat, text(handle) + be32(2) + be32(info.uid) + be32(info.gid)) ==
          sftp::kPermissionDenied);  // a chown
    CHECK(house.status(sftp::kSetstat, text("/missing") + be32(2) + be32(0) + be32(0)) == sftp::kNoSuchFile);
}

TEST_CASE("sftp: a file copied to its own end, under another spelling of its name, becomes twice as long") {
    House house;
    const std::string to = house.open("/a", kWriteCreate);
    CHECK(house.status(sftp::kWrite, text(to) + be64(0) + text(std::string(100'000, 'd'))) == sftp::kOk);
    const std::string from = house.open("//a", sftp::kOpenRead);
    CHECK(house.status(sftp::kExtended, text("copy-data") + text(from) + be64(0) + be64(0) + text(to) +
                                            be64(100'000)) == sftp::kOk);
    CHECK(house.content("a").size() == 200'000);
}

TEST_CASE("sftp: copy-data copies in slices, and to the end when no length is given") {
    House house;
    const std::string from = house.open("/from", kWriteCreate | sftp::kOpenRead);
    const std::string data(3'000'000, 'd');
    for (std::size_t at = 0; at < data.size(); at += 200'000)
        CHECK(house.status(sftp::kWrite, text(from) + be64(at) + text(data.substr(at, 200'000))) ==
              sftp::kOk);
    const std::string to = house.open("/to", kWriteCreate);
    CHECK(house.status(sftp::kExtended,
                       text("copy-data") + text(from) + be64(0) + be64(0) + text(to) + be64(0)) == sftp::kOk);
    CHECK(house.content("to") == data);
}

TEST_CASE("sftp: check-file answers the SHA-256 of a whole file") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate);
    CHECK(house.status(sftp::kWrite, text(handle) + be64(0) + text("abc")) == sftp::kOk);
    const SftpReply reply = house.ask(sftp::kExtended, text("check-file-name") + text("/a") +
                                                           text("md5,sha256") + be64(0) + be64(0) + be32(0));
    CHECK(reply.type == sftp::kExtendedReply);
    CHECK(reply.string() == "check-file");
    const Sha256 expected = Sha256::of("abc");
    CHECK(reply.body.ends_with(std::string(expected.bytes.begin(), expected.bytes.end())));
}

TEST_CASE("sftp: check-file passes on the range that is asked for, under each of its names") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate);
    for (const char* const name : {"check-file", "check-file-handle"}) {
        house.client->asked = {};
        CHECK(house
                  .ask(sftp::kExtended,
                       text(name) + text(handle) + text("sha256") + be64(3) + be64(600) + be32(256))
                  .type == sftp::kExtendedReply);
        CHECK(house.client->asked.start == 3);
        CHECK(house.client->asked.length == 600);
        CHECK(house.client->asked.block == 256);
    }
    CHECK(house.status(sftp::kExtended, text("check-file") + text(handle) + text("md5") + be64(0) + be64(0) +
                                            be32(0)) == sftp::kOpUnsupported);
}

TEST_CASE("sftp: the room that is left is answered when it is known, and other requests meanwhile") {
    House house;
    house.fs.limit_bytes(1U << 20U);
    house.client->hold_answers = true;
    send(*house.session, sftp_packet(sftp::kExtended, be32(1) + text("statvfs@openssh.com") + text("/")) +
                             sftp_packet(sftp::kStat, be32(2) + text("/")));
    CHECK(house.replies().at(0).id == 2);
    house.client->held.front()();
    house.port.run_posted();
    const auto replies = house.replies();
    REQUIRE(replies.size() == 1);
    CHECK(replies[0].type == sftp::kExtendedReply);
    CHECK(replies[0].number(28) == (1U << 20U) / 4096);  // f_bfree
}

TEST_CASE("sftp: the end of input is answered with exit status 0 once nothing is pending") {
    House house;
    const std::string handle = house.open("/a", kWriteCreate);
    house.client->hold_answers = true;
    send(*house.session, sftp_packet(sftp::kClose, be32(1) + text(handle)));
    house.session->end_of_input();
    CHECK_FALSE(house.port.exit_code);
    house.client->held.front()();
    house.port.run_posted();
    CHECK(house.replies().size() == 1);
    CHECK(house.port.exit_code == 0);
}

TEST_CASE("sftp: copy-data whose source is changed meanwhile fails, and its target is not whole") {
    House house;
    const std::string from = house.open("/from", kWriteCreate | sftp::kOpenRead);
    for (std::size_t at = 0; at < 3'000'000; at += 200'000)
        CHECK(house.status(sftp::kWrite, text(from) + be64(at) + text(std::string(200'000, 'd'))) ==
              sftp::kOk);
    const std::string to = house.open("/to", kWriteCreate);
    send(*house.session, sftp_packet(sftp::kExtended, be32(house.next_id) + text("copy-data") + text(from) +
                                                          be64(0) + be64(0) + text(to) + be64(0)));
    {
        const auto source = house.fs.open("from", {.write = true});
        REQUIRE(source);
        SUBCASE("it becomes shorter") {
            REQUIRE((*source)->truncate(10));
        }
        SUBCASE("it becomes longer") {
            REQUIRE((*source)->truncate(4'000'000));
        }
    }
    house.port.run_posted();
    const auto replies = house.replies();
    REQUIRE(replies.size() == 1);
    CHECK(replies[0].type == sftp::kStatus);
    CHECK(SftpReply(replies[0]).number() != sftp::kOk);
}
