// An SFTP session: what is malformed, bounded or slow, and how it ends.
#include <doctest/doctest.h>

#include "tests/unit/server/sftp/sftp_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("sftp: a slow CLOSE is answered when it is done, and other requests meanwhile") {
    SftpHouse house;
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
    SftpHouse house;
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
    SftpHouse house;
    (void)house.open("/a", kWriteCreate);
    const std::string marker = house.open("/BURN", kWriteCreate);
    house.client->hold_answers = true;
    send(*house.session, sftp_packet(sftp::kClose, be32(9) + text(marker)));
    house.session.reset();
    CHECK(house.client->cut_off == std::vector<std::string>{"/a"});
    CHECK(house.handles->open == 0);
}

TEST_CASE("sftp: the number of handles is bounded, by the key's name") {
    SftpHouse house;
    for (int i = 0; i < 4; ++i) (void)house.open("/a" + std::to_string(i), kWriteCreate);
    const SftpReply reply = house.ask(sftp::kOpen, text("/b") + be32(kWriteCreate) + kNoAttributes);
    CHECK(reply.number() == sftp::kFailure);
    CHECK(house.port.errors.find("limits.handles") != std::string::npos);
}

TEST_CASE("sftp: closed, forged and wrong handles are refused with the connection kept") {
    SftpHouse house;
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
    SftpHouse house;
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
        SftpHouse house;
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

TEST_CASE("sftp: it takes no more requests while a slow reader's answers pile up") {
    SftpHouse house;
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

TEST_CASE("sftp: the room that is left is answered when it is known, and other requests meanwhile") {
    SftpHouse house;
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
    SftpHouse house;
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
