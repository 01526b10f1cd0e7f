#include "burner/media/content_reader.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

#include "burner/drive/drive.hpp"

using namespace burnbox;

namespace {

// Every byte says its block.
std::byte content_at(std::uint64_t offset) {
    return std::byte(static_cast<unsigned char>(offset / kSectorBytes * 7 + offset % 13));
}

struct Disc {
    std::uint32_t alignment = 1;
    std::uint32_t bad_lba = ~0U;

    Status operator()(std::uint32_t lba, std::span<std::byte> buffer) const {
        if (lba % alignment != 0 || buffer.size() % (alignment * kSectorBytes) != 0)
            return fail(Errc::invalid, "not aligned");
        if (bad_lba >= lba && bad_lba < lba + buffer.size() / kSectorBytes)
            return fail(Errc::io, "bad block");
        for (std::size_t i = 0; i < buffer.size(); ++i) buffer[i] = content_at(lba * kSectorBytes + i);
        return {};
    }
};

// Reads all; says which files came whole and right.
std::map<std::size_t, bool> read_all(const std::vector<Extent>& extents, const Disc& disc) {
    std::map<std::size_t, bool> good;
    std::map<std::size_t, std::vector<std::byte>> read;
    ContentReader reader(extents, disc.alignment, disc);
    while (!reader.at_end()) {
        const std::size_t file = reader.next_file();
        good.emplace(file, true);
        const auto piece = reader.next();
        if (!piece) {
            good[file] = false;
            continue;
        }
        CHECK(piece->file == file);
        read[file].insert(read[file].end(), piece->data.begin(), piece->data.end());
    }
    std::map<std::size_t, std::vector<std::byte>> wanted;
    for (const Extent& extent : extents)
        for (std::uint64_t i = 0; i < extent.bytes; ++i)
            wanted[extent.file].push_back(content_at(extent.lba * kSectorBytes + i));
    for (auto& [file, well] : good) well = well && read[file] == wanted[file];
    return good;
}

}  // namespace

TEST_CASE("content reader: files of every size and place come whole") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (const std::uint32_t alignment : {1U, 2U}) {
        std::vector<Extent> extents;
        std::uint32_t lba = 33;
        for (std::size_t file = 0; file < 60; ++file) {
            const std::uint64_t bytes = file % 20 == 7 ? 5'000'000 + random() % 5000 : 1 + random() % 9000;
            extents.push_back({file, lba, bytes});
            lba += static_cast<std::uint32_t>((bytes + kSectorBytes - 1) / kSectorBytes);
            if (random() % 3 == 0) lba += random() % 100;
        }
        for (const auto& [file, well] : read_all(extents, Disc{alignment})) CHECK_MESSAGE(well, file);
    }
}

TEST_CASE("content reader: several extents of a file, files that share blocks or lie backwards come whole") {
    const std::vector<Extent> extents{
        {0, 100, 4096}, {0, 102, 3000}, {1, 100, 2048}, {2, 40, 9000}, {3, 41, 10}};
    for (const auto& [file, well] : read_all(extents, Disc{2})) CHECK_MESSAGE(well, file);
}

TEST_CASE("content reader: a bad block costs what is read with it, and the rest goes on") {
    const std::vector<Extent> extents{{0, 100, 2048}, {1, 5000, 2048}, {2, 9000, 2048}};
    const auto good = read_all(extents, Disc{1, 5000});
    CHECK(good.at(0));
    CHECK_FALSE(good.at(1));
    CHECK(good.at(2));
}

TEST_CASE("content reader: one that is dropped early ends") {
    const std::vector<Extent> extents{{0, 0, 100'000'000}};
    ContentReader reader(extents, 1, Disc{});
    CHECK(reader.next());
}

TEST_CASE("content reader: nothing to read is the end") {
    const ContentReader reader({}, 1, Disc{});
    CHECK(reader.at_end());
}
