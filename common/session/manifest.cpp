#include "common/session/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/text.hpp"
#include "common/base/time_range.hpp"
#include "common/session/json_line.hpp"

namespace burnbox {
namespace {

struct TypeName {
    FileType type;
    std::string_view name;
};
constexpr std::array kTypes = {TypeName{FileType::file, "file"}, TypeName{FileType::folder, "folder"},
                               TypeName{FileType::symlink, "symlink"}};

std::string_view type_name(FileType type) {
    const auto found = std::ranges::find(kTypes, type, &TypeName::type);
    return found == kTypes.end() ? "other" : found->name;
}

std::array<char, 4> octal(std::uint32_t mode) {
    std::array<char, 4> text{};
    for (std::size_t i = 0; i < 4; ++i) text[3 - i] = static_cast<char>('0' + (mode >> (3 * i) & 7U));
    return text;
}

std::string_view view(const auto& characters) {
    return {characters.data(), characters.size()};
}

void append_entry(std::string& out, const ManifestEntry& entry, std::string_view prefix) {
    JsonLineWriter line(out);
    line.text("path", prefix, entry.path)
        .text("type", type_name(entry.type))
        .text("mode", view(octal(entry.mode)));
    line.number("uid", entry.uid).number("gid", entry.gid).text("mtime", view(to_exact_iso8601(entry.mtime)));
    if (entry.type == FileType::file)
        line.number("size", entry.size_bytes).text("sha256", entry.sha256.hex());
    if (entry.type == FileType::symlink) line.text("target", entry.link_target);
    if (!entry.source.empty()) line.text("source_hex", to_hex(entry.source));
    line.end();
}

bool set_path(ManifestEntry& entry, std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    entry.path = text.substr(prefix.size());
    return !entry.path.empty();
}

bool set_field(ManifestEntry& entry, const JsonLineReader::Field& field, std::string_view prefix) {
    const std::string_view key = field.key;
    if (key == "path") return set_path(entry, field.text, prefix);
    if (key == "type") {
        const auto type = std::ranges::find(kTypes, field.text, &TypeName::name);
        if (type != kTypes.end()) entry.type = type->type;
        return type != kTypes.end();
    }
    if (key == "mode") {
        const char* const end = field.text.data() + field.text.size();
        const auto result = std::from_chars(field.text.data(), end, entry.mode, 8);
        return result.ec == std::errc() && result.ptr == end && entry.mode <= 07777;
    }
    if (key == "uid")
        return entry.uid = static_cast<std::uint32_t>(field.number.value_or(0)), field.number.has_value();
    if (key == "gid")
        return entry.gid = static_cast<std::uint32_t>(field.number.value_or(0)), field.number.has_value();
    if (key == "size") return entry.size_bytes = field.number.value_or(0), field.number.has_value();
    if (key == "mtime") {
        const auto time = parse_iso8601(field.text);
        entry.mtime = time.value_or(Timestamp());
        return time.has_value();
    }
    if (key == "sha256") {
        const auto digest = Sha256::parse(field.text);
        entry.sha256 = digest.value_or(Sha256());
        return digest.has_value();
    }
    if (key == "source_hex") {
        auto source = from_hex(field.text);
        entry.source = source.value_or(std::string());
        return source.has_value();
    }
    if (key == "target") entry.link_target = field.text;
    return true;  // a later version's key
}

// False when the line is no entry or lacks something that an entry of its type must have.
bool parse_entry(std::string_view line, std::string_view prefix, ManifestEntry& entry) {
    JsonLineReader reader(line);
    bool has_type = false, has_size = false, has_digest = false, has_target = false;
    while (const auto field = reader.next()) {
        if (!set_field(entry, *field, prefix)) return false;
        has_type = has_type || field->key == "type";
        has_size = has_size || field->key == "size";
        has_digest = has_digest || field->key == "sha256";
        has_target = has_target || field->key == "target";
    }
    if (!reader.good() || entry.path.empty() || !has_type) return false;
    if (entry.type == FileType::file) return has_size && has_digest;
    return entry.type != FileType::symlink || has_target;
}

}  // namespace

ManifestEntry to_manifest_entry(std::string path, const FileInfo& info, std::string link_target) {
    ManifestEntry entry{.path = std::move(path),
                        .type = info.type,
                        .mode = info.mode,
                        .uid = info.uid,
                        .gid = info.gid,
                        .mtime = info.mtime,
                        .link_target = std::move(link_target)};
    if (info.type == FileType::file) entry.size_bytes = info.size_bytes;
    return entry;
}

std::uint64_t Manifest::payload_bytes() const {
    std::uint64_t bytes = 0;
    for (const ManifestEntry& entry : entries)
        if (entry.type == FileType::file) bytes += entry.size_bytes;
    return bytes;
}

std::uint64_t Manifest::files_count() const {
    return static_cast<std::uint64_t>(std::ranges::count(entries, FileType::file, &ManifestEntry::type));
}

Sha256 Manifest::content_digest() const {
    Sha256Hasher hasher;
    std::string
        record;  // NUL ends every text, which none of them can contain: no two manifests give the same bytes
    for (const ManifestEntry& entry : entries) {
        record.clear();
        record.append(type_name(entry.type)).push_back('\0');
        record.append(entry.path).push_back('\0');
        if (entry.type == FileType::file) {
            record.append(std::to_string(entry.size_bytes)).push_back('\0');
            record.append(entry.sha256.hex()).push_back('\0');
        } else if (entry.type == FileType::symlink) {
            record.append(entry.link_target).push_back('\0');
        }
        hasher.update(record);
    }
    return hasher.finish();
}

const ManifestEntry* Manifest::find(std::string_view path) const {
    const auto found = std::ranges::lower_bound(
        entries, path, {}, [](const ManifestEntry& e) -> std::string_view { return e.path; });
    return found != entries.end() && found->path == path ? &*found : nullptr;
}

std::string to_jsonl(const Manifest& manifest, std::string_view prefix) {
    std::string out;
    out.reserve(manifest.entries.size() * 256);
    for (const ManifestEntry& entry : manifest.entries) append_entry(out, entry, prefix);
    return out;
}

Result<Manifest> parse_jsonl(std::string_view text, std::string_view prefix) {
    Manifest manifest;
    manifest.entries.reserve(static_cast<std::size_t>(std::ranges::count(text, '\n')));
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        // Without its newline the last line was cut off, whatever it looks like.
        if (end == std::string_view::npos)
            return fail(Errc::corrupt, fmt::format("line {}: it is cut off", number));
        ManifestEntry entry;
        if (!parse_entry(text.substr(0, end), prefix, entry))
            return fail(Errc::corrupt, fmt::format("line {}: it is no manifest entry", number));
        if (!manifest.entries.empty() && manifest.entries.back().path >= entry.path)
            return fail(Errc::corrupt, fmt::format("line {}: the entries are not in order", number));
        manifest.entries.push_back(std::move(entry));
        text.remove_prefix(end + 1);
    }
    return manifest;
}

}  // namespace burnbox
