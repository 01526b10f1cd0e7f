#include "common/bag/found_session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "common/bag/bag.hpp"

using namespace burnbox;

namespace {

Timestamp at(long long seconds) {
    return Timestamp(std::chrono::seconds(1'700'000'000 + seconds));
}

ManifestEntry file(const std::string& path, const std::string& content) {
    return {.path = path,
            .type = FileType::file,
            .mode = 0640,
            .uid = 1000,
            .gid = 1000,
            .mtime = at(5) + std::chrono::nanoseconds(123),
            .size_bytes = content.size(),
            .sha256 = Sha256::of(content)};
}

SealedSession session(const std::string& name) {
    SealedSession sealed{.account = "alice",
                         .disc_name = name,
                         .sealed_at = at(100),
                         .marker = {"BURN", "now\n", Sha256::of("now\n")},
                         .manifest = {}};
    sealed.manifest.entries = {
        file("a.txt", "one"),
        {.path = "folder", .type = FileType::folder, .mode = 0700, .mtime = at(3)},
        file("folder/ü \\ b", "two"),
        {.path = "link", .type = FileType::symlink, .mode = 0777, .mtime = at(4), .link_target = "a.txt"}};
    return sealed;
}

// The tree of a disc, and the content of its tag files.
struct Disc {
    std::vector<ManifestEntry> tree{{.path = "README.txt", .type = FileType::file}};
    std::map<std::string, std::string> content;

    void add(const SealedSession& sealed, Layout layout) {
        add_folder(sealed.account);
        if (sealed.part) add_folder(sealed.account + "/" + sealed.part->whole);
        for (const DiscEntry& entry : disc_entries(sealed, layout, ModePolicy::readable)) {
            tree.push_back({.path = entry.path,
                            .type = entry.type,
                            .mode = entry.mode,
                            .mtime = std::chrono::floor<std::chrono::seconds>(entry.mtime),
                            .size_bytes = entry.size_bytes,
                            .link_target = entry.link_target});
            if (entry.staged.empty()) content[entry.path] = entry.content;
        }
        std::ranges::sort(tree, {}, &ManifestEntry::path);
    }
    void add_folder(const std::string& path) {
        if (std::ranges::find(tree, path, &ManifestEntry::path) == tree.end())
            tree.push_back({.path = path, .type = FileType::folder});
    }
    [[nodiscard]] ReadDiscFile read() const {
        return [this](const std::string& path) -> Result<std::string> {
            const auto found = content.find(path);
            if (found == content.end()) return fail(Errc::not_found, path);
            return found->second;
        };
    }
};

std::vector<std::string> names(const FoundFolders& found) {
    std::vector<std::string> names;
    for (const FoundFolder& folder : found.sessions) names.push_back(folder.disc_name);
    return names;
}

// What is made from the disc gives the same bag again.
void check_same(const SealedSession& sealed, Layout layout) {
    Disc disc;
    disc.add(sealed, layout);
    const FoundFolders found = new_sessions({}, disc.tree);
    REQUIRE(found.sessions.size() == 1);
    CHECK(found.unexplained.empty());
    const auto made = sealed_session_of(found.sessions[0], disc.read());
    if (!made) FAIL(made.error().message);
    CHECK(made->identifier() == sealed.identifier());
    CHECK(made->manifest.content_digest() == sealed.manifest.content_digest());
    Disc again;
    again.add(*made, layout);
    CHECK(again.content == disc.content);
    CHECK(again.tree == disc.tree);
}

}  // namespace

TEST_CASE("found session: a bag of ours gives the seal record that it was made from") {
    SealedSession sealed = session("holiday");
    SUBCASE("as it comes") {}
    SUBCASE("a marker without content") {
        sealed.marker = {"BURN", "", Sha256::of("")};
    }
    SUBCASE("a marker too large to be kept") {
        sealed.marker = {"BURN", "", Sha256::of("a megabyte")};
    }
    SUBCASE("by command") {
        sealed.marker = {};
    }
    SUBCASE("of a skimmed folder") {
        sealed.removed = {"old/%25 file", "other"};
    }
    SUBCASE("names that a disc can't hold") {
        sealed.manifest.entries[0].source = "a\xff.txt";
    }
    SUBCASE("names that some readers show changed") {
        sealed.name_notes = {{NameReader::joliet, "a.txt", "A_1.TXT"},
                             {NameReader::linux_kernel, "folder/ü \\ b", "folder"}};
    }
    SUBCASE("of another version") {
        sealed.version = "0.0.9";
    }
    SUBCASE("a part") {
        sealed.disc_name = "holiday/part-2-of-2";
        sealed.part = Part{.number = 2,
                           .group = "6f9b3c1e",
                           .whole = "holiday",
                           .all = {{1, 10, "a\n.txt", "b"}, {2, 20, "c", "d\\"}}};
    }
    SUBCASE("with recovery data") {
        sealed.parity = {.percent = 10,
                         .files = {{"set-0001.par2", 500, Sha256::of("x")},
                                   {"set-0001.vol000+10.par2", 5000, Sha256::of("y")}},
                         .unprotected = {"data/folder/ü \\ b"}};
    }
    check_same(sealed, Layout::bag);
}

TEST_CASE("found session: one without a bag is made from the list beside it") {
    SealedSession sealed = session("holiday");
    sealed.marker = {};
    SUBCASE("as it comes") {}
    SUBCASE("with what stands beside it") {
        sealed.removed = {"old", "older"};
        sealed.name_notes = {{NameReader::joliet, "a.txt", "A_1.TXT"}};
    }
    check_same(sealed, Layout::plain);
}

TEST_CASE("found session: a bag that somebody sent is made from its own lists") {
    SealedSession sealed = session("theirs");
    sealed.marker = {};
    const std::string tags =
        Sha256::of("x").hex() + "  bagit.txt\n" + Sha256::of("m").hex() + "  manifest-sha256.txt\n";
    const std::string manifest = Sha256::of("one").hex() + "  data/a.txt\n";
    sealed.manifest.entries = {file("bagit.txt", "x"),
                               {.path = "data", .type = FileType::folder, .mode = 0755, .mtime = at(1)},
                               file("data/a.txt", "one"),
                               file("manifest-sha256.txt", manifest),
                               file("tagmanifest-sha256.txt", tags)};
    sealed.manifest.entries[3].sha256 = Sha256::of("m");
    Disc disc;
    disc.add(sealed, Layout::bag);
    disc.content["alice/theirs/manifest-sha256.txt"] = manifest;
    disc.content["alice/theirs/tagmanifest-sha256.txt"] = tags;
    const FoundFolders found = new_sessions({}, disc.tree);
    REQUIRE(found.sessions.size() == 1);
    const auto made = sealed_session_of(found.sessions[0], disc.read());
    if (!made) FAIL(made.error().message);
    CHECK(made->manifest.content_digest() == sealed.manifest.content_digest());
}

TEST_CASE("found session: what was changed or is no session can't be made out") {
    Disc disc;
    disc.add(session("holiday"), Layout::bag);
    const FoundFolder folder = new_sessions({}, disc.tree).sessions.at(0);
    SUBCASE("the entries") {
        disc.content["alice/holiday/entries.jsonl"] = "{}\n";
    }
    SUBCASE("one is gone") {
        disc.content.erase("alice/holiday/entries.jsonl");
    }
    CHECK_FALSE(sealed_session_of(folder, disc.read()));
    CHECK_FALSE(sealed_session_of({.account = "alice", .disc_name = "nothing"}, disc.read()));
}

TEST_CASE("found session: only what a disc session brought is new") {
    Disc disc;
    disc.add(session("first"), Layout::bag);
    const auto older = disc.tree;
    disc.add(session("second"), Layout::bag);
    disc.add(session("third"), Layout::plain);
    SealedSession part = session("large/part-1-of-2");
    part.part =
        Part{.number = 1, .group = "g", .whole = "large", .all = {{1, 1, "a", "a"}, {1, 1, "b", "b"}}};
    disc.add(part, Layout::bag);
    const FoundFolders found = new_sessions(older, disc.tree);
    CHECK(names(found) == std::vector<std::string>{"large/part-1-of-2", "second", "third"});
    CHECK(found.unexplained.empty());

    disc.tree.push_back({.path = "zzz.txt", .type = FileType::file});
    disc.tree.push_back({.path = "alice/stray", .type = FileType::file});
    std::ranges::sort(disc.tree, {}, &ManifestEntry::path);
    CHECK(new_sessions(older, disc.tree).unexplained == std::vector<std::string>{"alice/stray", "zzz.txt"});
}
