#include "server/ssh/identification.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace burnbox;

TEST_CASE("identification: whole lines of SSH 2 clients") {
    CHECK(read_identification("SSH-2.0-OpenSSH_9.2p1\r\n") == Identification::ssh2);
    CHECK(read_identification("SSH-2.0-x\nand more \x14") == Identification::ssh2);
    CHECK(read_identification("SSH-1.99-both\r\n") == Identification::ssh2);
    CHECK(read_identification("SSH-2.0-" + std::string(246, 'x') + "\n") == Identification::ssh2);
}

TEST_CASE("identification: what may still become one") {
    const std::string whole = "SSH-2.0-slow\r\n";
    for (std::size_t length = 0; length + 1 < whole.size(); ++length)
        CHECK(read_identification(whole.substr(0, length)) == Identification::incomplete);
    CHECK(read_identification("SSH-1") == Identification::incomplete);
    CHECK(read_identification("SSH-1.9") == Identification::incomplete);
}

TEST_CASE("identification: what can't become one is known at its first wrong byte") {
    for (const char* text :
         {"G", "SS_", "ssh-2.0-x\r\n", "\x16\x03\x01", "SSH-2.1", "SSH-3", "\nSSH-2.0-x\n"})
        CHECK(read_identification(text) == Identification::other);
    CHECK(read_identification(std::string(1, '\0')) == Identification::other);
    CHECK(read_identification("SSH-2.0-" + std::string(247, 'x') + "\n") == Identification::other);
    for (const char* text : {"SSH-1.5-old\n", "SSH-1.5", "SSH-1.0", "SSH-1."}) {
        const bool incomplete = std::string_view(text) == "SSH-1.";
        CHECK(read_identification(text) == (incomplete ? Identification::incomplete : Identification::ssh1));
    }
}
