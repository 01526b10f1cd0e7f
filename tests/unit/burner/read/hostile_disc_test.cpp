// Discs that were damaged, or made to harm their reader: each is told or read, none crashes or has no end.
#include <doctest/doctest.h>

#include <random>

#include "burner/read/disc_sessions.hpp"
#include "burner/read/read_tree.hpp"
#include "tests/support/run_number.hpp"
#include "tests/unit/burner/read/made_image.hpp"

using namespace burnbox;
using test::MadeImage;

namespace {

void put_both32(std::string& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[at + i] = static_cast<char>(value >> (8 * i));
        bytes[at + 7 - i] = bytes[at + i];
    }
}

// Where the record of this Rock Ridge name begins, and what is in it.
struct Place {
    std::string& bytes;
    std::size_t record;

    std::size_t entry(const std::string& signature) const {
        const std::size_t length = static_cast<unsigned char>(bytes[record]);
        const std::size_t found = bytes.find(signature, record + 33);
        REQUIRE(found < record + length);
        return found;
    }
    void lead_to(std::uint32_t lba) { put_both32(bytes, record + 2, lba); }
    void resize(std::uint32_t size) { put_both32(bytes, record + 10, size); }
    [[nodiscard]] std::uint32_t lba() const {
        std::uint32_t value = 0;
        for (std::size_t i = 4; i-- > 0;)
            value = value << 8U | static_cast<unsigned char>(bytes[record + 2 + i]);
        return value;
    }
};

Place record_of(MadeImage& image, const std::string& name) {
    std::string nm = "NM";
    nm += static_cast<char>(name.size() + 5);
    nm += std::string("\1\0", 2) + name;
    const std::size_t found = image.bytes().find(nm);
    REQUIRE(found != std::string::npos);
    const std::size_t block = found / kBlockBytes * kBlockBytes;
    std::size_t record = block;
    while (record + static_cast<unsigned char>(image.bytes()[record]) <= found)
        record += static_cast<unsigned char>(image.bytes()[record]);
    return {image.bytes(), record};
}

// /top/below/file, /top/link, /other
void make_disc(MadeImage& image) {
    image.put("top/below/file", std::string(5000, 'f')).put("other", "o").link("top/link", "below/file");
    image.put("top/second", std::string(3000, 's'));
    image.make("xorriso -no_rc -as mkisofs -quiet -R -J -joliet-long");
}

std::string all_faults(MadeImage& image) {
    MemoryBlocks blocks = image.blocks();
    Mismatches faults;
    const auto volume = read_volume(blocks, 0, faults);
    const auto tree = volume ? read_tree(blocks, *volume, faults) : std::unexpected(volume.error());
    if (!tree) faults.add(tree.error().message);
    const auto strictly = read_tree(blocks, 0);
    CHECK((strictly.has_value() == faults.none()));
    if (!strictly) CHECK(strictly.error().code == Errc::corrupt);
    std::string all;
    for (const std::string& text : faults.texts()) all += text + "\n";
    return all;
}

// One block can't be read.
struct Scratched : MemoryBlocks {
    Scratched(const MemoryBlocks& blocks, std::uint32_t bad_lba, Errc errc)
        : MemoryBlocks(blocks), bad(bad_lba), code(errc) {}
    Status read(std::uint32_t lba, std::span<std::byte> buffer) override {
        if (lba <= bad && bad < lba + buffer.size() / kBlockBytes)
            return fail(code, "read block " + std::to_string(bad) + ": scratched");
        return MemoryBlocks::read(lba, buffer);
    }
    std::uint32_t bad;
    Errc code;
};

// Reads it whatever is wrong, and everything of the tree.
std::size_t read_all(MadeImage& image) {
    MemoryBlocks blocks = image.blocks();
    Mismatches faults;
    const auto volume = read_volume(blocks, 0, faults);
    if (!volume) return 0;
    const auto tree = read_tree(blocks, *volume, faults);
    if (!tree) return 0;
    std::size_t bytes = 0;
    for (NodeId id = 0; id < tree->size(); ++id) bytes += tree->path(tree->node(id)).size();
    (void)find_disc_sessions(blocks, SessionDepth::trees);
    return bytes;
}

}  // namespace

TEST_CASE("hostile disc: what it was made of is whole") {
    MadeImage image;
    make_disc(image);
    CHECK(all_faults(image) == "");
}

TEST_CASE("hostile disc: each of these is told") {
    MadeImage image;
    make_disc(image);
    std::string wanted;
    SUBCASE("a folder that holds itself") {
        record_of(image, "below").lead_to(record_of(image, "top").lba());
        wanted = "a second time";
    }
    SUBCASE("two folders that are one") {
        const std::uint32_t below = record_of(image, "below").lba();
        record_of(image, "top").lead_to(below);
        wanted = "block";
    }
    SUBCASE("a folder behind the end") {
        record_of(image, "below").lead_to(0x7fffffff);
        wanted = "does not lie in its disc session";
    }
    SUBCASE("a folder as large as the disc") {
        record_of(image, "below").resize(static_cast<std::uint32_t>(image.bytes().size()));
        wanted = "does not lie in its disc session";
    }
    SUBCASE("a folder of no whole blocks") {
        record_of(image, "below").resize(2047);
        wanted = "no whole number of blocks";
    }
    SUBCASE("content behind the end") {
        record_of(image, "file").lead_to(static_cast<std::uint32_t>(image.bytes().size() / kBlockBytes) - 1);
        wanted = "behind the end of the disc session";
    }
    SUBCASE("content over a folder") {
        record_of(image, "file").lead_to(record_of(image, "top").lba());
        wanted = "lies over";
    }
    SUBCASE("content over other content") {
        record_of(image, "file").lead_to(record_of(image, "second").lba());
        wanted = "that of another file";
    }
    SUBCASE("byte orders that disagree") {
        Place place = record_of(image, "file");
        ++image.bytes()[place.record + 9];
        wanted = "byte orders";
    }
    SUBCASE("a name with '/'") {
        Place place = record_of(image, "below");
        image.bytes()[place.entry("NM") + 7] = '/';
        wanted = "can be none";
    }
    SUBCASE("a name with a zero byte") {
        Place place = record_of(image, "below");
        image.bytes()[place.entry("NM") + 7] = '\0';
        wanted = "can be none";
    }
    SUBCASE("a name '..'") {
        Place place = record_of(image, "below");
        image.bytes()[place.entry("NM") + 4] = '\4';
        wanted = "NM";
    }
    SUBCASE("the same name twice") {
        Place place = record_of(image, "second");
        image.bytes().replace(place.entry("NM"), 11, std::string("NM\x0b\1\0second", 11));
        Place other = record_of(image, "below");
        image.bytes().replace(other.entry("NM") + 5, 5, "links");
        Place link = record_of(image, "link");
        image.bytes()[link.entry("NM") + 2] = '\x09';
        image.bytes().replace(other.entry("NM") + 2, 8, std::string("\x0a\1\0link\0", 8));
        wanted = "can be none";
    }
    SUBCASE("a mode of another type") {
        Place place = record_of(image, "file");
        put_both32(image.bytes(), place.entry("PX") + 4, 0040755);
        wanted = "another type than its record";
    }
    SUBCASE("a link without a target") {
        Place place = record_of(image, "link");
        image.bytes()[place.entry("SL")] = 'X';
        wanted = "contradict each other";
    }
    SUBCASE("other attributes in the folder itself") {
        const std::uint32_t lba = record_of(image, "below").lba();
        const std::size_t px = image.bytes().find("PX", lba * kBlockBytes);
        put_both32(image.bytes(), px + 4, 0040700);
        wanted = "other attributes";
    }
    SUBCASE("a path table that leads elsewhere") {
        const std::uint32_t table = static_cast<unsigned char>(image.bytes()[16 * kBlockBytes + 140]);
        ++image.bytes()[table * kBlockBytes + 2];
        wanted = "path table";
    }
    SUBCASE("a path table of the other byte order") {
        const std::uint32_t table = static_cast<unsigned char>(image.bytes()[16 * kBlockBytes + 151]);
        ++image.bytes()[table * kBlockBytes + 10 + 7];
        wanted = "primary path table";
    }
    SUBCASE("a size that the image does not have") {
        image.bytes().resize(image.bytes().size() - 10 * kBlockBytes);
        wanted = "the disc ends at";
    }
    const std::string fault = all_faults(image);
    CAPTURE(fault);
    CHECK(fault.find(wanted) != std::string::npos);
    CHECK(fault.find("block") != std::string::npos);
    read_all(image);
}

TEST_CASE("hostile disc: what is left is read when something is wrong") {
    MadeImage image;
    make_disc(image);
    record_of(image, "below").lead_to(0x7fffffff);
    MemoryBlocks blocks = image.blocks();
    Mismatches faults;
    const IsoVolume volume = test::must(read_volume(blocks, 0, faults));
    const ReadTree tree = test::must(read_tree(blocks, volume, faults));
    CHECK_FALSE(faults.none());
    CHECK(tree.find("other") != nullptr);
    REQUIRE(tree.find("top/link") != nullptr);
    CHECK(tree.link_target(*tree.find("top/link")) == "below/file");
    CHECK(tree.find("top/below") != nullptr);
    CHECK(tree.find("top/below/file") == nullptr);
}

// Other readers take a descriptor, an entry or a record for none, or hide it.
TEST_CASE("hostile disc: one wrong bit in what the standards lay down is told") {
    MadeImage image;
    make_disc(image);
    constexpr std::size_t kPrimary = 16 * kBlockBytes, kJoliet = 17 * kBlockBytes,
                          kTerminator = 18 * kBlockBytes;
    std::vector<std::size_t> places;
    for (const std::size_t at : {6, 7, 8, 1875, 2047}) places.push_back(kTerminator + at);
    for (const std::size_t descriptor : {kPrimary, kJoliet})
        for (const std::size_t at : {6, 7, 72, 79, 91, 119, 182, 183, 184, 187, 881, 882, 1395, 2047})
            places.push_back(descriptor + at);
    const Place record = record_of(image, "file");
    for (const std::size_t at : {1, 25, 26, 27, 28}) places.push_back(record.record + at);
    for (const char* entry : {"PX", "NM", "TF"})
        for (const std::size_t at : {0, 1, 3}) places.push_back(record.entry(entry) + at);
    places.push_back(record.entry("PX") + 36);
    const std::size_t susp = image.bytes().find("SP\7\1"),
                      extension = std::min(image.bytes().find("RRIP_1991A"), image.bytes().find("IEEE_")) - 8;
    for (const std::size_t at : {susp + 3, susp + 4, extension + 3, extension + 7, extension + 8})
        places.push_back(at);
    for (const std::size_t at : places) {
        CAPTURE(at / kBlockBytes);
        CAPTURE(at % kBlockBytes);
        image.bytes()[at] = static_cast<char>(image.bytes()[at] ^ 1);
        CHECK(all_faults(image) != "");
        image.bytes()[at] = static_cast<char>(image.bytes()[at] ^ 1);
    }
    CHECK(all_faults(image) == "");
}

// As files of 4 GiB and more are: records of the same identifier, all but the last one marked.
TEST_CASE("read tree: a file of several extents") {
    MadeImage image;
    image.put("aaa", std::string(2048, 'a')).put("aab", std::string(100, 'b'));
    image.make("xorriso -no_rc -as mkisofs -quiet -R");
    const Place first = record_of(image, "aaa"), second = record_of(image, "aab");
    image.bytes()[first.record + 25] = '\x80';
    image.bytes()[second.record + 35] = 'A';  // its identifier becomes AAA
    MemoryBlocks blocks = image.blocks();
    SUBCASE("whole") {
        const ReadTree tree = test::must(read_tree(blocks, 0));
        REQUIRE(tree.find("aaa") != nullptr);
        CHECK(tree.find("aab") == nullptr);
        CHECK(tree.find("aaa")->size_bytes == 2148);
        const auto extents = tree.extents(*tree.find("aaa"));
        REQUIRE(extents.size() == 2);
        CHECK(extents[0] == TreeExtent{first.lba(), 2048});
        CHECK(extents[1] == TreeExtent{second.lba(), 100});
    }
    SUBCASE("the last one is missing") {
        image.bytes()[second.record + 25] = '\x80';
        CHECK(all_faults(image).find("further extents are missing") != std::string::npos);
    }
    SUBCASE("another file comes between") {
        image.bytes()[second.record + 35] = 'B';
        CHECK(all_faults(image).find("further extents of the file before are missing") != std::string::npos);
    }
    SUBCASE("a hole in it") {
        put_both32(image.bytes(), first.record + 10, 2047);
        CHECK(all_faults(image).find("ends within a block") != std::string::npos);
    }
}

TEST_CASE("hostile disc: limits hold") {
    MadeImage image;
    make_disc(image);
    MemoryBlocks blocks = image.blocks();
    const auto few = read_tree(blocks, 0, {.entries = 3});
    REQUIRE_FALSE(few);
    CHECK(few.error().code == Errc::limit);
    const auto small = read_tree(blocks, 0, {.tree_bytes = 4096});
    REQUIRE_FALSE(small);
    CHECK(small.error().code == Errc::limit);
}

TEST_CASE("hostile disc: blocks that can't be read are told with their numbers") {
    MadeImage image;
    make_disc(image);
    const std::uint32_t bad = record_of(image, "below").lba();
    Mismatches faults;
    Scratched scratched(image.blocks(), bad, Errc::io);
    const IsoVolume volume = test::must(read_volume(scratched, 0, faults));
    const ReadTree tree = test::must(read_tree(scratched, volume, faults));
    CHECK(tree.find("top/second") != nullptr);
    REQUIRE_FALSE(faults.none());
    CHECK(faults.texts()[0].find("block " + std::to_string(bad) + ": scratched") != std::string::npos);
    Scratched gone(image.blocks(), bad, Errc::unreachable);
    const auto none = read_tree(gone, volume, faults);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Errc::unreachable);
}

TEST_CASE("hostile disc: a folder's first block can't be read, those behind it can") {
    MadeImage image;
    for (int i = 0; i < 60; ++i) image.put("top/file " + std::to_string(i), std::to_string(i));
    image.make("xorriso -no_rc -as mkisofs -quiet -R -J -joliet-long");
    const std::uint32_t lba = record_of(image, "top").lba();
    std::size_t behind = 0;  // entries in its further blocks
    for (std::size_t at = (lba + 1) * kBlockBytes; image.bytes()[at] != 0; ++behind)
        at += static_cast<unsigned char>(image.bytes()[at]);
    REQUIRE(behind > 3);
    Mismatches faults;
    Scratched scratched(image.blocks(), lba, Errc::io);
    const IsoVolume volume = test::must(read_volume(scratched, 0, faults));
    const ReadTree tree = test::must(read_tree(scratched, volume, faults));
    REQUIRE(tree.find("top") != nullptr);
    CHECK(tree.find("top")->children >= behind);
    CHECK_FALSE(faults.none());
}

TEST_CASE("hostile disc: random damage by seed") {
    MadeImage image;
    make_disc(image);
    const std::string whole = image.bytes();
    const std::size_t first = 16 * kBlockBytes;
    const std::size_t bytes = std::min<std::size_t>(whole.size() - first, 40 * kBlockBytes);
    const test::RunNumbers numbers = test::run_numbers(4000);
    CAPTURE(numbers.seed);
    for (unsigned run = 0; run < numbers.runs; ++run) {
        std::mt19937 random(numbers.seed + run);
        image.bytes() = whole;
        const unsigned changes = 1 + random() % 8;
        for (unsigned i = 0; i < changes; ++i) {
            const std::size_t at = first + random() % bytes;
            switch (random() % 4) {
                case 0:
                    image.bytes()[at] ^= static_cast<char>(1U << random() % 8);
                    break;
                case 1:
                    image.bytes()[at] = static_cast<char>(random());
                    break;
                case 2:
                    put_both32(image.bytes(), at, random() % 100);
                    break;
                default: {  // a piece of the tree in another place
                    const std::size_t length = random() % 300;
                    image.bytes().replace(at, length, whole.substr(first + random() % bytes, length));
                }
            }
        }
        CAPTURE(run);
        CHECK(read_all(image) < 1'000'000);
    }
}
