#include "common/bag/disc_paths.hpp"

#include <doctest/doctest.h>

#include "common/bag/bag.hpp"
#include "common/session/sealed_session.hpp"

using namespace burnbox;
using Paths = std::vector<std::string>;

TEST_CASE("disc paths: bytes that are no UTF-8 and control characters become %XX, everything else stays") {
    CHECK(percent_name("caf\xE9t\xE9") == "caf%E9t%E9");
    CHECK(percent_name("caf\xC3\xA9") == "caf\xC3\xA9");
    CHECK(percent_name("100%") == "100%");
    CHECK(percent_name("two\nlines\x7F") == "two%0Alines%7F");
    CHECK(percent_name("\xC2\x85") == "%C2%85");
    CHECK(percent_name("cut \xF0\x9F\x8E") == "cut %F0%9F%8E");
    CHECK(percent_name("...\xFF.") == "...%FF.");
}

TEST_CASE("disc paths: good names keep theirs, others follow their folder and never collide") {
    CHECK(disc_paths({"a", "a/b"}) == Paths{"a", "a/b"});
    CHECK(disc_paths({"a%FF", "a%FF~2", "a\xFF"}) == Paths{"a%FF", "a%FF~2", "a%FF~3"});
    CHECK(disc_paths({"d\xFF", "d\xFF/x", "d\xFF/x\xFE"}) == Paths{"d%FF", "d%FF/x", "d%FF/x%FE"});
    CHECK(disc_paths({"d\xFF", "d\xFF/x%FE", "d\xFF/x\xFE"}) == Paths{"d%FF", "d%FF/x%FE", "d%FF/x%FE~2"});
}

TEST_CASE("disc paths: names that become too long are cut and stay different") {
    const std::string one = std::string(100, '\xFF') + "a", two = std::string(100, '\xFF') + "b";
    const Paths paths = disc_paths({one, two});
    CHECK(paths[0].size() <= 255);
    CHECK(paths[1].size() <= 255);
    CHECK(paths[0] != paths[1]);
}

TEST_CASE("disc paths: names.tsv has the original bytes, and the bag reads the files under them") {
    CHECK(names_line("caf%E9", "caf\xE9") == "caf%E9\tcaf\\xe9\n");
    CHECK(names_line("x%0A", "x\n\\") == "x%0A\tx\\x0a\\\\\n");
    SealedSession session;
    session.account = "lab";
    session.disc_name = "s";
    ManifestEntry entry{.path = "a%FF", .source = "a\xFF"};
    entry.sha256 = Sha256::of("");
    session.manifest.entries = {entry};
    const auto entries = disc_entries(session, Layout::bag, ModePolicy::readable);
    const auto find = [&](std::string_view path) -> const DiscEntry* {
        for (const DiscEntry& one : entries)
            if (one.path == path) return &one;
        return nullptr;
    };
    REQUIRE(find("lab/s/names.tsv") != nullptr);
    CHECK(find("lab/s/names.tsv")->content == "data/a%FF\tdata/a\\xff\n");
    REQUIRE(find("lab/s/data/a%FF") != nullptr);
    CHECK(find("lab/s/data/a%FF")->staged == "a\xFF");
    CHECK(find("lab/s/tagmanifest-sha256.txt")->content.find("names.tsv") != std::string::npos);
    session.sealed_at = Timestamp(std::chrono::seconds(1'700'000'000));
    const auto back = parse_seal_record(to_seal_record(session));
    REQUIRE_MESSAGE(back.has_value(), back.error().message);
    CHECK(back->manifest == session.manifest);
}
