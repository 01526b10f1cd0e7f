#include "common/session/name_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "common/base/some_names.hpp"
#include "common/base/text.hpp"
#include "common/session/joliet_names.hpp"

namespace burnbox {
namespace {

constexpr std::string_view kColumns = "reader\tpath\tshown\n";
constexpr std::size_t kLinuxBytes = 253;  // fs/isofs/rock.c: from 254 on the name ends before a piece of it
constexpr std::size_t kMostNamed = 2;     // in a sentence

// Linux takes 4,095 bytes of a path at once; the session's folder on the disc, and where that is mounted,
// stand before it.
constexpr std::size_t kPathBytes = 3800;

std::vector<NameNote> paths_too_long(const Manifest& manifest) {
    std::vector<NameNote> notes;
    for (const ManifestEntry& entry : manifest.entries)
        if (entry.path.size() > kPathBytes)
            notes.push_back({.reader = NameReader::by_path, .path = entry.path, .shown = {}});
    return notes;
}

std::string sentence_on(const std::vector<NameNote>& notes, NameReader reader, std::string_view what) {
    std::vector<NameNote> of_reader;
    std::ranges::copy_if(notes, std::back_inserter(of_reader),
                         [&](const NameNote& note) { return note.reader == reader; });
    if (of_reader.empty()) return {};
    return fmt::format("{}: {}", what, some_paths(of_reader, kMostNamed));
}

std::string_view take_until(std::string_view& text, char end) {
    const std::string_view part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

std::vector<NameNote> names_changed_in_joliet(const Manifest& manifest) {
    std::unordered_map<std::string_view, std::vector<const ManifestEntry*>> folders;
    for (const ManifestEntry& entry : manifest.entries) folders[parent_path(entry.path)].push_back(&entry);
    std::vector<NameNote> notes;
    for (const auto& [folder, entries] : folders) {
        std::vector<NameInFolder> names;
        names.reserve(entries.size());
        for (const ManifestEntry* entry : entries)
            names.push_back({.name = base_name(entry->path),
                             .folder = entry->type == FileType::folder,
                             .in_joliet = entry->type != FileType::symlink});
        const std::vector<JolietName> joliet = joliet_names(names);
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (names[i].in_joliet && !joliet[i].shown.empty())
                notes.push_back(
                    {.reader = NameReader::joliet, .path = entries[i]->path, .shown = joliet[i].shown});
    }
    std::ranges::sort(notes, {}, &NameNote::path);
    return notes;
}

constexpr std::pair<NameReader, std::string_view> kReaders[] = {
    {NameReader::joliet, "joliet"}, {NameReader::linux_kernel, "linux"}, {NameReader::by_path, "path"}};

}  // namespace

std::string_view to_string(NameReader reader) {
    return std::ranges::find(kReaders, reader, &std::pair<NameReader, std::string_view>::first)->second;
}

std::optional<NameReader> parse_name_reader(std::string_view word) {
    for (const auto& [reader, name] : kReaders)
        if (name == word) return reader;
    return std::nullopt;
}

std::vector<NameNote> name_notes_of(const Manifest& manifest) {
    std::vector<NameNote> notes = names_changed_in_joliet(manifest);
    std::ranges::move(names_cut_by_linux(manifest), std::back_inserter(notes));
    std::ranges::move(paths_too_long(manifest), std::back_inserter(notes));
    return notes;
}

std::vector<NameNote> names_cut_by_linux(const Manifest& manifest) {
    std::vector<NameNote> notes;
    for (const ManifestEntry& entry : manifest.entries)
        if (base_name(entry.path).size() > kLinuxBytes)
            notes.push_back({.reader = NameReader::linux_kernel, .path = entry.path, .shown = {}});
    return notes;
}

std::string name_notes_tsv(const std::vector<NameNote>& notes, std::string_view prefix) {
    if (notes.empty()) return {};
    std::string text(kColumns);
    for (const NameNote& note : notes)
        text.append(to_string(note.reader))
            .append("\t")
            .append(prefix)
            .append(note.path)
            .append("\t")
            .append(note.shown)
            .append("\n");
    return text;
}

Result<std::vector<NameNote>> parse_name_notes_tsv(std::string_view text, std::string_view prefix) {
    const auto bad = [] { return fail(Errc::corrupt, fmt::format("{}: it is damaged", kNameNotesFile)); };
    if (!text.starts_with(kColumns) || !text.ends_with('\n')) return bad();
    text.remove_prefix(kColumns.size());
    std::vector<NameNote> notes;
    while (!text.empty()) {
        std::string_view line = take_until(text, '\n');
        const auto reader = parse_name_reader(take_until(line, '\t'));
        const std::string_view path = take_until(line, '\t');
        if (!reader || !path.starts_with(prefix) || path.size() == prefix.size()) return bad();
        notes.push_back(
            {.reader = *reader, .path = std::string(path.substr(prefix.size())), .shown = std::string(line)});
    }
    return notes;
}

std::string name_notes_sentence(const std::vector<NameNote>& notes) {
    const std::string cut = sentence_on(
        notes, NameReader::linux_kernel,
        "names of 254 and 255 bytes are cut off where Linux mounts the disc; xorriso shows them whole");
    const std::string deep =
        sentence_on(notes, NameReader::by_path,
                    "most programs can't be given paths of such a length; bsdtar unpacks them");
    return cut + (cut.empty() || deep.empty() ? "" : "; ") + deep;
}

}  // namespace burnbox
