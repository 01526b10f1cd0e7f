// The manifest: every entry of a sealed session. It is written once, at the seal, and is what the disc is
// compared with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/digest.hpp"
#include "common/base/error.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

struct ManifestEntry {
    std::string path;                // relative to the session folder, '/' between components
    FileType type = FileType::file;  // file, folder or symlink
    std::uint32_t mode = 0;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    Timestamp mtime{};
    std::uint64_t size_bytes = 0;  // files only
    Sha256 sha256{};               // files only
    std::string link_target{};     // symlinks only
    std::string source{};  // the path in the session folder when a disc can't hold it: any bytes; "" = path

    [[nodiscard]] const std::string& staged_path() const { return source.empty() ? path : source; }

    bool operator==(const ManifestEntry&) const = default;
};

// Of what lies at a place; a file without its digest.
[[nodiscard]] ManifestEntry to_manifest_entry(std::string path, const FileInfo& info,
                                              std::string link_target);

struct Manifest {
    std::vector<ManifestEntry> entries;  // sorted by path, bytewise; a folder stands before what is in it

    [[nodiscard]] std::uint64_t payload_bytes() const;
    [[nodiscard]] std::uint64_t files_count() const;
    // SHA-256 over type, path, size, digest and link target of every entry: equal content has an equal
    // digest, whatever its times and modes.
    [[nodiscard]] Sha256 content_digest() const;
    [[nodiscard]] const ManifestEntry* find(std::string_view path) const;

    bool operator==(const Manifest&) const = default;
};

// entries.jsonl: one JSON object a line, every path preceded by `prefix` ("" or "data/"). Format:
// docs/design.md.
[[nodiscard]] std::string to_jsonl(const Manifest& manifest, std::string_view prefix);
// The inverse. Errors: Errc::corrupt with the line's number.
[[nodiscard]] Result<Manifest> parse_jsonl(std::string_view text, std::string_view prefix);

}  // namespace burnbox
