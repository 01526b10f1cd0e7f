#include "burner/operations/found_disc_session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "common/bag/bag.hpp"
#include "tests/unit/burner/parity/par2_packets.hpp"

using namespace burnbox;
using namespace burnbox::test;

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

namespace {

using Contents = std::map<std::string, std::string>;

// The percentage that is made out of a bag with this recovery data, by name in par2/.
unsigned percent_found(const Contents& recovery, unsigned percent) {
    SealedSession sealed{.account = "alice",
                         .disc_name = "s2",
                         .sealed_at = Timestamp(std::chrono::seconds(1'700'000'000)),
                         .marker = {},
                         .manifest = {}};
    ManifestEntry file = entry("a.txt");
    file.size_bytes = 4, file.sha256 = Sha256::of("text");
    sealed.manifest.entries = {file};
    sealed.parity.percent = percent;
    Contents contents;
    for (const auto& [name, content] : recovery) {
        sealed.parity.files.push_back({name, content.size(), Sha256::of(content)});
        contents["alice/s2/par2/" + name] = content;
    }
    std::vector<ManifestEntry> newer = kDisc;
    for (const DiscEntry& one : disc_entries(sealed, Layout::bag, ModePolicy::readable)) {
        if (one.path == "alice") continue;
        newer.push_back(entry(one.path, one.type));
        newer.back().mtime = one.mtime, newer.back().size_bytes = one.size_bytes;
        if (one.staged.empty() && !one.parity) contents[one.path] = one.content;
    }
    std::ranges::sort(newer, {}, &ManifestEntry::path);
    const auto found =
        found_disc_session(2, kDisc, newer, [&](const std::string& path) -> Result<std::string> {
            const auto there = contents.find(path);
            if (there == contents.end()) return fail(Errc::not_found, path);
            return there->second;
        });
    REQUIRE(found.sessions.size() == 1);
    REQUIRE(found.sessions[0].unclear == "");
    return parse_parity_record(found.sessions[0].parity_record)->percent;
}

}  // namespace

TEST_CASE("found disc session: the percentage of recovery data is that of its blocks") {
    const std::string volume(5000, 'v');  // with all around the blocks much more than the four bytes of data
    SUBCASE("exact") {
        CHECK(percent_found({{"set-0001.par2", par2_index(1000)}, {"set-0001.vol000+130.par2", volume}},
                            13) == 13);
    }
    SUBCASE("sets of few blocks are the same for several: a round one of those") {
        CHECK(percent_found({{"set-0001.par2", par2_index(5)}, {"set-0001.vol0+1.par2", volume}}, 10) == 10);
        CHECK(percent_found({{"set-0001.par2", par2_index(25)}, {"set-0001.vol0+4.par2", volume}}, 15) == 15);
        CHECK(percent_found({{"set-0001.par2", par2_index(25)}, {"set-0001.vol0+25.par2", volume}}, 100) ==
              100);
    }
    SUBCASE("every set has a say") {
        CHECK(percent_found({{"set-0001.par2", par2_index(5)},
                             {"set-0001.vol0+1.par2", volume},
                             {"set-0002.par2", par2_index(1000)},
                             {"set-0002.vol000+70.par2", volume}},
                            7) == 7);
    }
}
