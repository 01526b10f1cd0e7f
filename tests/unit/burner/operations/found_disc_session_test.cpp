#include "burner/operations/found_disc_session.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

namespace {

ManifestEntry entry(const std::string& path, FileType type = FileType::file) {
    ManifestEntry made;
    made.path = path, made.type = type, made.mode = 0644;
    return made;
}

const std::vector<ManifestEntry> kDisc = {entry("README.txt"), entry("alice", FileType::folder),
                                          entry("alice/s1", FileType::folder), entry("alice/s1/a")};

FoundDiscSession after(const std::vector<ManifestEntry>& newer) {
    return found_disc_session(2, kDisc, newer, [](const std::string& path) -> Result<std::string> {
        return fail(Errc::not_found, path);
    });
}

}  // namespace

TEST_CASE("found disc session: one that only closes the disc has neither sessions nor anything else") {
    const FoundDiscSession found = after(kDisc);
    CHECK(found.sessions.empty());
    CHECK(found.unexplained.empty());
}

TEST_CASE("found disc session: one without sessions that changes what was there is not explained") {
    std::vector<ManifestEntry> newer = kDisc;
    SUBCASE("a file") {
        newer[3].size_bytes = 7;
        CHECK(after(newer).unexplained == std::vector<std::string>{"alice/s1/a"});
    }
    SUBCASE("one that is gone") {
        newer.pop_back();
        CHECK(after(newer).unexplained == std::vector<std::string>{"alice/s1/a"});
    }
    SUBCASE("one of burnbox's own") {
        newer[0].size_bytes = 7;
        CHECK(after(newer).unexplained == std::vector<std::string>{"README.txt"});
    }
}
