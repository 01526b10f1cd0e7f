#include "burner/read/read_tree.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <map>

#include "tests/unit/burner/read/made_image.hpp"

using namespace burnbox;
using test::MadeImage;

namespace {

constexpr auto kXorriso = "xorriso -no_rc -as mkisofs -quiet -R -J -joliet-long";
constexpr auto kGenisoimage = "genisoimage -quiet -R -J -joliet-long";

struct Seen {
    FileType type = FileType::other;
    unsigned mode = 0;
    std::int64_t mtime = 0;
    std::string content;  // or a link's target
    bool operator==(const Seen&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Seen& seen) {
    return out << static_cast<int>(seen.type) << " " << std::oct << seen.mode << std::dec << " " << seen.mtime
               << " " << seen.content.size() << " " << seen.content.substr(0, 40);
}
using Listing = std::map<std::string, Seen>;

Seen look_at_source(const std::filesystem::path& path) {
    struct stat info{};
    REQUIRE(::lstat(path.c_str(), &info) == 0);
    Seen seen{S_ISDIR(info.st_mode)   ? FileType::folder
              : S_ISLNK(info.st_mode) ? FileType::symlink
                                      : FileType::file,
              info.st_mode & 07777U, info.st_mtime, ""};
    if (seen.type == FileType::symlink) seen.content = std::filesystem::read_symlink(path).string();
    if (seen.type == FileType::file) seen.content = test::read_whole(path);
    return seen;
}

Listing list_source(const MadeImage& image) {
    Listing listing;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(image.source()))
        listing[entry.path().lexically_relative(image.source()).string()] = look_at_source(entry.path());
    return listing;
}

std::string content_of(MadeImage& image, const ReadTree& tree, const TreeNode& node) {
    std::string content;
    for (const TreeExtent& extent : tree.extents(node))
        content += image.bytes().substr(extent.lba * kBlockBytes, extent.bytes);
    return content;
}

Listing list_tree(MadeImage& image, const ReadTree& tree) {
    Listing listing;
    for (NodeId id = 1; id < tree.size(); ++id) {
        const TreeNode& node = tree.node(id);
        const std::string path = tree.path(node);
        CHECK(tree.find(path) == &node);
        CHECK(node.size_bytes ==
              (node.type == FileType::file ? content_of(image, tree, node).size() : node.size_bytes));
        listing[path] = {node.type, node.mode, node.mtime,
                         node.type == FileType::symlink ? std::string(tree.link_target(node))
                                                        : content_of(image, tree, node)};
    }
    return listing;
}

void check_same(const Listing& read, const Listing& wanted) {
    for (const auto& [path, seen] : wanted) {
        CAPTURE(path);
        REQUIRE(read.contains(path));
        CHECK(read.at(path) == seen);
    }
    CHECK(read.size() == wanted.size());
}

ReadTree read_strictly(MadeImage& image, std::uint32_t start_lba = 0) {
    MemoryBlocks blocks = image.blocks();
    auto tree = read_tree(blocks, start_lba);
    INFO((tree ? std::string() : tree.error().message));
    REQUIRE(tree);
    return std::move(*tree);
}

std::string repeat(const std::string& text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

void fill_with_ordinary_life(MadeImage& image) {
    image.put("empty", "")
        .put("one", "1")
        .put("a/block", std::string(2048, 'b'))
        .put("a/more", std::string(2049, 'm'));
    image.put(std::string(255, 'n'), "long")
        .put(repeat("\xc3\xa4", 127), "two")
        .put(repeat("\xe4\xb8\xad", 85), "three");
    image.put("names/with space ", "")
        .put("names/.hidden", "x")
        .put("names/a;1", "y")
        .put("names/tab\tand\nline", "z");
    image.put("names/\xf0\x9f\x98\x80", "four")
        .put("names/not utf-8 \xff\xfe", "bytes")
        .put("names/ends.", "dot");
    image.link("links/plain", "a/block").link("links/up", "../../x/../y").link("links/root", "/");
    image.link("links/absolute", "/etc/passwd").link("links/dot", ".").link("links/dots", "..");
    image.link("links/long", repeat(std::string(199, 'x') + "/", 5) + "end");
    image.link("links/part", std::string(255, 'p')).link("links/none", "gone/\xc3\xa4");
    for (int i = 0; i < 300; ++i) image.put("many/file number " + std::to_string(i), std::to_string(i));
    std::filesystem::create_directory(image.source() + "/nothing in it");
    ::chmod((image.source() + "/one").c_str(), 0);
    ::chmod((image.source() + "/a").c_str(), 01777);
    const timespec times[2] = {{0, 0}, {-1000, 0}};
    ::utimensat(AT_FDCWD, (image.source() + "/one").c_str(), times, 0);
}

}  // namespace

TEST_CASE("read tree: what xorriso wrote is read as it was") {
    MadeImage image;
    fill_with_ordinary_life(image);
    image.make(kXorriso);
    const ReadTree tree = read_strictly(image);
    CHECK(tree.rock_ridge());
    CHECK(tree.volume().joliet);
    CHECK(tree.volume().primary.label == "ISOIMAGE");
    check_same(list_tree(image, tree), list_source(image));
}

TEST_CASE("read tree: what genisoimage wrote is read as it was, also folders that it moved") {
    MadeImage image;
    image.put("a/b/c/d/e/f/g/h/i/j/k/deep", "down there").put("empty", "").put("x/y", std::string(5000, 'y'));
    image.put("a/b/c/d/e/f/g/h/i2/other", "too").link("links/up", "../x/y").link("links/absolute", "/etc");
    SUBCASE("moved") {
        image.make(kGenisoimage);
        const ReadTree tree = read_strictly(image);
        Listing read = list_tree(image, tree);
        CHECK(read.erase("rr_moved") == 1);
        check_same(read, list_source(image));
    }
    SUBCASE("left where they are") {
        image.make(std::string(kGenisoimage) + " -D");
        check_same(list_tree(image, read_strictly(image)), list_source(image));
    }
}

TEST_CASE("read tree: without Rock Ridge names are those of ISO 9660") {
    MadeImage image;
    image.put("folder/file.txt", "content").put("noext", "x");
    image.make("genisoimage -quiet");
    const ReadTree tree = read_strictly(image);
    CHECK_FALSE(tree.rock_ridge());
    CHECK_FALSE(tree.volume().joliet);
    REQUIRE(tree.find("FOLDER/FILE.TXT") != nullptr);
    CHECK(tree.find("FOLDER/FILE.TXT")->size_bytes == 7);
    CHECK(tree.find("NOEXT") != nullptr);
    CHECK(tree.find("") == &tree.node(ReadTree::kRoot));
    CHECK(tree.find("FOLDER/FILE") == nullptr);
    CHECK(tree.find("NOEXT/x") == nullptr);
}

TEST_CASE("read tree: each disc session has its own tree") {
    MadeImage image;
    image.put("a", "one").burn("first");
    const std::size_t first_end = image.bytes().size() / kBlockBytes;
    image.put("b", "two").burn("second");
    const ReadTree first = read_strictly(image, 32);
    CHECK(first.find("first/a") != nullptr);
    CHECK(first.find("second") == nullptr);
    const ReadTree second = read_strictly(image, static_cast<std::uint32_t>((first_end + 31) / 32 * 32));
    CHECK(second.find("first/a") != nullptr);
    CHECK(second.find("second/b") != nullptr);
    CHECK(second.extents(*second.find("first/a"))[0] == first.extents(*first.find("first/a"))[0]);
    CHECK(read_strictly(image, 0).size() == second.size());  // the copy of its head
}

TEST_CASE("read tree: files may share their content") {
    MadeImage image;
    image.put("one", std::string(3000, 'c'));
    std::filesystem::create_hard_link(image.source() + "/one", image.source() + "/two");
    image.make(kXorriso);
    const ReadTree tree = read_strictly(image);
    CHECK(tree.extents(*tree.find("one"))[0] == tree.extents(*tree.find("two"))[0]);
}

TEST_CASE("joliet: names that are changed are matched by what they hold") {
    MadeImage image;
    const std::string d(120, 'd'), f(120, 'f');
    image.put(d + "1/x", "first")
        .put(d + "2/x", "second")
        .put(f + "1", "11")
        .put(f + "2", "2")
        .put("s*r", "star");
    image.put("s_r", "underscore").put("plain", "p").put(f + "3", "").put(f + "4", "").link("link", "plain");
    image.make(kXorriso);
    const ReadTree tree = read_strictly(image);
    for (NodeId id = 1; id < tree.size(); ++id) {
        const TreeNode& node = tree.node(id);
        CAPTURE(tree.path(node));
        CHECK((node.joliet_name.bytes == 0) == (node.type == FileType::symlink));
    }
    CHECK(tree.joliet_name(*tree.find("plain")) == "plain");
    CHECK(tree.joliet_name(*tree.find(f + "1")) != tree.joliet_name(*tree.find(f + "2")));
    std::size_t changed = 0;
    for (NodeId id = 1; id < tree.size(); ++id) {
        const TreeNode& node = tree.node(id);
        if (node.joliet_name.bytes == 0 || tree.joliet_name(node) == tree.name(node)) continue;
        ++changed;
        CHECK((tree.path(node).size() > 100 || tree.path(node)[0] == 's'));
    }
    CHECK(changed >= 7);
}
