#include "common/session/parity.hpp"

#include <doctest/doctest.h>

#include "common/bag/bag.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;

namespace {

Parity sample() {
    return {.percent = 10,
            .files = {{"set-0001.par2", 5, Sha256::of("index")},
                      {"set-0001.vol000+02.par2", 6, Sha256::of("volume")}},
            .unprotected = {"data/a\\b"}};
}

std::vector<std::string> paths(const std::vector<DiscEntry>& entries) {
    std::vector<std::string> result;
    for (const DiscEntry& entry : entries)
        if (entry.parity || entry.path.find("par2") != std::string::npos ||
            entry.path.find("RECOVERY") != std::string::npos)
            result.push_back(entry.path);
    return result;
}

}  // namespace

TEST_CASE("recovery record: it comes back as it was written") {
    const auto parsed = parse_parity_record(to_parity_record(sample()));
    REQUIRE(parsed);
    CHECK(*parsed == sample());
    CHECK(*parse_parity_record(to_parity_record({.percent = 5, .files = {}, .unprotected = {}})) ==
          Parity{.percent = 5, .files = {}, .unprotected = {}});
}

TEST_CASE("recovery record: one that is not whole is corrupt") {
    const std::string text = to_parity_record(sample());
    for (const std::string& bad : {std::string(), text.substr(0, text.size() - 1),
                                   text.substr(0, text.find('\n') + 1), text.substr(text.find('\n') + 1)}) {
        const auto parsed = parse_parity_record(bad);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == Errc::corrupt);
    }
}

TEST_CASE("recovery record: a session without one has none") {
    test::MemoryFileSystem fs;
    CHECK(read_parity(fs, "seal-1")->percent == 0);
}

TEST_CASE("bag: recovery files lie in par2/ and are in the tag manifest, not in the payload's lists") {
    SealedSession session{
        .account = "alice", .disc_name = "holiday", .sealed_at = {}, .marker = {}, .manifest = {}};
    session.manifest.entries.push_back({.path = "a", .size_bytes = 1, .sha256 = Sha256::of("a")});
    session.parity = sample();
    const auto entries = disc_entries(session, Layout::bag, ModePolicy::readable);
    CHECK(paths(entries) == std::vector<std::string>{"alice/holiday/par2",
                                                     "alice/holiday/par2/NOT-PROTECTED.txt",
                                                     "alice/holiday/par2/set-0001.par2",
                                                     "alice/holiday/par2/set-0001.vol000+02.par2"});
    const DiscEntry& last = entries.back();
    REQUIRE(last.path == "alice/holiday/tagmanifest-sha256.txt");
    CHECK(last.content.find(Sha256::of("index").hex() + "  par2/set-0001.par2\n") != std::string::npos);
    for (const DiscEntry& entry : entries)
        if (entry.path.ends_with("SHA256SUMS")) CHECK(entry.content.find("par2") == std::string::npos);
}

TEST_CASE("bag: where nothing may be added, recovery files lie in RECOVERY, beside the accounts") {
    SealedSession session{
        .account = "alice", .disc_name = "holiday", .sealed_at = {}, .marker = {}, .manifest = {}};
    session.manifest.entries.push_back({.path = "bagit.txt", .size_bytes = 1, .sha256 = Sha256::of("a")});
    session.parity = sample();
    for (const Layout layout : {Layout::bag, Layout::plain})
        CHECK(paths(disc_entries(session, layout, ModePolicy::readable)) ==
              std::vector<std::string>{"RECOVERY/alice/holiday", "RECOVERY/alice/holiday/NOT-PROTECTED.txt",
                                       "RECOVERY/alice/holiday/set-0001.par2",
                                       "RECOVERY/alice/holiday/set-0001.vol000+02.par2"});
    CHECK(parity_place(session, Layout::plain).base == "alice");
}
