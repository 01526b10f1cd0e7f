#include "common/keys/public_key.hpp"

#include <doctest/doctest.h>

#include "common/keys/base64.hpp"
#include "tests/unit/common/config/test_keys.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

std::string field(const std::string& content) {
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        bytes += static_cast<char>(content.size() >> shift & 0xFFU);
    return bytes + content;
}

std::string line_of(const std::string& type, const std::string& blob) {
    return type + " " + base64_encode(blob);
}

std::string message_of(const std::string& line) {
    const auto key = parse_public_key(line);
    return key ? "accepted" : key.error().message;
}

bool says(const std::string& line, const std::string& what) {
    return message_of(line).find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("base64: what it encodes it decodes, and nothing else") {
    for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"})
        CHECK(base64_decode(base64_encode(text)) == text);
    CHECK(base64_encode("foob") == "Zm9vYg==");
    CHECK(base64_encode(std::string("\0\xff\xfe", 3)) == "AP/+");
    for (const char* text :
         {"Zm9vYg", "Zm9vYg=", "Zm9vYg===", "Zm9vYh==", "Zm9v Yg==", "Zm=v", "Zm9v*g==", "=", "===="})
        CHECK_MESSAGE(!base64_decode(text).has_value(), text);
}

TEST_CASE("public key: every accepted type") {
    for (const char* line : {kEd25519, kRsa2048, kEcdsa256, kEcdsa384, kEcdsa521})
        CHECK_MESSAGE(parse_public_key(line).has_value(), message_of(line));
    const std::string sk_ed = "sk-ssh-ed25519@openssh.com";
    CHECK(message_of(line_of(sk_ed, field(sk_ed) + field(std::string(32, 'k')) + field("ssh:"))) ==
          "accepted");
    const std::string sk_ec = "sk-ecdsa-sha2-nistp256@openssh.com";
    const std::string point = "\x04" + std::string(64, 'p');
    CHECK(message_of(line_of(sk_ec, field(sk_ec) + field("nistp256") + field(point) + field("ssh:"))) ==
          "accepted");
}

TEST_CASE("public key: type, content and comment are kept") {
    const auto key = parse_public_key(std::string("  ") + kEd25519 + " and more \r\n").value();
    CHECK(key.type == "ssh-ed25519");
    CHECK(key.base64 == "AAAAC3NzaC1lZDI1NTE5AAAAIK6GZjrp5jeoHmXn/BDQAXmornJhgi8l8yq6X6n8mCQR");
    CHECK(key.comment == "alice@laptop and more");
}

TEST_CASE("public key: weak, damaged and foreign ones are refused with the reason") {
    CHECK(says(kRsa1024, "it has 1024 bits, from 2048 to 16384 are allowed"));
    CHECK(says("", "the key is empty"));
    CHECK(says("ssh-ed25519", "nothing follows its type"));
    CHECK(says("ssh-ed25519 AAAA!", "it is not base64"));
    CHECK(says("ssh-dss AAAAB3NzaC1kc3M=",
               "\"ssh-dss\" is no key type burnbox accepts; allowed are ssh-ed25519, ssh-rsa"));
    CHECK(says("ssh-ed25519-cert-v01@openssh.com AAAA", "is no key type burnbox accepts"));
    CHECK(says("-----BEGIN OPENSSH PRIVATE KEY-----", "is no key type burnbox accepts"));
    const std::string type = "ssh-ed25519";
    CHECK(says(line_of(type, field("ssh-rsa") + field(std::string(32, 'k'))),
               "its type and its content differ"));
    CHECK(says(line_of(type, field(type) + field(std::string(31, 'k'))), "its key is not 32 bytes long"));
    CHECK(says(line_of(type, field(type) + field(std::string(32, 'k')) + "x"), "its length is wrong"));
    CHECK(says(line_of(type, field(type) + std::string("\xff\xff\xff\xff", 4)),
               "its key is not 32 bytes long"));
    const std::string ec = "ecdsa-sha2-nistp256";
    CHECK(says(line_of(ec, field(ec) + field("nistp384") + field("\x04" + std::string(64, 'p'))),
               "not on the curve nistp256"));
    CHECK(says(line_of(ec, field(ec) + field("nistp256") + field("\x02" + std::string(32, 'p'))),
               "its point is damaged"));
    const std::string sk = "sk-ssh-ed25519@openssh.com";
    CHECK(says(line_of(sk, field(sk) + field(std::string(32, 'k'))), "its application is missing"));
}

TEST_CASE("public key: options are refused, never ignored") {
    const std::string key = kEd25519;
    CHECK(says("no-pty " + key, "the options \"no-pty\" before the key are not supported by burnbox"));
    CHECK(says("from=\"10.0.0.1, 10.0.0.2\",no-pty " + key, "before the key are not supported"));
    CHECK(says("command=\"echo \\\"a b\\\"\" " + key, "before the key are not supported"));
    CHECK(says("from=\"unclosed " + key, "is no key type"));
}

TEST_CASE("public key: a file's lines keep their places") {
    const auto lines = parse_key_lines(std::string("# comment\n\n  ") + kEd25519 + "\n\t# another\nno-pty " +
                                       kEcdsa256 + "\r\nssh-rsa");
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].line == 3);
    CHECK(lines[0].column == 3);
    CHECK(lines[0].key.has_value());
    CHECK(lines[1].line == 5);
    CHECK(lines[1].column == 1);
    CHECK_FALSE(lines[1].key.has_value());
    CHECK(lines[2].line == 6);
    CHECK_FALSE(lines[2].key.has_value());
    CHECK(parse_key_lines("").empty());
}
