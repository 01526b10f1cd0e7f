#include "common/session/parity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "common/session/json_line.hpp"
#include "common/session/part.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kMostRecordBytes = 1ULL << 30U;

std::unexpected<Error> damaged(std::size_t line, std::string_view why) {
    return fail(Errc::corrupt, fmt::format("recovery record line {}: {}", line, why));
}

constexpr std::array<std::pair<Layout, std::string_view>, 3> kLayouts = {
    {{Layout::bag, "bag"}, {Layout::plain, "plain"}, {Layout::root, "root"}}};

std::string_view word_of(Layout layout) {
    return std::ranges::find(kLayouts, layout, &decltype(kLayouts)::value_type::first)->second;
}

// A record of an earlier version has none.
std::optional<Layout> layout_of(std::string_view word) {
    if (word.empty()) return Layout::bag;
    const auto* const found = std::ranges::find(kLayouts, word, &decltype(kLayouts)::value_type::second);
    return found == kLayouts.end() ? std::nullopt : std::optional(found->first);
}

// One object of the record: the header, a file, or an unprotected path.
struct Line {
    std::optional<std::uint64_t> version, percent, lines, size_bytes;
    std::string name, unprotected, layout;
    std::optional<Sha256> sha256;
};

bool read_line(std::string_view text, Line& line) {
    JsonLineReader reader(text);
    while (const auto field = reader.next()) {
        if (field->key == "burnbox_recovery") line.version = field->number;
        if (field->key == "percent") line.percent = field->number;
        if (field->key == "layout") line.layout = field->text;
        if (field->key == "lines") line.lines = field->number;
        if (field->key == "name") line.name = field->text;
        if (field->key == "size") line.size_bytes = field->number;
        if (field->key == "sha256") line.sha256 = Sha256::parse(field->text);
        if (field->key == "unprotected") line.unprotected = field->text;
    }
    return reader.good();
}

}  // namespace

std::string to_parity_record(const Parity& parity) {
    std::string out;
    JsonLineWriter(out)
        .number("burnbox_recovery", kVersion)
        .number("percent", parity.percent)
        .text("layout", word_of(parity.layout))
        .number("lines", parity.files.size() + parity.unprotected.size())
        .end();
    for (const ParityFile& file : parity.files)
        JsonLineWriter(out)
            .text("name", file.name)
            .number("size", file.size_bytes)
            .text("sha256", file.sha256.hex())
            .end();
    for (const std::string& path : parity.unprotected) JsonLineWriter(out).text("unprotected", path).end();
    return out;
}

Result<Parity> parse_parity_record(std::string_view text) {
    Parity parity;
    std::uint64_t expected = 0;
    std::size_t number = 0;
    for (; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return damaged(number + 1, "it is cut off");
        Line line;
        if (!read_line(text.substr(0, end), line)) return damaged(number + 1, "it can't be read");
        text.remove_prefix(end + 1);
        if (number == 0) {
            const auto layout = layout_of(line.layout);
            if (line.version != kVersion || !line.percent || !line.lines || !layout)
                return damaged(1, "it is no header of a recovery record");
            parity.layout = *layout;
            parity.percent = static_cast<unsigned>(*line.percent);
            expected = *line.lines;
        } else if (!line.unprotected.empty()) {
            parity.unprotected.push_back(std::move(line.unprotected));
        } else {
            if (line.name.empty() || !line.size_bytes || !line.sha256)
                return damaged(number + 1, "something is missing");
            parity.files.push_back({std::move(line.name), *line.size_bytes, *line.sha256});
        }
    }
    if (number == 0 || number - 1 != expected) return damaged(number, "it is not whole");
    return parity;
}

std::string parity_record_path(const std::string& seal_id) {
    return fmt::format("seals/{}.recovery.jsonl", seal_id);
}

std::string parity_folder(const std::string& seal_id) {
    return join_path("recovery", seal_id);
}

Result<Parity> read_parity(FileSystem& state_fs, const std::string& seal_id) {
    auto text = read_file(state_fs, parity_record_path(seal_id), kMostRecordBytes);
    if (text) return parse_parity_record(*text);
    if (text.error().code == Errc::not_found) return Parity{};
    return std::unexpected(std::move(text).error());
}

Status remove_parity_files(FileSystem& state_fs, const std::string& seal_id) {
    return remove_tree(state_fs, parity_folder(seal_id));
}

void remove_seal_records(FileSystem& state_fs, const std::string& seal_id) {
    const auto remove = [&](const std::string& id) {
        (void)state_fs.remove(fmt::format("seals/{}.jsonl", id));
        (void)state_fs.remove(parity_record_path(id));
        (void)remove_parity_files(state_fs, id);
    };
    remove(seal_id);
    for (unsigned number = 1; state_fs.info(fmt::format("seals/{}.jsonl", part_seal_id(seal_id, number)));
         ++number)
        remove(part_seal_id(seal_id, number));
}

}  // namespace burnbox
