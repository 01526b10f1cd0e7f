#include "burner/read/iso/path_tables.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace burnbox {
namespace {

constexpr std::size_t kFixedBytes = 8;

std::size_t record_bytes(std::size_t id_bytes) {
    return kFixedBytes + id_bytes + id_bytes % 2;
}

class PathTableCheck {
  public:
    PathTableCheck(BlockCache& cache, const FolderList& folders, const std::string& tree, Mismatches& faults);
    [[nodiscard]] Status run(const PathTableFacts& tables);

  private:
    [[nodiscard]] Status check(std::uint32_t lba, std::uint32_t bytes, bool little);
    [[nodiscard]] Result<std::vector<std::uint8_t>> load(std::uint32_t lba, std::uint32_t bytes);
    // What is wrong with a record; empty = nothing. `number`: its own, from 1 on.
    [[nodiscard]] std::string check_record(IsoBytes record, std::uint32_t number, bool little);
    void fault(std::uint32_t lba, const std::string& what) {
        faults_.add(tree_ + " path table (block " + std::to_string(lba) + "): " + what);
    }

    BlockCache& cache_;
    const FolderList& folders_;
    const std::string tree_;
    Mismatches& faults_;
    std::unordered_map<std::uint32_t, std::uint32_t> by_lba_;  // folder's number in the list
    std::vector<std::uint32_t> numbers_;  // in the table, 0 = not met; by number in the list
};

PathTableCheck::PathTableCheck(BlockCache& cache, const FolderList& folders, const std::string& tree,
                               Mismatches& faults)
    : cache_(cache), folders_(folders), tree_(tree), faults_(faults) {
    by_lba_.reserve(folders.size());
    for (std::uint32_t i = 0; i < folders.size(); ++i) by_lba_.emplace(folders.at(i).extent.lba, i);
}

Result<std::vector<std::uint8_t>> PathTableCheck::load(std::uint32_t lba, std::uint32_t bytes) {
    std::vector<std::uint8_t> table;
    table.reserve(bytes);
    for (std::uint32_t i = 0; table.size() < bytes; ++i) {
        if (lba > UINT32_MAX - i) return fail(Errc::corrupt, "it lies behind the end of the disc");
        BB_TRY(const IsoBytes block, cache_.block(lba + i));
        const std::size_t part = std::min<std::size_t>(bytes - table.size(), block.size());
        table.insert(table.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(part));
    }
    return table;
}

std::string PathTableCheck::check_record(IsoBytes record, std::uint32_t number, bool little) {
    const std::uint32_t lba = little ? little_endian(&record[2], 4) : big_endian(&record[2], 4);
    const std::uint32_t parent = little ? little_endian(&record[6], 2) : big_endian(&record[6], 2);
    const auto found = by_lba_.find(lba);
    if (found == by_lba_.end()) return "no folder is at block " + std::to_string(lba);
    if (numbers_[found->second] != 0) return "the folder at block " + std::to_string(lba) + " is there twice";
    numbers_[found->second] = number;
    const ListedFolder& folder = folders_.at(found->second);
    const IsoBytes id = record.subspan(kFixedBytes, record[0]);
    if (folders_.id(folder) != std::string_view(reinterpret_cast<const char*>(id.data()), id.size()))
        return "the folder at block " + std::to_string(lba) + " has another name";
    // The number has 16 bits: of more folders only its low ones can be there.
    if (record[1] != 0 || parent != (numbers_[folder.parent] & 0xFFFFU))
        return "the folder at block " + std::to_string(lba) + " has another parent";
    return {};
}

Status PathTableCheck::check(std::uint32_t lba, std::uint32_t bytes, bool little) {
    const auto table = load(lba, bytes);
    if (!table) {
        if (!judges_the_disc(table.error())) return std::unexpected(table.error());
        fault(lba, table.error().message);
        return {};
    }
    numbers_.assign(folders_.size(), 0);
    IsoBytes rest(*table);
    std::uint32_t number = 0;
    while (!rest.empty() && rest[0] != 0 && rest.size() >= record_bytes(rest[0])) {
        const std::string wrong = check_record(rest, ++number, little);
        if (!wrong.empty()) fault(lba, wrong);
        rest = rest.subspan(record_bytes(rest[0]));
    }
    if (!rest.empty()) fault(lba, "record " + std::to_string(number + 1) + " is none");
    const auto missing = std::ranges::find(numbers_, 0U);
    if (missing != numbers_.end() && rest.empty())
        fault(lba, "the folder at block " +
                       std::to_string(
                           folders_.at(static_cast<std::size_t>(missing - numbers_.begin())).extent.lba) +
                       " is missing");
    return {};
}

Status PathTableCheck::run(const PathTableFacts& tables) {
    std::uint64_t expected = 0;
    for (const ListedFolder& folder : folders_.all()) expected += record_bytes(folder.id_bytes);
    if (tables.bytes != expected) {
        fault(tables.little_lba, "it has " + std::to_string(tables.bytes) + " bytes, the folders need " +
                                     std::to_string(expected));
        return {};
    }
    BB_CHECK(check(tables.little_lba, tables.bytes, true));
    BB_CHECK(check(tables.big_lba, tables.bytes, false));
    if (tables.other_little_lba != 0) BB_CHECK(check(tables.other_little_lba, tables.bytes, true));
    if (tables.other_big_lba != 0) BB_CHECK(check(tables.other_big_lba, tables.bytes, false));
    return {};
}

}  // namespace

Status check_path_tables(BlockCache& cache, const PathTableFacts& tables, const FolderList& folders,
                         const std::string& tree, Mismatches& faults) {
    return PathTableCheck(cache, folders, tree, faults).run(tables);
}

}  // namespace burnbox
