// The key that burnbox makes is one that OpenSSH reads.
#include "common/keys/key_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>

#include "common/config/text_file.hpp"
#include "common/keys/public_key.hpp"
#include "tests/unit/common/config/config_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

std::string output_of(const std::string& command) {
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string output;
    std::array<char, 512> buffer{};
    while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), got);
    return pclose(pipe) == 0 ? output : "failed: " + output;
}

}  // namespace

TEST_CASE("key file: a private file for its owner only, and the public one beside it") {
    const TemporaryFolder folder;
    const PublicKey key = make_key_file(folder.path(), "client_key", "alice@burnbox").value();
    struct stat info{};
    REQUIRE(stat((folder.path() + "/client_key").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600U);
    const auto line = parse_public_key(read_text_file(folder.path() + "/client_key.pub").value()).value();
    CHECK(line.type == "ssh-ed25519");
    CHECK(line.base64 == key.base64);
    CHECK(line.comment == "alice@burnbox");
    CHECK(make_key_file(folder.path(), "client_key", "alice@burnbox").value().base64 != key.base64);
}

TEST_CASE("key file: ssh-keygen finds the same public key in it") {
    if (output_of("command -v ssh-keygen").starts_with("failed")) {
        MESSAGE("ssh-keygen is not installed: not compared");
        return;
    }
    const TemporaryFolder folder;
    for (const std::string comment :
         {"", "a", "alice@burnbox", "seven b", "eight by"}) {  // every length of padding
        const PublicKey key = make_key_file(folder.path(), "k", comment).value();
        const auto found = parse_public_key(output_of("ssh-keygen -y -P '' -f " + folder.path() + "/k 2>&1"));
        REQUIRE_MESSAGE(found.has_value(), found.error().message);
        CHECK(found->base64 == key.base64);
        CHECK(found->comment == comment);
    }
}

TEST_CASE("key file: a folder that is missing is named") {
    const auto made = make_key_file("/nowhere/at/all", "k", "c");
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().message.find("/nowhere/at/all") != std::string::npos);
}
