#include "burner/parity/percent_of_sets.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "burner/parity/par2_reader.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr unsigned kMostPercent = 100;

// "set-0001.vol000+10.par2" has 10 of them, "set-0001.par2" none.
std::uint64_t recovery_blocks_in(std::string_view name) {
    const std::size_t count = name.find('+');
    if (count == std::string_view::npos) return 0;
    const std::string_view rest = name.substr(count + 1);
    return parse_u64(rest.substr(0, rest.find('.'))).value_or(0);
}

// 0: the index does not list all files.
std::uint64_t source_blocks_in(const std::string& index) {
    Par2Reader reader;
    reader.add(std::as_bytes(std::span(index)));
    reader.gap();
    const auto files = reader.files();
    if (files.size() != reader.files_count()) return 0;
    std::uint64_t blocks = 0;
    for (const Par2Reader::ProtectedFile& file : files) blocks += file.blocks.size();
    return blocks;
}

}  // namespace

std::optional<unsigned> percent_of_sets(const std::vector<ParityFile>& files, const ReadIndex& index) {
    std::map<std::string, std::uint64_t> recovery;  // by the index's name
    for (const ParityFile& file : files)
        recovery[file.name.substr(0, file.name.find('.')) + ".par2"] += recovery_blocks_in(file.name);
    std::uint64_t least = 1, most = kMostPercent;
    for (const auto& [name, blocks] : recovery) {
        const auto content = index(name);
        const std::uint64_t source = content ? source_blocks_in(*content) : 0;
        if (source == 0 || blocks == 0 || blocks > source) return std::nullopt;
        least = std::max(least, (blocks - 1) * kMostPercent / source + 1);
        most = std::min(most, blocks * kMostPercent / source);
    }
    for (const std::uint64_t step : {10U, 5U, 1U}) {
        const std::uint64_t round = (least + step - 1) / step * step;
        if (round <= most) return static_cast<unsigned>(round);
    }
    return std::nullopt;
}

}  // namespace burnbox
