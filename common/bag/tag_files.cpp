#include "common/bag/tag_files.hpp"

#include <fmt/format.h>

#include "common/bag/disc_paths.hpp"
#include "common/base/text.hpp"
#include "common/session/payload_links.hpp"

namespace burnbox {
namespace {

// RFC 8493 2.1.3: LF, CR and '%' are percent-encoded in manifests, nothing else.
void append_bag_path(std::string& out, std::string_view path) {
    for (const char c : path) {
        if (c == '%')
            out += "%25";
        else if (c == '\n')
            out += "%0A";
        else if (c == '\r')
            out += "%0D";
        else
            out += c;
    }
}

}  // namespace

void append_manifest_line(std::string& out, const Sha256& digest, std::string_view prefix,
                          std::string_view path) {
    out.append(digest.hex()).append("  ").append(prefix);
    append_bag_path(out, path);
    out += '\n';
}

Payload payload_manifest(const Manifest& manifest) {
    Payload payload;
    payload.manifest.reserve(manifest.entries.size() * 128);
    for (const ManifestEntry& entry : manifest.entries) {
        const ManifestEntry* file = nullptr;
        if (entry.type == FileType::file) file = &entry;
        if (entry.type == FileType::symlink) file = linked_file(manifest, entry);
        if (file == nullptr) continue;
        append_manifest_line(payload.manifest, file->sha256, "data/", entry.path);
        payload.bytes += file->size_bytes;
        ++payload.count;
    }
    return payload;
}

std::string bag_info(const SealedSession& session, const Payload& payload) {
    std::string text;
    if (session.part)
        text = fmt::format("Bag-Count: {} of {}\nBag-Group-Identifier: {}\n", session.part->number,
                           session.part->count(), session.part->group);
    text += fmt::format(
        "Bag-Software-Agent: burnbox {}\nBagging-Date: {}\nExternal-Identifier: {}\nPayload-Oxum: {}.{}\n",
        session.version, to_iso8601(session.sealed_at).substr(0, 10), session.identifier(), payload.bytes,
        payload.count);
    for (const std::string& path : session.removed)
        text.append("Removed-Since-Previous: ").append(path).append("\n");
    return text;
}

// GNU coreutils: a line whose name has a backslash or a newline begins with a backslash and has them as
// \\ and \n.
void append_sums_line(std::string& out, const Sha256& digest, std::string_view prefix,
                      std::string_view path) {
    const auto special = [](std::string_view text) {
        return text.find_first_of("\\\n\r") != std::string_view::npos;
    };
    if (!special(prefix) && !special(path)) {
        out.append(digest.hex()).append("  ").append(prefix).append(path).append("\n");
        return;
    }
    out.append("\\").append(digest.hex()).append("  ");
    for (const std::string_view part : {prefix, path}) {
        for (const char c : part) {
            if (c == '\\')
                out += "\\\\";
            else if (c == '\n')
                out += "\\n";
            else if (c == '\r')
                out += "\\r";
            else
                out += c;
        }
    }
    out += '\n';
}

std::string not_protected_text(const Parity& parity) {
    std::string text =
        "The recovery data does not protect these files: the program par2 can't hold their names. A path\n"
        "per line, control characters and backslashes as in C.\n\n";
    for (const std::string& path : parity.unprotected) text += escape_controls(path) + '\n';
    return text;
}

std::string names_tsv(const Manifest& manifest, std::string_view prefix) {
    std::string out;
    for (const ManifestEntry& entry : manifest.entries)
        if (!entry.source.empty())
            out += names_line(std::string(prefix) + entry.path, std::string(prefix) + entry.source);
    return out;
}

}  // namespace burnbox
