// An SFTP session: files, folders and attributes, as clients ask for them.
#include <doctest/doctest.h>

#include "tests/unit/server/sftp/sftp_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("sftp: a file is written, closed and read back") {
    SftpHouse house;
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
    SftpHouse house;
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
    SftpHouse house;
    const std::string handle = house.open("/a", kWriteCreate | sftp::kOpenRead);
    send(*house.session, sftp_packet(sftp::kWrite, be32(1) + text(handle) + be64(0) + text("now")) +
                             sftp_packet(sftp::kRead, be32(2) + text(handle) + be64(0) + be32(10)));
    const auto replies = house.replies();
    REQUIRE(replies.size() == 2);
    CHECK(replies[1].string() == "now");
}

TEST_CASE("sftp: a WRITE cut by the end of a batch goes on in the next one") {
    SftpHouse house;
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
    SftpHouse house;
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

TEST_CASE("sftp: refusals are shown escaped, probes for what is missing are not") {
    SftpHouse house;
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
    SftpHouse house;
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

TEST_CASE("sftp: owners can't be given away, times and modes can be set") {
    SftpHouse house;
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
    SftpHouse house;
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
    SftpHouse house;
    const std::string to = house.open("/a", kWriteCreate);
    CHECK(house.status(sftp::kWrite, text(to) + be64(0) + text(std::string(100'000, 'd'))) == sftp::kOk);
    const std::string from = house.open("//a", sftp::kOpenRead);
    CHECK(house.status(sftp::kExtended, text("copy-data") + text(from) + be64(0) + be64(0) + text(to) +
                                            be64(100'000)) == sftp::kOk);
    CHECK(house.content("a").size() == 200'000);
}

TEST_CASE("sftp: copy-data copies in slices, and to the end when no length is given") {
    SftpHouse house;
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
    SftpHouse house;
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
    SftpHouse house;
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

TEST_CASE("sftp: copy-data whose source is changed meanwhile fails, and its target is not whole") {
    SftpHouse house;
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
