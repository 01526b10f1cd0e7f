#include "server/ssh/host_keys.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;

TEST_CASE("host keys: made once, private, and the same ever after") {
    const test::TempFolder folder;
    std::string line;
    {
        const auto keys = HostKeys::open(folder.path());
        REQUIRE_MESSAGE(keys, keys.error().message);
        line = (*keys)->line();
        CHECK(line.starts_with("ssh-ed25519 AAAA"));
        CHECK((*keys)->fingerprint().starts_with("SHA256:"));
    }
    for (const char* file : {"host_keys/ssh_host_ed25519_key", "host_keys/ssh_host_rsa_key"}) {
        struct stat info{};
        REQUIRE(::stat((folder / file).c_str(), &info) == 0);
        CHECK((info.st_mode & 07777) == 0600);
    }
    CHECK((*HostKeys::open(folder.path()))->line() == line);
}

TEST_CASE("host keys: one that others can read is refused, with the remedy") {
    const test::TempFolder folder;
    REQUIRE(HostKeys::open(folder.path()));
    REQUIRE(::chmod((folder / "host_keys/ssh_host_ed25519_key").c_str(), 0644) == 0);
    const auto keys = HostKeys::open(folder.path());
    REQUIRE_FALSE(keys);
    CHECK(keys.error().message.find("chmod 600") != std::string::npos);
}
