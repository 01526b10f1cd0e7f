#include "server/ssh/client_hello.hpp"

#include <doctest/doctest.h>

#include "tests/support/server/sftp_packets.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

std::string hello(const std::string& to_server, const std::string& from_server) {
    const std::string payload = '\x14' + std::string(16, 'c') + text("curve25519-sha256") +
                                text("ssh-ed25519") + text(to_server) + text(from_server) + text("") +
                                text("");
    return "SSH-2.0-Test_1\r\n" + be32(static_cast<std::uint32_t>(payload.size() + 1 + 4)) + '\x04' +
           payload + "pad.";
}

ClientHello read(const std::string& bytes) {
    return read_client_hello(std::as_bytes(std::span(bytes)));
}

const std::string kGcm = "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com";

}  // namespace

TEST_CASE("client hello: a client that knows AES-GCM both ways is known by its KEXINIT") {
    CHECK(read(hello(kGcm, kGcm)) == ClientHello::fast);
    CHECK(read(hello(kGcm, kGcm) + "more") == ClientHello::fast);
    CHECK(read(hello(kGcm, "aes128-ctr")) == ClientHello::other);
    CHECK(read(hello("xaes128-gcm@openssh.com", kGcm)) == ClientHello::other);
}

TEST_CASE("client hello: every beginning of a good one is incomplete") {
    const std::string whole = hello(kGcm, kGcm);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        CHECK(read(whole.substr(0, length)) == ClientHello::incomplete);
    }
}

TEST_CASE("client hello: anything else is left to libssh at once") {
    CHECK(read("GET / HTTP/1.1\r\n") == ClientHello::other);
    CHECK(read(std::string(300, 'x')) == ClientHello::other);
    CHECK(read("SSH-2.0-x\r\n" + be32(0xFFFFFFFF) + "xxxxx") == ClientHello::other);
    CHECK(read("SSH-2.0-x\r\n" + be32(5) + '\x09' + "xxxxx") == ClientHello::other);
    CHECK(read("SSH-2.0-x\r\n" + be32(26) + '\x04' + '\x14' + std::string(16, 'c') + be32(999) + "pad.") ==
          ClientHello::other);
}
