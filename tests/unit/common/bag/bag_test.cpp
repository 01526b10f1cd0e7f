#include "common/bag/bag.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "common/session/payload_links.hpp"
#include "tests/unit/common/session/sample_session.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

const DiscEntry& entry_at(const std::vector<DiscEntry>& entries, const std::string& path) {
    const auto found = std::ranges::find(entries, path, &DiscEntry::path);
    REQUIRE_MESSAGE(found != entries.end(), path);
    return *found;
}

std::vector<std::string> paths_of(const std::vector<DiscEntry>& entries) {
    std::vector<std::string> paths;
    for (const DiscEntry& entry : entries) paths.push_back(entry.path);
    return paths;
}

std::string hex(std::string_view content) {
    return Sha256::of(content).hex();
}

}  // namespace

TEST_CASE("bag: the tree, sorted, parents first") {
    const auto entries = disc_entries(sample_session(), Layout::bag, ModePolicy::readable);
    const std::string base = "alice/holiday";
    CHECK(paths_of(entries) ==
          std::vector<std::string>{base, base + "/SHA256SUMS", base + "/bag-info.txt", base + "/bagit.txt",
                                   base + "/data", base + "/data/100%.txt", base + "/data/empty",
                                   base + "/data/photos", base + "/data/photos/a\\b.jpg",
                                   base + "/data/photos/dangling", base + "/data/photos/up",
                                   base + "/entries.jsonl", base + "/manifest-sha256.txt", base + "/marker",
                                   base + "/marker/BURN", base + "/tagmanifest-sha256.txt"});
    CHECK(std::ranges::is_sorted(paths_of(entries)));
}

TEST_CASE("bag: the tag files, byte by byte (RFC 8493)") {
    const auto entries = disc_entries(sample_session(), Layout::bag, ModePolicy::readable);
    const auto content = [&](const std::string& name) {
        return entry_at(entries, "alice/holiday/" + name).content;
    };
    CHECK(content("bagit.txt") == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    CHECK(content("bag-info.txt") ==
          "Bag-Software-Agent: burnbox 0.1.0\nBagging-Date: 2026-11-23\nExternal-Identifier: "
          "alice/holiday\nPayload-Oxum: 23.3\n");
    CHECK(content("manifest-sha256.txt") == hex("percent") + "  data/100%25.txt\n" + hex("backslash") +
                                                "  data/photos/a\\b.jpg\n" + hex("percent") +
                                                "  data/photos/up\n");
    CHECK(content("SHA256SUMS") ==
          hex("percent") + "  data/100%.txt\n" + "\\" + hex("backslash") + "  data/photos/a\\\\b.jpg\n");
    CHECK(content("marker/BURN") == "now\n");
    CHECK(content("entries.jsonl") == to_jsonl(sample_session().manifest, "data/"));
    std::string tags;
    for (const std::string name :
         {"SHA256SUMS", "bag-info.txt", "bagit.txt", "entries.jsonl", "manifest-sha256.txt", "marker/BURN"})
        tags += hex(content(name)) + "  " + name + "\n";
    CHECK(content("tagmanifest-sha256.txt") == tags);
}

TEST_CASE("bag: every entry has exactly one source, and files their size and digest") {
    for (const DiscEntry& entry : disc_entries(sample_session(), Layout::bag, ModePolicy::readable)) {
        CAPTURE(entry.path);
        if (entry.type == FileType::file) {
            CHECK((entry.staged.empty() || entry.content.empty()));
            if (entry.staged.empty()) CHECK(entry.sha256 == Sha256::of(entry.content));
            if (entry.staged.empty())
                CHECK(entry.size_bytes == entry.content.size());
            else
                CHECK(entry.sha256 == sample_session().manifest.find(entry.staged)->sha256);
        } else {
            CHECK(entry.staged.empty());
            CHECK(entry.content.empty());
            CHECK((entry.type == FileType::symlink) == !entry.link_target.empty());
        }
    }
}

TEST_CASE("bag: everybody may read what is on a disc, unless modes are kept; never set-user-id") {
    const auto readable = disc_entries(sample_session(), Layout::bag, ModePolicy::readable);
    CHECK(entry_at(readable, "alice/holiday/data/100%.txt").mode == 0644);
    CHECK(entry_at(readable, "alice/holiday/data/photos").mode == 0755);
    CHECK(entry_at(readable, "alice/holiday/data/photos/a\\b.jpg").mode == 0755);
    const auto kept = disc_entries(sample_session(), Layout::bag, ModePolicy::keep);
    CHECK(entry_at(kept, "alice/holiday/data/100%.txt").mode == 0600);
    CHECK(entry_at(kept, "alice/holiday/data/photos").mode == 0750);
    CHECK(entry_at(kept, "alice/holiday/data/photos/a\\b.jpg").mode == 0711);
}

TEST_CASE("bag: markers by command leave no tag file, too large ones only their digest") {
    SealedSession session = sample_session();
    session.marker = {};
    auto entries = disc_entries(session, Layout::bag, ModePolicy::readable);
    CHECK(std::ranges::none_of(paths_of(entries),
                               [](const std::string& p) { return p.find("/marker") != std::string::npos; }));
    session.marker = {.name = "BURN", .content = "", .sha256 = Sha256::of("a megabyte and more")};
    entries = disc_entries(session, Layout::bag, ModePolicy::readable);
    CHECK(entry_at(entries, "alice/holiday/marker/BURN.sha256").content ==
          hex("a megabyte and more") + "  BURN\n");
    session.marker = {.name = "BURN", .content = "", .sha256 = Sha256::of("")};
    entries = disc_entries(session, Layout::bag, ModePolicy::readable);
    CHECK(entry_at(entries, "alice/holiday/marker/BURN").size_bytes == 0);
}

TEST_CASE("bag: a session that is a bag itself is burned as it is") {
    SealedSession session = sample_session();
    session.manifest.entries = {sample_file("bagit.txt", "BagIt-Version: 1.0\n"), sample_folder("data"),
                                sample_file("data/a", "a"), sample_file("manifest-sha256.txt", "a list")};
    CHECK(is_bag(session.manifest));
    CHECK(paths_of(disc_entries(session, Layout::bag, ModePolicy::readable)) ==
          std::vector<std::string>{"alice/holiday", "alice/holiday/bagit.txt", "alice/holiday/data",
                                   "alice/holiday/data/a", "alice/holiday/manifest-sha256.txt"});
    CHECK(checksum_list_path(session, Layout::bag) == "alice/holiday/manifest-sha256.txt");
    session.manifest.entries = {sample_folder("mybag"), sample_file("mybag/bagit.txt", "x")};
    CHECK_FALSE(is_bag(session.manifest));
    CHECK(entry_at(disc_entries(session, Layout::bag, ModePolicy::readable),
                   "alice/holiday/data/mybag/bagit.txt")
              .staged == "mybag/bagit.txt");
}

TEST_CASE("layouts: plain has the list beside the session, root has all at the top") {
    SealedSession session = sample_session();
    const auto plain = disc_entries(session, Layout::plain, ModePolicy::readable);
    CHECK(paths_of(plain) == std::vector<std::string>{"alice/holiday", "alice/holiday.SHA256SUMS",
                                                      "alice/holiday/100%.txt", "alice/holiday/empty",
                                                      "alice/holiday/photos", "alice/holiday/photos/a\\b.jpg",
                                                      "alice/holiday/photos/dangling",
                                                      "alice/holiday/photos/up"});
    CHECK(entry_at(plain, "alice/holiday.SHA256SUMS").content == sha256sums(session.manifest, "holiday/"));
    CHECK(checksum_list_path(session, Layout::plain) == "alice/holiday.SHA256SUMS");
    const auto root = disc_entries(session, Layout::root, ModePolicy::readable);
    CHECK(paths_of(root) == std::vector<std::string>{"100%.txt", "SHA256SUMS", "empty", "photos",
                                                     "photos/a\\b.jpg", "photos/dangling", "photos/up"});
    session.manifest.entries = {sample_file("SHA256SUMS", "mine")};
    CHECK(disc_entries(session, Layout::root, ModePolicy::readable).at(0).staged == "SHA256SUMS");
}

TEST_CASE("links: the file that a link leads to, inside the session only") {
    Manifest manifest;
    manifest.entries = {sample_folder("a"),
                        sample_file("a/file", "x"),
                        sample_link("a/loop1", "loop2"),
                        sample_link("a/loop2", "loop1"),
                        sample_link("b", "a"),
                        sample_link("c", "b/file"),
                        sample_link("d", "./a/../a//file"),
                        sample_link("e", "../x"),
                        sample_link("f", "/a/file"),
                        sample_link("g", "a/loop1"),
                        sample_link("h", "a/file/x"),
                        sample_link("i", "c"),
                        sample_link("j", "a/file/..")};
    const auto target = [&](const std::string& path) { return linked_file(manifest, *manifest.find(path)); };
    const ManifestEntry* const file = manifest.find("a/file");
    for (const std::string path : {"c", "d", "i"}) {
        CAPTURE(path);
        CHECK(target(path) == file);
    }
    for (const std::string path : {"a/loop1", "b", "e", "f", "g", "h", "j"}) {
        CAPTURE(path);
        CHECK(target(path) == nullptr);
    }
}

TEST_CASE("disc README: names the disc and the commands, and never changes") {
    const std::string text = disc_readme("BURNBOX_0007", "0a0b");
    CHECK(text.find("BURNBOX_0007") != std::string::npos);
    CHECK(text.find("0a0b") != std::string::npos);
    CHECK(text.find("sha256sum -c SHA256SUMS") != std::string::npos);
    CHECK(text == disc_readme("BURNBOX_0007", "0a0b"));
    CHECK(text.find('{') == std::string::npos);
}
