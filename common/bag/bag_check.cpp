#include "common/bag/bag_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "common/bag/bag_paths.hpp"
#include "common/bag/listed_digest.hpp"
#include "common/base/text.hpp"
#include "common/session/payload_links.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostNamed = 5;  // in a message

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kSha256 = "sha256";

// Lines of a tag file: LF, CR or CRLF ends them (RFC 8493 2.1.1). Some programs of Windows put a byte order
// mark before them.
std::vector<std::string_view> lines_of(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        if (end > 0) lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

class Names {
  public:
    void add(std::string_view name) {
        if (count_++ < kMostNamed) text_ += (text_.empty() ? "" : ", ") + escape(name);
    }
    [[nodiscard]] std::string text() const {
        return count_ <= kMostNamed ? text_ : fmt::format("{} and {} more", text_, count_ - kMostNamed);
    }

  private:
    std::string text_;
    std::size_t count_ = 0;
};

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
    return lower;
}

class BagCheck {
  public:
    BagCheck(const Manifest& manifest, const BagFiles& files, const std::string& folder)
        : manifest_(manifest), files_(files), folder_(folder) {}

    Status run() {
        BB_CHECK(check_declaration());
        const ManifestEntry* const data = manifest_.find(in_bag("data"));
        if (data == nullptr || data->type != FileType::folder) return bad("it has no folder data");
        std::vector<List> lists = lists_named("manifest-", true);
        if (lists.empty())
            return bad("it has no manifest-ALGORITHM.txt, as manifest-sha512.txt or manifest-sha256.txt");
        // It finds names by what is in the files, which is known of it.
        std::ranges::stable_partition(lists, [](const List& list) { return list.algorithm == kSha256; });
        for (List& tags : lists_named("tagmanifest-", false)) lists.push_back(std::move(tags));
        for (const List& list : lists) BB_CHECK(check_list(list));
        return check_oxum();
    }

  private:
    // A manifest or tag manifest.
    struct List {
        std::string name;
        std::string algorithm;  // in lower case
        bool payload = false;
    };

    [[nodiscard]] std::vector<List> lists_named(std::string_view front, bool payload) const {
        constexpr std::string_view kEnd = ".txt";
        std::vector<List> lists;
        for (const ManifestEntry& entry : manifest_.entries) {
            if (parent_path(entry.path) != folder_ || content_of(entry) == nullptr) continue;
            const std::string_view name = base_name(entry.path);
            if (!name.starts_with(front) || !name.ends_with(kEnd) ||
                name.size() <= front.size() + kEnd.size())
                continue;
            const auto algorithm = name.substr(front.size(), name.size() - front.size() - kEnd.size());
            lists.push_back({std::string(name), lower_case(algorithm), payload});
        }
        return lists;
    }

    [[nodiscard]] std::string in_bag(std::string_view path) const { return join_path(folder_, path); }

    // The file at a path of the bag, through links of the session; nullptr when there is none.
    [[nodiscard]] const ManifestEntry* file_in_bag(std::string_view path) const {
        const ManifestEntry* const entry = manifest_.find(in_bag(path));
        return entry == nullptr ? nullptr : content_of(*entry);
    }

    // The file that is read when this entry is opened; nullptr when none is.
    [[nodiscard]] const ManifestEntry* content_of(const ManifestEntry& entry) const {
        if (entry.type == FileType::folder) return nullptr;
        return entry.type == FileType::symlink ? linked_file(manifest_, entry) : &entry;
    }

    [[nodiscard]] std::unexpected<Error> bad(std::string_view why) const {
        return fail(Errc::invalid,
                    fmt::format("{} a BagIt bag (bagit.txt), but not a valid one: {}",
                                folder_.empty() ? "this session is" : escape(folder_) + " is", why));
    }

    Status check_declaration() {  // RFC 8493 2.1.1
        BB_TRY(const std::string text, files_.read_text(in_bag("bagit.txt")));
        const auto lines = lines_of(text);
        if (text.starts_with(kByteOrderMark)) return bad("bagit.txt must not begin with a byte order mark");
        const bool good = lines.size() == 2 && lines[0].starts_with("BagIt-Version: ") &&
                          lines[1].starts_with("Tag-File-Character-Encoding: ");
        if (!good)
            return bad("bagit.txt must be the two lines BagIt-Version and Tag-File-Character-Encoding");
        if (lines[1] != "Tag-File-Character-Encoding: UTF-8") return bad("its tag files must be UTF-8");
        return {};
    }

    // What it lists is there and has the digest, and for payload nothing else is. Paths are meant as the
    // standard says, or else as they stand.
    Status check_list(const List& list) {
        if (!is_known_algorithm(list.algorithm))
            return bad(
                fmt::format("{} has digests of {}, which can't be checked here; remove that file, or list "
                            "the digests of another algorithm, as sha512",
                            escape(list.name), escape(list.algorithm)));
        BB_TRY(const std::string text, files_.read_text(in_bag(list.name)));
        BB_TRY(auto lines, lines_of_list(list, text));
        BB_CHECK(take_digests(list, lines));
        Findings findings = compare(lines, list);
        if (findings.good()) return {};
        for (Line& line : lines) std::ranges::reverse(line.readings);
        if (compare(lines, list).good()) return {};
        return report(findings, list.name);
    }

    struct Line {
        std::vector<std::string> readings;
        std::string digest;  // in lower case
    };

    // Of every file that the list may mean.
    Status take_digests(const List& list, const std::vector<Line>& lines) {
        digests_.clear();
        for (const Line& line : lines)
            for (const std::string& reading : line.readings) {
                const ManifestEntry* const entry = manifest_.find(in_bag(reading));
                if (entry != nullptr) BB_CHECK(take_digest(list, content_of(*entry)));
            }
        if (!list.payload) return {};
        Status taken;
        each_payload_file([&](const ManifestEntry& entry) {
            if (taken) taken = take_digest(list, &entry);
        });
        return taken;
    }

    Status take_digest(const List& list, const ManifestEntry* file) {
        if (file == nullptr || digests_.contains(file)) return {};
        if (list.algorithm == kSha256) {
            digests_.emplace(file, file->sha256.hex());
            return {};
        }
        BB_TRY(std::string digest, files_.digest(*file, list.algorithm));
        digests_.emplace(file, std::move(digest));
        return {};
    }

    [[nodiscard]] bool has_digest(const ManifestEntry& entry, const Line& line) const {
        const auto known = digests_.find(content_of(entry));
        return known != digests_.end() && known->second == line.digest;
    }

    struct Findings {
        std::vector<const Line*> missing, different;
        std::vector<const ManifestEntry*> unlisted;
        [[nodiscard]] bool good() const { return missing.empty() && different.empty() && unlisted.empty(); }
    };

    Result<std::vector<Line>> lines_of_list(const List& list, std::string_view text) const {
        const std::string& name = list.name;
        std::vector<Line> lines;
        for (const std::string_view line : lines_of(text)) {
            const std::size_t gap = line.find_first_of(" \t");
            if (gap == std::string_view::npos) return bad(fmt::format("{} has a line without a path", name));
            const auto path = line.substr(std::min(line.find_first_not_of(" \t", gap), line.size()));
            Line read{.readings = readings_of(path), .digest = lower_case(line.substr(0, gap))};
            if (list.payload)
                std::erase_if(read.readings,
                              [](const std::string& reading) { return !reading.starts_with("data/"); });
            if (read.readings.empty()) return bad(fmt::format("{} lists {}", name, escape(path)));
            lines.push_back(std::move(read));
        }
        return lines;
    }

    // The entry that a line means: of those that are there the one whose content fits, else the first.
    [[nodiscard]] const ManifestEntry* meant_by(const Line& line) const {
        const ManifestEntry* first = nullptr;
        for (const std::string& reading : line.readings) {
            const auto alias = aliases_.find(reading);
            const ManifestEntry* const entry =
                alias != aliases_.end() ? alias->second : manifest_.find(in_bag(reading));
            if (entry == nullptr || content_of(*entry) == nullptr) continue;
            if (has_digest(*entry, line)) return entry;
            if (first == nullptr) first = entry;
        }
        return first;
    }

    Findings compare(const std::vector<Line>& lines, const List& list) {
        Findings findings;
        std::vector<const ManifestEntry*> listed;
        for (const Line& line : lines) {
            const ManifestEntry* const entry = meant_by(line);
            if (entry == nullptr)
                findings.missing.push_back(&line);
            else if (!has_digest(*entry, line))
                findings.different.push_back(&line);
            listed.push_back(entry);
        }
        if (!list.payload) return findings;
        std::ranges::sort(listed);
        each_payload_file([&](const ManifestEntry& entry) {
            if (!std::ranges::binary_search(listed, &entry)) findings.unlisted.push_back(&entry);
        });
        pair_by_content(findings);
        return findings;
    }

    // Names in another normal form of Unicode: the file that is not listed and has the digest of one that is
    // missing.
    void pair_by_content(Findings& findings) {
        std::erase_if(findings.missing, [&](const Line* line) {
            const auto same = std::ranges::find_if(findings.unlisted, [&](const ManifestEntry* entry) {
                return has_digest(*entry, *line) &&
                       may_be_same_letters(in_bag(line->readings.front()), entry->path);
            });
            if (same == findings.unlisted.end()) return false;
            aliases_.emplace(line->readings.front(), *same);
            findings.unlisted.erase(same);
            return true;
        });
    }

    [[nodiscard]] Status report(const Findings& findings, const std::string& name) const {
        const auto names_of = [](const std::vector<const Line*>& lines) {
            Names names;
            for (const Line* line : lines) names.add(line->readings.front());
            return names.text();
        };
        if (!findings.missing.empty())
            return bad(fmt::format("{} lists files that are not there: {}{}", name,
                                   names_of(findings.missing),
                                   file_in_bag("fetch.txt") == nullptr
                                       ? ""
                                       : "; fetch what fetch.txt names before you send the bag"));
        if (!findings.different.empty())
            return bad(fmt::format("files differ from {}: {}", name, names_of(findings.different)));
        Names unlisted;
        for (const ManifestEntry* entry : findings.unlisted) unlisted.add(entry->path);
        return bad(fmt::format("{} does not list {}", name, unlisted.text()));
    }

    void each_payload_file(const auto& visit) const {
        const std::string front = in_bag("data/");
        for (const ManifestEntry& entry : manifest_.entries)
            if (entry.type == FileType::file && entry.path.starts_with(front)) visit(entry);
    }

    // bag-info.txt is optional, and so is its Payload-Oxum (RFC 8493 2.2.2).
    Status check_oxum() {
        if (file_in_bag("bag-info.txt") == nullptr) return {};
        BB_TRY(const std::string text, files_.read_text(in_bag("bag-info.txt")));
        constexpr std::string_view kLabel = "Payload-Oxum:";
        for (std::string_view line : lines_of(text)) {
            if (!line.starts_with(kLabel)) continue;
            line.remove_prefix(std::min(line.find_first_not_of(" \t", kLabel.size()), line.size()));
            if (line != oxum(false) && line != oxum(true))
                return bad(fmt::format("bag-info.txt says Payload-Oxum {}, data holds {}", escape(line),
                                       oxum(false)));
        }
        return {};
    }

    // Some programs count what links lead to, some do not.
    [[nodiscard]] std::string oxum(bool with_links) const {
        std::uint64_t bytes = 0, count = 0;
        const auto add = [&](const ManifestEntry& file) { bytes += file.size_bytes, ++count; };
        each_payload_file(add);
        const std::string front = in_bag("data/");
        for (const ManifestEntry& entry : manifest_.entries) {
            if (!with_links || entry.type != FileType::symlink || !entry.path.starts_with(front)) continue;
            if (const ManifestEntry* const file = linked_file(manifest_, entry)) add(*file);
        }
        return fmt::format("{}.{}", bytes, count);
    }

    const Manifest& manifest_;
    const BagFiles& files_;
    const std::string& folder_;
    std::map<std::string, const ManifestEntry*> aliases_;  // listed path -> the entry with another name
    std::map<const ManifestEntry*, std::string> digests_;  // of the list that is checked
};

}  // namespace

Status check_own_bag(const Manifest& manifest, const BagFiles& files, const std::string& folder) {
    return BagCheck(manifest, files, folder).run();
}

std::string only_bag_folder(const Manifest& manifest) {
    if (manifest.entries.empty() || manifest.entries.front().type != FileType::folder) return {};
    const std::string& folder = manifest.entries.front().path;
    const bool only = std::ranges::none_of(manifest.entries, [&](const ManifestEntry& entry) {
        return entry.path.find('/') == std::string::npos && entry.path != folder;
    });
    const ManifestEntry* const declaration = manifest.find(folder + "/bagit.txt");
    return only && declaration != nullptr && declaration->type == FileType::file ? folder : std::string();
}

}  // namespace burnbox
