#include "common/bag/found_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/bag/bag.hpp"
#include "common/bag/sums.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

std::unexpected<Error> unclear(const FoundFolder& folder, const std::string& why) {
    return fail(Errc::corrupt, fmt::format("make out session {}: {}", escape(folder.identifier()), why));
}

const ManifestEntry* find(const FoundFolder& folder, std::string_view path) {
    const auto found = std::ranges::lower_bound(
        folder.entries, path, {}, [](const ManifestEntry& e) -> std::string_view { return e.path; });
    return found != folder.entries.end() && found->path == path ? &*found : nullptr;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::vector<std::string_view> columns_of(std::string_view line) {
    std::vector<std::string_view> columns;
    for (std::size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
        columns.push_back(line.substr(0, tab));
        line.remove_prefix(tab + 1);
    }
    columns.push_back(line);
    return columns;
}

// The inverse of escape(); what is no escape stays as it is.
std::string unescape(std::string_view text) {
    constexpr std::string_view kLetters = "nrt\\", kMeant = "\n\r\t\\";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
        const std::size_t letter = next == '\0' ? std::string_view::npos : kLetters.find(next);
        const auto byte = next == 'x' ? from_hex(text.substr(i + 2, 2)) : std::nullopt;
        if (letter != std::string_view::npos) {
            out += kMeant[letter];
            ++i;
        } else if (byte && byte->size() == 1) {
            out += *byte;
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

using Digests = std::map<std::string, Sha256, std::less<>>;

Result<Digests> digests_of(const std::string& list) {
    BB_TRY(const auto lines, parse_sums(list));
    Digests digests;
    for (const SumLine& line : lines) digests.emplace(line.path, line.sha256);
    return digests;
}

// A bag that burnbox made.
class OwnBag {
  public:
    OwnBag(const FoundFolder& folder, const ReadDiscFile& read) : folder_(folder), read_(read) {}

    [[nodiscard]] Result<SealedSession> run() {
        sealed_.account = folder_.account;
        sealed_.disc_name = folder_.disc_name;
        sealed_.sealed_at = find(folder_, "bagit.txt")->mtime;  // every tag file has the time of the seal
        BB_TRY(const std::string entries, read_tag("entries.jsonl"));
        BB_TRY(sealed_.manifest, parse_jsonl(entries, "data/"));
        BB_TRY(const std::string info, read_tag("bag-info.txt"));
        BB_CHECK(take_info(info));
        BB_TRY(const std::string tags, read_tag("tagmanifest-sha256.txt"));
        BB_TRY(tag_digests_, digests_of(tags));
        if (find(folder_, kNameNotesFile) != nullptr) {
            BB_TRY(const std::string notes, read_tag(std::string(kNameNotesFile)));
            BB_TRY(sealed_.name_notes, parse_name_notes_tsv(notes, "data/"));
        }
        BB_CHECK(take_marker());
        BB_CHECK(take_parity());
        for (const DiscEntry& entry : disc_entries(sealed_, Layout::bag, ModePolicy::readable))
            if (entry.path == folder_.identifier() + "/tagmanifest-sha256.txt" && entry.content == tags)
                return std::move(sealed_);
        return unclear(folder_, "its tag files are not those that burnbox makes");
    }

  private:
    [[nodiscard]] Result<std::string> read_tag(const std::string& name) {
        return read_(folder_.identifier() + "/" + name);
    }

    [[nodiscard]] Status take_info(const std::string& info) {
        constexpr std::string_view kAgent = "Bag-Software-Agent: burnbox ",
                                   kGroup = "Bag-Group-Identifier: ", kRemoved = "Removed-Since-Previous: ";
        sealed_.version.clear();
        std::string group;
        for (const std::string_view line : lines_of(info)) {
            if (line.starts_with(kAgent)) sealed_.version = line.substr(kAgent.size());
            if (line.starts_with(kGroup)) group = line.substr(kGroup.size());
            if (line.starts_with(kRemoved)) sealed_.removed.emplace_back(line.substr(kRemoved.size()));
        }
        if (sealed_.version.empty()) return unclear(folder_, "burnbox did not make its bag");
        return group.empty() ? Status() : take_part(group);
    }

    [[nodiscard]] Status take_part(const std::string& group) {
        BB_TRY(const std::string table, read_tag("parts.tsv"));
        Part part{
            .number = 0, .group = group, .whole = std::string(whole_disc_name(folder_.disc_name)), .all = {}};
        const auto lines = lines_of(table);
        for (std::size_t i = 1; i < lines.size(); ++i) {
            const auto columns = columns_of(lines[i]);
            const auto files = columns.size() == 6 ? parse_u64(columns[2]) : std::nullopt;
            const auto bytes = columns.size() == 6 ? parse_u64(columns[3]) : std::nullopt;
            if (!files || !bytes) return unclear(folder_, "parts.tsv can't be read");
            part.all.push_back({*files, *bytes, unescape(columns[4]), unescape(columns[5])});
        }
        for (unsigned number = 1; number <= part.count(); ++number)
            if (part_disc_name(part.whole, number, part.count()) == folder_.disc_name) part.number = number;
        if (part.number == 0) return unclear(folder_, "parts.tsv does not list it");
        sealed_.part = std::move(part);
        return {};
    }

    // marker/NAME, or marker/NAME.sha256 of one that was too large to be kept.
    [[nodiscard]] Status take_marker() {
        constexpr std::string_view kFolder = "marker/", kDigestEnd = ".sha256";
        for (const ManifestEntry& entry : folder_.entries) {
            if (!entry.path.starts_with(kFolder)) continue;
            BB_TRY(const std::string content, read_tag(entry.path));
            const std::string name = entry.path.substr(kFolder.size());
            const auto lines = parse_sums(content);
            const bool digest_only = name.ends_with(kDigestEnd) && lines && lines->size() == 1 &&
                                     lines->front().path + std::string(kDigestEnd) == name;
            if (digest_only)
                sealed_.marker = {lines->front().path, "", lines->front().sha256};
            else
                sealed_.marker = {name, content, Sha256::of(content)};
        }
        return {};
    }

    [[nodiscard]] Status take_parity() {
        constexpr std::string_view kFolder = "par2/", kNot = "par2/NOT-PROTECTED.txt";
        std::uint64_t bytes = 0;
        for (const ManifestEntry& entry : folder_.entries) {
            if (!entry.path.starts_with(kFolder) || entry.path == kNot) continue;
            const auto digest = tag_digests_.find(entry.path);
            if (digest == tag_digests_.end()) return unclear(folder_, "its recovery data is not listed");
            sealed_.parity.files.push_back(
                {entry.path.substr(kFolder.size()), entry.size_bytes, digest->second});
            bytes += entry.size_bytes;
        }
        if (sealed_.parity.files.empty()) return {};
        const std::uint64_t payload = std::max<std::uint64_t>(sealed_.manifest.payload_bytes(), 1);
        sealed_.parity.percent =
            static_cast<unsigned>(std::clamp<std::uint64_t>(bytes * 100 / payload, 1, 100));
        if (find(folder_, kNot) == nullptr) return {};
        BB_TRY(const std::string text, read_tag(std::string(kNot)));
        const std::size_t list = text.find("\n\n");
        if (list == std::string::npos) return unclear(folder_, "NOT-PROTECTED.txt can't be read");
        for (const std::string_view line : lines_of(std::string_view(text).substr(list + 2)))
            sealed_.parity.unprotected.push_back(unescape(line));
        return {};
    }

    const FoundFolder& folder_;
    const ReadDiscFile& read_;
    SealedSession sealed_{};
    Digests tag_digests_;
};

// The session's files as they lie there, with the digests that lists of the session say.
Result<SealedSession> plain_session(const FoundFolder& folder, const Digests& digests, Timestamp sealed_at,
                                    const ReadDiscFile& read) {
    SealedSession sealed{.account = folder.account,
                         .disc_name = folder.disc_name,
                         .sealed_at = sealed_at,
                         .marker = {},
                         .manifest = {folder.entries}};
    for (ManifestEntry& entry : sealed.manifest.entries) {
        if (entry.type != FileType::file) continue;
        const auto digest = digests.find(entry.path);
        if (digest != digests.end()) {
            entry.sha256 = digest->second;
            continue;
        }
        // A bag's tag files may be in no list, and its last list is in none.
        if (find(folder, "bagit.txt") == nullptr || entry.path.starts_with("data/"))
            return unclear(folder, fmt::format("no list has {}", escape(entry.path)));
        BB_TRY(const std::string content, read(folder.identifier() + "/" + entry.path));
        entry.sha256 = Sha256::of(content);
    }
    return sealed;
}

Result<SealedSession> with_list_beside(const FoundFolder& folder, const ReadDiscFile& read) {
    BB_TRY(const std::string list, read(folder.identifier() + ".SHA256SUMS"));
    BB_TRY(const Digests listed, digests_of(list));
    const std::string front = std::string(base_name(folder.disc_name)) + "/";
    Digests digests;
    for (const auto& [path, digest] : listed)
        if (path.starts_with(front)) digests.emplace(path.substr(front.size()), digest);
    BB_TRY(SealedSession sealed, plain_session(folder, digests, *folder.list_time, read));
    if (folder.notes_beside) {
        BB_TRY(const std::string notes, read(folder.identifier() + ".name-notes.tsv"));
        BB_TRY(sealed.name_notes, parse_name_notes_tsv(notes, front));
    }
    if (folder.removed_beside) {
        BB_TRY(const std::string removed, read(folder.identifier() + ".removed.txt"));
        for (const std::string_view line : lines_of(removed)) sealed.removed.emplace_back(line);
    }
    return sealed;
}

// One that was a bag when it came.
Result<SealedSession> own_bag_of_the_sender(const FoundFolder& folder, const ReadDiscFile& read) {
    Digests digests;
    for (const std::string name : {"manifest-sha256.txt", "tagmanifest-sha256.txt"}) {
        if (find(folder, name) == nullptr) continue;
        BB_TRY(const std::string list, read(folder.identifier() + "/" + name));
        BB_TRY(Digests listed, digests_of(list));
        digests.merge(listed);
    }
    return plain_session(folder, digests, folder.time, read);
}

}  // namespace

Result<SealedSession> sealed_session_of(const FoundFolder& folder, const ReadDiscFile& read) {
    if (folder.list_time) return with_list_beside(folder, read);
    if (find(folder, "bagit.txt") == nullptr)
        return unclear(folder, "it is no bag, and no list stands beside it");
    const bool ours = find(folder, "entries.jsonl") != nullptr && find(folder, "bag-info.txt") != nullptr;
    return ours ? OwnBag(folder, read).run() : own_bag_of_the_sender(folder, read);
}

}  // namespace burnbox
