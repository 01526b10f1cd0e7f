// An SFTP session with a client of its own, packet by packet.
#pragma once

#include <doctest/doctest.h>

#include "common/base/text.hpp"
#include "server/sftp/session.hpp"
#include "tests/support/server/fake_service_port.hpp"
#include "tests/support/server/fake_upload_client.hpp"
#include "tests/support/server/sftp_packets.hpp"
#include "tests/support/storage/memory_file_system.hpp"

namespace burnbox::test {

using sftp::Session;

inline constexpr std::uint32_t kWriteCreate = sftp::kOpenWrite | sftp::kOpenCreate | sftp::kOpenTruncate;

struct SftpHouse {
    MemoryFileSystem fs;
    std::shared_ptr<FakeUploadClient> client = std::make_shared<FakeUploadClient>(fs);
    std::shared_ptr<sftp::HandleBudget> handles =
        std::make_shared<sftp::HandleBudget>(sftp::HandleBudget{4, 0});
    sftp::WriteGather gather;
    FakeServicePort port;
    std::optional<Session> session{std::in_place, port, sftp::SessionParts{client, handles, gather}};
    std::uint32_t next_id = 1;

    SftpHouse() { ask(sftp::kInit, be32(3), false); }
    ~SftpHouse() { client->held.clear(); }  // answers that a test never let go hold the client
    SftpHouse(const SftpHouse&) = delete;
    SftpHouse& operator=(const SftpHouse&) = delete;

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

}  // namespace burnbox::test
