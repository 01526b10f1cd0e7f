#include "server/refusal/taken_names.hpp"

#include <algorithm>

#include "common/session/names.hpp"
#include "common/storage/durable_file.hpp"
#include "server/refusal/seal_refusal.hpp"
#include "server/rules/marker_rule.hpp"

namespace burnbox::upload {
namespace {

constexpr std::string_view kSuffix = ".refused";
constexpr std::size_t kMostBytes = 1U << 20U;

// "BURN" of "BURN.refused" and of "BURN-2.refused".
bool was_a_marker(const SessionConfig& config, std::string_view name) {
    name.remove_suffix(kSuffix.size());
    if (is_marker_name(config, name)) return true;
    const std::size_t dash = name.rfind('-');
    return dash != std::string_view::npos && is_marker_name(config, name.substr(0, dash));
}

}  // namespace

RefusalFile find_refusal_file(FileSystem& fs, const std::string& top) {
    const auto text = read_file(fs, join_path(top, kRefusedText), kMostBytes);
    if (!text) return text.error().code == Errc::not_found ? RefusalFile::none : RefusalFile::another;
    return is_refused_text(*text) ? RefusalFile::burnbox : RefusalFile::another;
}

std::string refusal_reason(FileSystem& fs, const std::string& top) {
    const auto text = read_file(fs, join_path(top, kRefusedText), kMostBytes);
    return text ? reason_in_refusal(*text) : std::string();
}

Result<std::vector<std::string>> taken_names(FileSystem& fs, const std::string& top,
                                             const SessionConfig& config) {
    BB_TRY(const auto entries, list_folder(fs, top));
    const bool refused_before = find_refusal_file(fs, top) == RefusalFile::burnbox;
    std::vector<std::string> taken;
    for (const DirEntry& entry : entries) {
        if (!is_own_file(entry.name)) continue;
        if (entry.type == FileType::folder && entry.name.ends_with(kSuffix)) continue;  // in nobody's way
        if (entry.name == kRefusedText && refused_before) continue;
        if (entry.name.ends_with(kSuffix)) {
            if (refused_before || was_a_marker(config, entry.name)) continue;
            BB_TRY(const FileInfo info, fs.info(join_path(top, entry.name)));
            if (info.size_bytes == 0) continue;
        }
        taken.push_back(entry.name);
    }
    std::ranges::sort(taken);
    return taken;
}

}  // namespace burnbox::upload
