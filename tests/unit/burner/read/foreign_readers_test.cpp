// Generated trees: what our reader sees is what xorriso, bsdtar and isoinfo see.
#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>
#include <sstream>
#include <utility>

#include "burner/read/read_tree.hpp"
#include "tests/support/run_number.hpp"
#include "tests/unit/burner/read/made_image.hpp"

using namespace burnbox;
using test::MadeImage;

namespace {

// Names without what the readers' listings would quote.
std::string make_name(std::mt19937& random) {
    static const std::vector<std::string> kLetters{"a", "B",  "z",        "0",        "_",
                                                   "-", ".x", "\xc3\xa4", "\xd1\x8f", "\xe4\xb8\xad"};
    static const std::vector<std::size_t> kLengths{1, 3, 8, 12, 31, 64, 80};
    std::string name = "n";
    const std::size_t letters = kLengths[random() % kLengths.size()];
    for (std::size_t i = 0; i < letters; ++i) name += kLetters[random() % kLetters.size()];
    return name;
}

void fill(MadeImage& image, std::mt19937& random) {
    std::vector<std::string> folders{""};
    for (int i = 0; i < 60; ++i) {
        const std::string path = folders[random() % folders.size()] + make_name(random);
        if (std::filesystem::exists(std::filesystem::symlink_status(image.source() + "/" + path))) continue;
        switch (random() % 4) {
            case 0:
                std::filesystem::create_directories(image.source() + "/" + path);
                folders.push_back(path + "/");
                break;
            case 1:
                image.link(path,
                           random() % 2 == 0 ? "../" + make_name(random) : "/" + make_name(random) + "/x");
                break;
            default:
                image.put(path, std::string(random() % 6000, static_cast<char>('a' + i % 26)));
        }
    }
}

std::vector<std::string> lines_of(const MadeImage& image, const std::string& command) {
    test::run("sh -c " +
              test::quoted("LC_ALL=C.UTF-8 " + command + " > " + test::quoted(image.file("said"))));
    std::istringstream text(test::read_whole(image.file("said")));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

std::set<std::string> paths_of(const ReadTree& tree, FileType type) {
    std::set<std::string> paths;
    for (NodeId id = 1; id < tree.size(); ++id)
        if (tree.node(id).type == type) paths.insert(tree.path(tree.node(id)));
    return paths;
}

// "File data lba:  0 ,       65 ,        1 ,        3 , '/a/b'"
void check_extents_by_xorriso(const MadeImage& image, const ReadTree& tree) {
    std::size_t seen = 0;
    for (const std::string& line : lines_of(image, "xorriso -no_rc -indev " + image.file("image") +
                                                       " -find / -type f -exec report_lba -- 2>/dev/null")) {
        unsigned number = 0, lba = 0, blocks = 0;
        unsigned long long bytes = 0;
        if (std::sscanf(line.c_str(), "File data lba: %u , %u , %u , %llu", &number, &lba, &blocks, &bytes) !=
            4)
            continue;
        const std::size_t begin = line.find("'/") + 2;
        const std::string path = line.substr(begin, line.size() - 1 - begin);
        CAPTURE(path);
        const TreeNode* node = tree.find(path);
        REQUIRE(node != nullptr);
        CHECK(node->size_bytes == bytes);
        if (bytes > 0) CHECK(tree.extents(*node)[number].lba == lba);
        ++seen;
    }
    CHECK(seen == paths_of(tree, FileType::file).size());
}

void check_paths_by_isoinfo(const MadeImage& image, const ReadTree& tree) {
    std::set<std::string> paths;
    for (const std::string& line : lines_of(image, "isoinfo -R -f -i " + image.file("image")))
        paths.insert(line.substr(1));
    std::set<std::string> ours;
    for (const FileType type : {FileType::file, FileType::folder, FileType::symlink})
        ours.merge(paths_of(tree, type));
    CHECK(paths == ours);
}

// bsdtar 3.6 loses one where a target goes on in another entry.
std::string without_slashes(std::string text) {
    std::erase(text, '/');
    return text;
}

// "lrwxrwxrwx  0 0      0           0 Nov 30 12:00 path -> target"
void check_links_by_bsdtar(const MadeImage& image, const ReadTree& tree) {
    std::map<std::string, std::string> links;
    for (const std::string& line : lines_of(image, "bsdtar -tvf " + image.file("image"))) {
        const std::size_t arrow = line.find(" -> ");
        if (line[0] != 'l' || arrow == std::string::npos) continue;
        links[line.substr(line.rfind(' ', arrow - 1) + 1, arrow - line.rfind(' ', arrow - 1) - 1)] =
            line.substr(arrow + 4);
    }
    CHECK(links.size() == paths_of(tree, FileType::symlink).size());
    for (const auto& [path, target] : links) {
        CAPTURE(path);
        REQUIRE(tree.find(path) != nullptr);
        const std::string ours(tree.link_target(*tree.find(path)));
        CHECK(ours == std::filesystem::read_symlink(image.source() + "/" + path).string());
        CHECK(without_slashes(ours) == without_slashes(target));
    }
}

// All that our reader says of the tree; "" when something is wrong with it.
std::string said_of(const MadeImage& image) {
    MemoryBlocks blocks = image.blocks();
    const auto tree = read_tree(blocks, 0);
    std::ostringstream said;
    for (NodeId id = 0; tree && id < tree->size(); ++id) {
        const TreeNode& node = tree->node(id);
        said << tree->path(node) << ' ' << std::to_underlying(node.type) << ' ' << node.mode << ' '
             << node.uid << ' ' << node.gid << ' ' << node.mtime << ' ' << node.size_bytes << ' '
             << tree->link_target(node);
        for (const TreeExtent& extent : tree->extents(node)) said << ' ' << extent.lba << '+' << extent.bytes;
        said << '\n';
    }
    return said.str();
}

std::uint32_t first_content(const MadeImage& image) {
    MemoryBlocks blocks = image.blocks();
    const ReadTree tree = test::must(read_tree(blocks, 0));
    std::uint32_t first = UINT32_MAX;
    for (NodeId id = 0; id < tree.size(); ++id)
        for (const TreeExtent& extent : tree.extents(tree.node(id))) first = std::min(first, extent.lba);
    return first;
}

void put_byte(const MadeImage& image, std::size_t at, char byte) {
    std::fstream file(image.file("image"), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at)).put(byte);
}

}  // namespace

TEST_CASE("read tree: generated trees are seen as other readers see them") {
    const test::RunNumbers numbers = test::run_numbers(3);
    for (unsigned run = 0; run < std::min(numbers.runs, 1000U); ++run) {
        CAPTURE(numbers.seed + run);
        std::mt19937 random(numbers.seed + run);
        MadeImage image;
        fill(image, random);
        image.make(run % 3 == 2 ? "genisoimage -quiet -R -D"
                                : "xorriso -no_rc -as mkisofs -quiet -R -J -joliet-long");
        MemoryBlocks blocks = image.blocks();
        const auto tree = read_tree(blocks, 0);
        INFO((tree ? std::string() : tree.error().message));
        REQUIRE(tree);
        check_extents_by_xorriso(image, *tree);
        check_paths_by_isoinfo(image, *tree);
        check_links_by_bsdtar(image, *tree);
    }
}

TEST_CASE("read tree: one wrong bit that our reader does not tell changes nothing for other readers") {
    const test::RunNumbers numbers = test::run_numbers(30);
    MadeImage image;
    image.put("folder/a", std::string(5000, 'a')).put("b", "b").link("folder/link", "a");
    image.make("xorriso -no_rc -as mkisofs -quiet -R -J -joliet-long");
    const auto entries = [&] { return lines_of(image, "bsdtar -tvf " + image.file("image")); };
    const auto all_entries = entries();
    const std::string all_said = said_of(image);
    REQUIRE(all_entries.size() == 5);
    constexpr std::size_t kBegin = 16 * kBlockBytes;
    const std::size_t end = first_content(image) * kBlockBytes;
    for (unsigned run = 0; run < std::min(numbers.runs, 100'000U); ++run) {
        std::mt19937 random(numbers.seed + run);
        const std::size_t at = kBegin + random() % (end - kBegin);
        const char before = image.bytes()[at];
        image.bytes()[at] = static_cast<char>(before ^ 1U << random() % 8);
        if (said_of(image) == all_said) {
            CAPTURE(numbers.seed + run);
            CAPTURE(at);
            put_byte(image, at, image.bytes()[at]);
            CHECK(entries() == all_entries);
            put_byte(image, at, before);
        }
        image.bytes()[at] = before;
    }
}
