#include "common/session/manifest.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "common/base/time_range.hpp"
#include "common/session/json_line.hpp"
#include "tests/unit/common/session/sample_session.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("manifest: counts files and their bytes only, finds by path") {
    const Manifest manifest = sample_session().manifest;
    CHECK(manifest.files_count() == 2);
    CHECK(manifest.payload_bytes() == 16);
    REQUIRE(manifest.find("photos/up") != nullptr);
    CHECK(manifest.find("photos/up")->link_target == "../100%.txt");
    CHECK(manifest.find("photos/none") == nullptr);
    CHECK(manifest.find("") == nullptr);
}

TEST_CASE("manifest: the content digest ignores times, modes and owners, nothing else") {
    const Manifest base = sample_session().manifest;
    Manifest other = base;
    for (ManifestEntry& entry : other.entries) {
        entry.mtime += std::chrono::hours(1);
        entry.mode = 0;
        entry.uid = 7;
    }
    CHECK(other.content_digest() == base.content_digest());
    for (int change = 0; change < 4; ++change) {
        other = base;
        if (change == 0) other.entries[0].path += "x";
        if (change == 1) other.entries[0].sha256 = Sha256::of("other");
        if (change == 2) other.entries[4].link_target = "elsewhere";
        if (change == 3) other.entries.pop_back();
        CHECK(other.content_digest() != base.content_digest());
    }
}

TEST_CASE("manifest: entries.jsonl is what docs promise, line by line") {
    Manifest manifest;
    manifest.entries = {sample_folder("d"), sample_file("d/a \"quoted\"", "x"), sample_link("d/l", "a\\b")};
    CHECK(
        to_jsonl(manifest, "data/") ==
        R"({"path":"data/d","type":"folder","mode":"0750","uid":1000,"gid":1000,"mtime":"2026-11-23T10:00:00.000000000Z"})"
        "\n"
        R"({"path":"data/d/a \"quoted\"","type":"file","mode":"0644","uid":1000,"gid":1000,"mtime":"2026-11-23T10:00:00.000000005Z","size":1,"sha256":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"})"
        "\n"
        R"({"path":"data/d/l","type":"symlink","mode":"0777","uid":0,"gid":0,"mtime":"2026-11-23T10:00:00.000000000Z","target":"a\\b"})"
        "\n");
}

TEST_CASE("manifest: what was written is read back the same, any name and any time") {
    Manifest manifest;
    std::string name;
    for (int c = 1; c < 128; ++c)
        if (c != '/') name += static_cast<char>(c);
    manifest.entries = {sample_file("a" + name, "1"), sample_file("\xC3\xA4\xF0\x9F\x98\x80", "2")};
    std::mt19937_64 random(7);
    for (int i = 0; i < 200; ++i) {
        ManifestEntry entry = sample_file("z" + std::to_string(1000 + i), "3");
        entry.mtime = clamp_time(Timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(random()))));
        entry.size_bytes = random();
        entry.mode = static_cast<std::uint32_t>(random() & 07777U);
        entry.uid = static_cast<std::uint32_t>(random());
        manifest.entries.push_back(entry);
    }
    std::ranges::sort(manifest.entries, {}, &ManifestEntry::path);
    for (const std::string prefix : {"", "data/"}) {
        const auto parsed = parse_jsonl(to_jsonl(manifest, prefix), prefix);
        REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : parsed.error().message));
        CHECK(*parsed == manifest);
    }
}

TEST_CASE("manifest: entries of any time are read back, so that nothing is sealed that can't be read") {
    Manifest manifest;
    for (const Timestamp time : {Timestamp::min(), Timestamp::max(), kEarliestTime, kLatestTime}) {
        manifest.entries.push_back(sample_file(std::to_string(manifest.entries.size()), "1"));
        manifest.entries.back().mtime = time;
    }
    const auto parsed = parse_jsonl(to_jsonl(manifest, ""), "");
    REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : parsed.error().message));
    for (std::size_t i = 0; i < manifest.entries.size(); ++i)
        CHECK(parsed->entries[i].mtime == clamp_time(manifest.entries[i].mtime));
    CHECK(to_jsonl(*parsed, "") == to_jsonl(manifest, ""));
}

TEST_CASE("manifest: damaged lines are corrupt, with their number") {
    const std::string good = to_jsonl(sample_session().manifest, "");
    const auto check = [](const std::string& text, std::string_view message) {
        CAPTURE(text);
        const auto parsed = parse_jsonl(text, "");
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().code == Errc::corrupt);
        CHECK(parsed.error().message.find(message) != std::string::npos);
    };
    check(good.substr(0, good.size() - 1), "line 6: it is cut off");
    check(good + good.substr(0, good.find('\n') + 1), "line 7: the entries are not in order");
    check(good + "\n", "line 7");
    check(good + "{}\n", "line 7");
    check(good + "[]\n", "line 7");
    check(
        good + R"({"path":"z","type":"file","mode":"0644","mtime":"2026-11-23T10:00:00.000000000Z"})" + "\n",
        "line 7");
    check(good + R"({"path":"z","type":"device"})" + "\n", "line 7");
    check(good + R"({"path":"z","type":"folder","mode":"99"})" + "\n", "line 7");
    check(good + R"({"path":"z","type":"folder","mtime":"2026-13-23T10:00:00.000000000Z"})" + "\n", "line 7");
    check(good + R"({"path":"z","type":"folder"} x)" + "\n", "line 7");
    check(good + R"({"path":"z","type":"folder")" + "\n", "line 7");
    CHECK_FALSE(parse_jsonl(good, "data/").has_value());
    for (std::size_t cut = 0; cut < good.size(); ++cut)  // no prefix is taken for the whole, and none crashes
        if (auto parsed = parse_jsonl(good.substr(0, cut), "")) CHECK(parsed->entries.size() < 6);
}

TEST_CASE("manifest: keys in another order, spaces, unknown keys and \\u escapes are read") {
    const auto parsed =
        parse_jsonl(R"({ "new":"x", "n": 7, "type" : "folder", "path":"\u00e4\ud83d\ude00\/\t" })"
                    "\n",
                    "");
    REQUIRE(parsed.has_value());
    CHECK(parsed->entries.front().path == "\xC3\xA4\xF0\x9F\x98\x80/\t");
}

TEST_CASE("manifest: many entries take no time worth mentioning") {
    Manifest manifest;
    const ManifestEntry entry = sample_file("", "content");
    for (int i = 0; i < 50'000; ++i) {
        manifest.entries.push_back(entry);
        manifest.entries.back().path = "folder/file" + std::to_string(1'000'000 + i);
    }
    const auto begin = std::chrono::steady_clock::now();
    const std::string text = to_jsonl(manifest, "data/");
    const auto parsed = parse_jsonl(text, "data/");
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    REQUIRE(parsed.has_value());
    CHECK(parsed->entries.size() == manifest.entries.size());
    CHECK(elapsed <
          std::chrono::seconds(
              20));  // 0.1 s where this was written; a busy machine with sanitizers gets 200 times that
}

TEST_CASE("seal record: everything comes back, binary markers too") {
    SealedSession session = sample_session();
    session.marker.content = std::string("\0\xFF\"\n", 4);
    session.marker.sha256 = Sha256::of(session.marker.content);
    const std::string record = to_seal_record(session);
    const auto parsed = parse_seal_record(record);
    REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : parsed.error().message));
    CHECK(parsed->account == "alice");
    CHECK(parsed->disc_name == "holiday");
    CHECK(parsed->sealed_at == session.sealed_at);
    CHECK(parsed->marker.name == "BURN");
    CHECK(parsed->marker.content == session.marker.content);
    CHECK(parsed->marker.sha256 == session.marker.sha256);
    CHECK(parsed->manifest == session.manifest);
    CHECK(parsed->version == "0.1.0");
}

TEST_CASE("seal record: a record that lost anything is corrupt") {
    const std::string record = to_seal_record(sample_session());
    for (std::size_t cut = 0; cut < record.size(); ++cut) {
        const auto parsed = parse_seal_record(record.substr(0, cut));
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().code == Errc::corrupt);
    }
    CHECK_FALSE(parse_seal_record("{\"burnbox_seal\":2}\n").has_value());
}
