#include "burner/read/compare.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/burner/read/made_image.hpp"

using namespace burnbox;
using test::MadeImage;

namespace {

constexpr std::uint32_t kFirst = 32;  // block of the first disc session

// What the tree holds, as entries to compare with.
std::vector<DiscEntry> entries_of(const ReadTree& tree, const std::string& top) {
    std::vector<DiscEntry> entries;
    for (NodeId id = 1; id < tree.size(); ++id) {
        const TreeNode& node = tree.node(id);
        const std::string path = tree.path(node);
        if (path != top && !path.starts_with(top + "/")) continue;
        DiscEntry& entry = entries.emplace_back();
        entry.path = path;
        entry.type = node.type;
        entry.mode = node.mode;
        entry.mtime = Timestamp(std::chrono::seconds(node.mtime));
        entry.size_bytes = node.type == FileType::file ? node.size_bytes : 0;
        entry.link_target = tree.link_target(node);
    }
    std::ranges::sort(entries, {}, &DiscEntry::path);
    return entries;
}

// One disc session with /s: a file, a folder, a link.
struct Disc {
    MadeImage image;
    ReadTree tree;
    Disc() : tree(burn()) {}

    ReadTree read(std::uint32_t start_lba) {
        MemoryBlocks blocks = image.blocks();
        return test::must(read_tree(blocks, start_lba));
    }
    ReadTree burn() {
        image.put("file", "content")
            .put("folder/a", "")
            .put("folder-b", "b")
            .put("folder/c", "c")
            .link("link", "file");
        image.burn("s");
        return read(kFirst);
    }
    std::vector<DiscEntry> entries() { return entries_of(tree, "s"); }
    std::vector<std::string> differences(const std::vector<DiscEntry>& entries) {
        Mismatches mismatches;
        files.clear();
        compare_session(tree, entries, "s", mismatches, files);
        return mismatches.take();
    }
    std::vector<FileOnDisc> files;
};

DiscEntry& at(std::vector<DiscEntry>& entries, const std::string& path) {
    return *std::ranges::find(entries, path, &DiscEntry::path);
}

}  // namespace

TEST_CASE("compare: a session that is there as it should be") {
    Disc disc;
    const auto entries = disc.entries();
    REQUIRE(entries.size() == 7);
    CHECK(disc.differences(entries).empty());
    REQUIRE(disc.files.size() == 4);
    for (const FileOnDisc& file : disc.files) {
        std::uint64_t bytes = 0;
        for (const TreeExtent& extent : file.extents) bytes += extent.bytes;
        CHECK(bytes == file.entry->size_bytes);
    }
}

TEST_CASE("compare: whatever differs is told") {
    Disc disc;
    auto entries = disc.entries();
    std::string wanted;
    SUBCASE("missing") {
        entries.push_back(at(entries, "s/file"));
        entries.back().path = "s/more";
        wanted = "/s/more: it is not on the disc";
    }
    SUBCASE("missing with its folder") {
        entries.push_back(at(entries, "s/file"));
        entries.back().path = "s/none/more";
        wanted = "/s/none/more: it is not on the disc";
    }
    SUBCASE("not sealed") {
        entries.erase(std::ranges::find(entries, "s/folder/c", &DiscEntry::path));
        wanted = "/s/folder/c: it is on the disc, but was not sealed";
    }
    SUBCASE("a folder that was not sealed") {
        std::erase_if(entries, [](const DiscEntry& e) { return (e.path + "/").starts_with("s/folder/"); });
        wanted = "/s/folder: it is on the disc, but was not sealed";
    }
    SUBCASE("mode") {
        at(entries, "s/folder").mode ^= 0111;
        wanted = "/s/folder: its mode differs";
    }
    SUBCASE("time") {
        at(entries, "s/link").mtime += std::chrono::seconds(1);
        wanted = "/s/link: its time differs";
    }
    SUBCASE("target") {
        at(entries, "s/link").link_target = "file/";
        wanted = "/s/link: its link target differs";
    }
    SUBCASE("size") {
        at(entries, "s/file").size_bytes = 6;
        wanted = "/s/file: its size on the disc is 7, sealed were 6";
    }
    SUBCASE("type") {
        at(entries, "s/file").type = FileType::folder;
        wanted = "/s/file: it has another type on the disc";
    }
    const auto found = disc.differences(entries);
    REQUIRE(found.size() == 1);
    CHECK(found[0] == wanted);
}

TEST_CASE("compare: fractions of a second and times that a disc can't hold are no difference") {
    Disc disc;
    auto entries = disc.entries();
    for (DiscEntry& entry : entries) entry.mtime += std::chrono::nanoseconds(999'999'999);
    CHECK(disc.differences(entries).empty());
}

TEST_CASE("compare: a whole disc as one session, with README.txt beside it") {
    Disc disc;
    auto entries = disc.entries();
    Mismatches mismatches;
    std::vector<FileOnDisc> files;
    compare_session(disc.tree, entries, "", mismatches, files);
    CHECK(mismatches.none());
    entries.erase(entries.begin());
    compare_session(disc.tree, entries, "", mismatches, files);
    CHECK(mismatches.take() == std::vector<std::string>{"/s: it is on the disc, but was not sealed"});
    Mismatches one;
    compare_entry(disc.tree, at(entries, "s/file"), one, files);
    CHECK(one.none());
    DiscEntry readme{.path = "README.txt"};
    compare_entry(disc.tree, readme, one, files);
    CHECK(one.take() == std::vector<std::string>{"/README.txt: it is not on the disc"});
}

TEST_CASE("compare: a new disc session keeps what the older one held") {
    Disc disc;
    disc.image.put("more", "later").burn("t/deep");
    const auto second = static_cast<std::uint32_t>((disc.tree.volume().end_lba() + 31) / 32 * 32);
    const ReadTree newer = disc.read(second);
    const auto told = [&](const ReadTree& older, const ReadTree& now, const std::vector<std::string>& added) {
        Mismatches mismatches;
        compare_with_older(older, now, added, mismatches);
        return mismatches.take();
    };
    CHECK(told(disc.tree, newer, {"t/deep"}).empty());
    CHECK(told(disc.tree, newer, {"t"}).empty());
    CHECK(told(disc.tree, newer, {"t/deep", "t/other", "a"}).empty());
    CHECK(told(disc.tree, disc.tree, {}).empty());
    CHECK(told(disc.tree, newer, {"t/other"}) ==
          std::vector<std::string>{"/t/deep: it is new, but was not sealed"});
    CHECK(told(disc.tree, newer, {}) == std::vector<std::string>{"/t: it is new, but was not sealed"});
    CHECK(told(newer, disc.tree, {}) ==
          std::vector<std::string>{"/t: it is on the disc, and the new disc session's tree has lost it"});
}

TEST_CASE("compare: an older entry that changed with the new disc session is told") {
    Disc disc;
    MadeImage other;
    std::string wanted;
    const std::string changed = "changed with the new disc session";
    SUBCASE("content") {
        disc.image.put("file", "content, longer");
        wanted = "/s/file: its ";
    }
    SUBCASE("target") {
        std::filesystem::remove(disc.image.source() + "/link");
        disc.image.link("link", "elsewhere");
        wanted = "/s/link: its ";
    }
    SUBCASE("type") {
        std::filesystem::remove(disc.image.source() + "/folder-b");
        disc.image.link("folder-b", "file");
        wanted = "/s/folder-b: its type";
    }
    SUBCASE("lost") {
        std::filesystem::remove(disc.image.source() + "/folder-b");
        wanted = "/s/folder-b: it is on the disc";
    }
    std::filesystem::remove(disc.image.file("image"));
    disc.image.burn("s");
    Mismatches mismatches;
    compare_with_older(disc.tree, disc.read(kFirst), {}, mismatches);
    CHECK(std::ranges::any_of(mismatches.texts(),
                              [&](const std::string& text) { return text.starts_with(wanted); }));
}
