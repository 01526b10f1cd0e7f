#include "common/session/bag_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/base/text.hpp"
#include "common/session/payload_links.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostNamed = 5;  // in a message

// Lines of a tag file: LF, CR or CRLF ends them (RFC 8493 2.1.1).
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        if (end > 0) lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// %0A, %0D and %25, in either case; anything else stays as it is.
std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view code = text.substr(i, 3);
        if (code == "%25")
            out += '%';
        else if (code == "%0A" || code == "%0a")
            out += '\n';
        else if (code == "%0D" || code == "%0d")
            out += '\r';
        else {
            out += text[i];
            continue;
        }
        i += 2;
    }
    return out;
}

class Names {
  public:
    void add(std::string_view name) {
        if (count_++ < kMostNamed) text_ += (text_.empty() ? "" : ", ") + escape(name);
    }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::string text() const {
        return count_ <= kMostNamed ? text_ : fmt::format("{} and {} more", text_, count_ - kMostNamed);
    }

  private:
    std::string text_;
    std::size_t count_ = 0;
};

class BagCheck {
  public:
    BagCheck(const Manifest& manifest,
             const std::function<Result<std::string>(const std::string&)>& read_text,
             const std::string& folder)
        : manifest_(manifest), read_text_(read_text), folder_(folder) {}

    Status run() {
        BB_CHECK(check_declaration());
        const ManifestEntry* const data = manifest_.find(in_bag("data"));
        if (data == nullptr || data->type != FileType::folder) return bad("it has no folder data");
        bool has_sha256 = false;
        for (const ManifestEntry& entry : manifest_.entries) {
            const auto name = in_top(entry);
            if (!name || !name->starts_with("manifest-") || !name->ends_with(".txt")) continue;
            has_sha256 = has_sha256 || *name == "manifest-sha256.txt";
            BB_CHECK(check_list(std::string(*name), true));
        }
        if (!has_sha256)
            return bad("it has no manifest-sha256.txt, and burnbox checks no other digest; add one");
        if (file_in_bag("tagmanifest-sha256.txt") != nullptr)
            BB_CHECK(check_list("tagmanifest-sha256.txt", false));
        return check_oxum();
    }

  private:
    [[nodiscard]] std::string in_bag(std::string_view path) const { return join_path(folder_, path); }

    // A plain file directly in the bag: its name.
    [[nodiscard]] std::optional<std::string_view> in_top(const ManifestEntry& entry) const {
        if (entry.type != FileType::file || parent_path(entry.path) != folder_) return std::nullopt;
        return base_name(entry.path);
    }

    // The file at a path of the bag, through links of the session; nullptr when there is none.
    [[nodiscard]] const ManifestEntry* file_in_bag(std::string_view path) const {
        const ManifestEntry* const entry = manifest_.find(in_bag(path));
        if (entry == nullptr || entry->type == FileType::folder) return nullptr;
        return entry->type == FileType::symlink ? linked_file(manifest_, *entry) : entry;
    }

    [[nodiscard]] std::unexpected<Error> bad(std::string_view why) const {
        return fail(Errc::invalid,
                    fmt::format("{} a BagIt bag (bagit.txt), but not a valid one: {}",
                                folder_.empty() ? "this session is" : escape(folder_) + " is", why));
    }

    Status check_declaration() {  // RFC 8493 2.1.1
        BB_TRY(const std::string text, read_text_(in_bag("bagit.txt")));
        const auto lines = lines_of(text);
        const bool good = lines.size() == 2 && lines[0].starts_with("BagIt-Version: ") &&
                          lines[1].starts_with("Tag-File-Character-Encoding: ");
        if (!good)
            return bad("bagit.txt must be the two lines BagIt-Version and Tag-File-Character-Encoding");
        if (lines[1] != "Tag-File-Character-Encoding: UTF-8") return bad("its tag files must be UTF-8");
        return {};
    }

    // One manifest or tag manifest: what it lists is there, has the digest (SHA-256 only), and for payload
    // nothing else is.
    Status check_list(const std::string& name, bool payload) {
        BB_TRY(const std::string text, read_text_(in_bag(name)));
        const bool sha256 = name.ends_with("-sha256.txt");
        Names missing, different, unlisted;
        std::vector<const ManifestEntry*> listed;
        for (const std::string_view line : lines_of(text)) {
            const std::size_t gap = line.find_first_of(" \t");
            if (gap == std::string_view::npos) return bad(fmt::format("{} has a line without a path", name));
            std::string_view path = line.substr(std::min(line.find_first_not_of(" \t", gap), line.size()));
            if (path.starts_with('*')) path.remove_prefix(1);  // as md5sum and its kin write it
            if (path.starts_with("./")) path.remove_prefix(2);
            if (payload && !path.starts_with("data/"))
                return bad(fmt::format("{} lists {}", name, escape(path)));
            const std::string plain = percent_decoded(path);
            const ManifestEntry* const file = file_in_bag(plain);
            if (file == nullptr)
                missing.add(plain);
            else if (sha256 && Sha256::parse(line.substr(0, gap)) != file->sha256)
                different.add(plain);
            if (payload) listed.push_back(manifest_.find(in_bag(plain)));
        }
        if (!missing.empty())
            return bad(fmt::format("{} lists files that are not there: {}", name, missing.text()));
        if (!different.empty()) return bad(fmt::format("files differ from {}: {}", name, different.text()));
        if (!payload) return {};
        std::ranges::sort(listed);
        each_payload_file([&](const ManifestEntry& entry) {
            if (!std::ranges::binary_search(listed, &entry)) unlisted.add(entry.path);
        });
        if (!unlisted.empty()) return bad(fmt::format("{} does not list {}", name, unlisted.text()));
        return {};
    }

    void each_payload_file(const auto& visit) const {
        const std::string front = in_bag("data/");
        for (const ManifestEntry& entry : manifest_.entries)
            if (entry.type == FileType::file && entry.path.starts_with(front)) visit(entry);
    }

    // bag-info.txt is optional, and so is its Payload-Oxum (RFC 8493 2.2.2).
    Status check_oxum() {
        if (file_in_bag("bag-info.txt") == nullptr) return {};
        BB_TRY(const std::string text, read_text_(in_bag("bag-info.txt")));
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
    const std::function<Result<std::string>(const std::string&)>& read_text_;
    const std::string& folder_;
};

}  // namespace

Status check_own_bag(const Manifest& manifest,
                     const std::function<Result<std::string>(const std::string& path)>& read_text,
                     const std::string& folder) {
    return BagCheck(manifest, read_text, folder).run();
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
