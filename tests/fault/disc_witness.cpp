#include "tests/fault/disc_witness.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/storage/temp_folder.hpp"

namespace burnbox::test {
namespace {

constexpr std::int32_t kSystemArea = 16;  // blocks before the descriptors (ECMA-119 6.2.1)
constexpr std::size_t kSpaceSize = 80;    // offset of the volume's size, both byte orders (ECMA-119 8.4.8)

mmc::DiscFile open_disc(const std::string& path) {
    auto file = mmc::DiscFile::open(path);
    if (!file) std::abort();
    return std::move(*file);
}

void set_space_size(std::vector<std::uint8_t>& descriptor, std::uint32_t blocks) {
    for (unsigned i = 0; i < 4; ++i) {
        descriptor[kSpaceSize + i] = static_cast<std::uint8_t>(blocks >> (8 * i));
        descriptor[kSpaceSize + 7 - i] = static_cast<std::uint8_t>(blocks >> (8 * i));
    }
}

void put(std::ofstream& image, std::int32_t lba, const std::vector<std::uint8_t>& blocks) {
    image.seekp(std::streamoff{lba} * static_cast<std::streamoff>(mmc::kBlockBytes));
    image.write(reinterpret_cast<const char*>(blocks.data()), static_cast<std::streamsize>(blocks.size()));
}

std::map<std::string, std::string> read_tree(const std::filesystem::path& top) {
    std::map<std::string, std::string> files;
    static_cast<void>(std::system(("chmod -R u+rwx " + top.string()).c_str()));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
        if (entry.symlink_status().type() != std::filesystem::file_type::regular) continue;
        std::ifstream in(entry.path(), std::ios::binary);
        files[entry.path().lexically_relative(top).string()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return files;
}

}  // namespace

DiscWitness::DiscWitness(const std::string& path) : file_(open_disc(path)), state_(file_.load()) {}

std::vector<DiscWitness::Range> DiscWitness::recorded() const {
    std::vector<Range> ranges;
    for (int i = 0; i < state_.track_count; ++i) {
        const mmc::TrackState& track = state_.tracks.at(static_cast<std::size_t>(i));
        const std::int32_t end = track.closed ? track.end - track.run_out : track.next;
        if (end > track.start) ranges.push_back({track.start, end});
    }
    return ranges;
}

std::vector<std::uint8_t> DiscWitness::read(Range range) {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(range.end - range.first) * mmc::kBlockBytes);
    file_.read(range.first, bytes);
    return bytes;
}

unsigned DiscWitness::count(const std::string& block) {
    unsigned found = 0;
    for (const Range& range : recorded()) {
        const auto bytes = read(range);
        for (std::size_t at = 0; at < bytes.size(); at += mmc::kBlockBytes)
            if (std::equal(block.begin(), block.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                           [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }))
                ++found;
    }
    return found;
}

// The session's descriptors are put where a reader of plain images looks for them; addresses stay as they
// are.
std::map<std::string, std::string> DiscWitness::files(unsigned number) {
    const TempFolder temp(memory_backed_place());
    std::ofstream image(temp / "image.iso", std::ios::binary);
    std::int32_t start = -1;
    std::int32_t end = 0;
    for (const Range& range : recorded()) {
        if (start >= 0) break;
        put(image, range.first, read(range));
        end = range.end;
        for (int i = 0; i < state_.track_count; ++i) {
            const mmc::TrackState& track = state_.tracks.at(static_cast<std::size_t>(i));
            if (track.start == range.first && track.session == static_cast<std::int32_t>(number))
                start = range.first;
        }
    }
    if (start < 0) return {};
    for (std::int32_t i = kSystemArea; i < 2 * kSystemArea; ++i) {
        auto descriptor = read({start + i, start + i + 1});
        const std::uint8_t type = descriptor[0];
        if (type == 1 || type == 2) set_space_size(descriptor, static_cast<std::uint32_t>(end));
        put(image, i, descriptor);
        if (type == 0xff) break;
    }
    image.close();
    const std::string tree = temp / "tree";
    std::filesystem::create_directory(tree);
    const std::string to = " -C " + tree, from = temp / "image.iso";
    // What it could not read is missing: it takes no continuation area that lies behind the content of its
    // file.
    const int status = std::system(("LC_ALL=C.UTF-8 bsdtar" + to + " -xf " + from + " 2>/dev/null").c_str());
    auto files = read_tree(tree);
    if (status == 0) return files;
    const std::string again = temp / "again";
    std::filesystem::create_directory(again);
    static_cast<void>(std::system(
        ("xorriso -osirrox on -indev stdio:" + from + " -extract / " + again + " 2>/dev/null").c_str()));
    files.merge(read_tree(again));
    return files;
}

}  // namespace burnbox::test
