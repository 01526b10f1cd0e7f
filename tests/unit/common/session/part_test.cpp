#include "common/session/part.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "common/bag/bag.hpp"
#include "tests/unit/common/session/sample_session.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

SealedSession sample_part() {
    SealedSession session = sample_session();
    session.disc_name = part_disc_name("holiday", 2, 3);
    session.part =
        Part{.number = 2,
             .group = "0b5c",
             .whole = "holiday",
             .all = {{1, 10, "0.txt", "0.txt"}, {2, 16, "100%.txt", "photos/a\\b.jpg"}, {0, 0, "", ""}}};
    return session;
}

std::string content_of(const std::vector<DiscEntry>& entries, const std::string& path) {
    const auto found = std::ranges::find(entries, path, &DiscEntry::path);
    REQUIRE_MESSAGE(found != entries.end(), path);
    return found->content;
}

}  // namespace

TEST_CASE("part: names and seal ids say which part of what it is") {
    CHECK(part_disc_name("holiday", 2, 3) == "holiday/part-2-of-3");
    CHECK(whole_disc_name("holiday/part-2-of-3") == "holiday");
    CHECK(whole_disc_name("holiday") == "holiday");
    CHECK(part_seal_id("0b5c-1", 2) == "0b5c-1.part-2");
    CHECK(whole_seal_id("0b5c-1.part-2") == "0b5c-1");
    CHECK(whole_seal_id("0b5c-1") == "0b5c-1");
}

TEST_CASE("part: its seal record gives the same part again") {
    const SealedSession part = sample_part();
    const auto read = parse_seal_record(to_seal_record(part));
    REQUIRE_MESSAGE(read.has_value(), read.error().message);
    CHECK(read->part == part.part);
    CHECK(read->disc_name == "holiday/part-2-of-3");
    CHECK(read->manifest == part.manifest);
    CHECK_FALSE(parse_seal_record(to_seal_record(sample_session())).value().part.has_value());
}

TEST_CASE("part: a seal record whose parts are cut off is damaged") {
    const std::string record = to_seal_record(sample_part());
    for (const std::size_t lines : {1U, 2U, 3U}) {
        std::size_t end = 0;
        for (std::size_t i = 0; i < lines; ++i) end = record.find('\n', end) + 1;
        const auto read = parse_seal_record(record.substr(0, end));
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().code == Errc::corrupt);
    }
}

TEST_CASE("part: its bag says which of how many it is, its group, and what the others hold") {
    const auto entries = disc_entries(sample_part(), Layout::bag, ModePolicy::readable);
    const std::string base = "alice/holiday/part-2-of-3";
    CHECK(entries.front().path == base);
    CHECK(content_of(entries, base + "/bag-info.txt") ==
          "Bag-Count: 2 of 3\nBag-Group-Identifier: 0b5c\nBag-Software-Agent: burnbox 0.1.0\n"
          "Bagging-Date: 2026-11-23\nExternal-Identifier: alice/holiday/part-2-of-3\nPayload-Oxum: 23.3\n");
    CHECK(content_of(entries, base + "/parts.tsv") ==
          "part\tfolder\tfiles\tbytes\tfirst\tlast\n"
          "1\t/alice/holiday/part-1-of-3\t1\t10\t0.txt\t0.txt\n"
          "2\t/alice/holiday/part-2-of-3\t2\t16\t100%.txt\tphotos/a\\\\b.jpg\n"
          "3\t/alice/holiday/part-3-of-3\t0\t0\t\t\n");
    CHECK(content_of(entries, base + "/tagmanifest-sha256.txt").find("  parts.tsv\n") != std::string::npos);
    std::vector<std::string> paths;
    for (const DiscEntry& entry : entries) paths.push_back(entry.path);
    CHECK(std::ranges::is_sorted(paths));
}

TEST_CASE("part: of a session that is a bag already it is wrapped, because it is no bag any more") {
    SealedSession part = sample_part();
    part.manifest.entries.insert(part.manifest.entries.begin() + 1, sample_file("bagit.txt", "BagIt"));
    const auto entries = disc_entries(part, Layout::bag, ModePolicy::readable);
    CHECK(content_of(entries, "alice/holiday/part-2-of-3/bagit.txt").starts_with("BagIt-Version: 1.0"));
    CHECK(checksum_list_path(part, Layout::bag) == "alice/holiday/part-2-of-3/SHA256SUMS");
    CHECK(parity_place(part, Layout::bag).folder == "alice/holiday/part-2-of-3/par2");
}

TEST_CASE("part: in the other layouts the lists lie beside it, and name what is below them") {
    const auto plain = disc_entries(sample_part(), Layout::plain, ModePolicy::readable);
    CHECK(content_of(plain, "alice/holiday/part-2-of-3.SHA256SUMS").find("  part-2-of-3/100%.txt\n") !=
          std::string::npos);
    CHECK(content_of(plain, "alice/holiday/part-2-of-3.parts.tsv").find("part-3-of-3") != std::string::npos);
    const auto root = disc_entries(sample_part(), Layout::root, ModePolicy::readable);
    CHECK(content_of(root, "parts.tsv").find("part-3-of-3") != std::string::npos);
}
