#include "tests/support/tree_generator.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "common/bag/disc_paths.hpp"
#include "common/session/names.hpp"
#include "common/unicode/upper_case.hpp"
#include "common/unicode/utf8.hpp"

namespace burnbox::test {
namespace {

constexpr std::array kScripts = std::to_array<std::pair<char32_t, char32_t>>({
    {'a', 'z'},  // one byte
    {'A', 'Z'},
    {0x20, 0x7e},  // with what Windows can't have
    {0xe0, 0xff},  // two bytes
    {0x430, 0x44f},
    {0x5d0, 0x5ea},      // written from the right
    {0x4e00, 0x9fff},    // three
    {0x1f600, 0x1f64f},  // four
});
constexpr std::array<const char*, 34> kNames{"interrupted: x",
                                             "burned together: y",
                                             "README.txt",
                                             "readme.txt",
                                             "SHA256SUMS",
                                             "data",
                                             "DATA",
                                             "par2",
                                             "~$x.docx",
                                             "._x",
                                             ".DS_Store",
                                             "@eaDir",
                                             "#recycle",
                                             "4913",
                                             "x.crdownload",
                                             "CON",
                                             "aux.txt",
                                             "a:b",
                                             "a?b",
                                             "a*b",
                                             "a_b",
                                             "end.",
                                             "end ",
                                             " front",
                                             "...",
                                             "-",
                                             "x;1",
                                             "manifest-sha256.txt",
                                             "100%",
                                             "%41",
                                             "back\\slash",
                                             "\xe2\x80\x8fright",
                                             "\xe2\x80\xae"
                                             "cod.exe",
                                             "name-notes.tsv"};
constexpr std::array<const char*, 40> kTargets{"a",
                                               "./a",
                                               "a/",
                                               "a//",
                                               "a///",
                                               "a//b",
                                               "a//b/",
                                               "./",
                                               ".",
                                               "..",
                                               "../",
                                               "../..//",
                                               "/",
                                               "//",
                                               "///",
                                               "/a",
                                               "/a/",
                                               "//a//",
                                               "a/../b",
                                               "a/./b",
                                               "a/.",
                                               "gone/",
                                               "sub/../",
                                               "...",
                                               ".../",
                                               "a b/",
                                               "line\nbreak",
                                               "line\nbreak/",
                                               "back\\slash/",
                                               "-",
                                               "~/",
                                               "/etc/passwd",
                                               "../../../../outside",
                                               "a\tb",
                                               "%2f/",
                                               "\xc3\xa9/",
                                               "x/\xf0\x9f\x98\x80",
                                               "C:\\x",
                                               "\"quoted\"/",
                                               "$(x)/"};
constexpr std::array<const char*, 13> kTimes{
    "1900-06-01T00:00:00Z", "1899-12-31T23:59:59Z", "1900-01-01T00:00:00Z", "1904-01-01T00:00:00Z",
    "1960-06-01T12:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2000-02-29T00:00:00Z",
    "2038-01-19T03:14:08Z", "2106-02-07T06:28:16Z", "2107-12-31T23:59:58Z", "2155-12-31T23:59:59Z",
    "2155-06-01T23:59:59Z"};
constexpr std::array<std::uint64_t, 8> kSizes{0, 1, 2047, 2048, 2049, 4096, 65'535, 65'537};
constexpr std::array<std::size_t, 16> kLengths{1,   2,   63,  64,  65,  103, 104, 113,
                                               114, 115, 123, 128, 177, 183, 254, 255};

}  // namespace

std::string TreeGenerator::text(std::size_t bytes) {
    std::string out;
    auto script = one_of(kScripts);
    const bool mixed = one_in(4);
    for (;;) {
        if (mixed && one_in(5)) script = one_of(kScripts);
        std::string next;
        const char32_t code = script.first + below(script.second - script.first + 1);
        append_utf8(next, code == '/' ? U'.' : code);
        if (out.size() + next.size() > bytes) break;
        out += next;
    }
    while (out.size() < bytes) out += 'x';
    return out;
}

std::string TreeGenerator::plain_name() {
    if (one_in(6)) return one_of(kNames);
    if (one_in(5)) return text(one_of(kLengths));
    std::string name = text(1 + below(one_in(8) ? 255 : 30));
    if (one_in(2) && name.size() < 250) name += one_of(std::array{".txt", ".jpg", ".JPEG", ".c", ".", " "});
    if (one_in(40)) name.insert(below(2), 1, '\n');
    if (one_in(60) && name.size() < 255) name += '\xff';
    return name;
}

std::string TreeGenerator::twin_of(const std::string& name) {
    if (one_in(3)) return upper_case(name);
    if (one_in(3)) {  // equal in its first so many characters
        const std::string front = name + text(one_of(std::array<std::size_t, 4>{64, 103, 104, 128}));
        return front.substr(0, 200);
    }
    if (one_in(4)) return name.size() < 200 ? "e\xcc\x81" + name : name;  // as macOS writes it
    if (one_in(4)) return name.size() < 200 ? "\xc3\xa9" + name : name;
    std::string twin = name;
    for (char& c : twin)
        if (c >= 'A' && c <= 'Z' && one_in(2)) c = static_cast<char>(c - 'A' + 'a');
    return twin;
}

std::string TreeGenerator::name_for(Folder& folder) {
    for (;;) {
        std::string name = !folder.names.empty() && one_in(8) ? twin_of(one_of(folder.names)) : plain_name();
        if (name.empty() || name.size() > 255 || name == "." || name == "..") continue;
        if (std::ranges::find(folder.names, name) != folder.names.end()) continue;
        if (folder.path.empty() && (is_own_file(name) || name == "bagit.txt")) continue;
        if (small_ && !check_entry_name(name)) continue;
        return name;
    }
}

std::string TreeGenerator::link_target() {
    if (one_in(3)) return one_of(kTargets);
    if (one_in(3) && !paths_.empty())
        return std::string(one_in(2) ? "../" : "") + one_of(paths_).substr(0, 1000);
    std::string target = one_in(4) ? "/" : "";
    const std::size_t bytes = 1 + below(one_in(4) ? 1023 : 120);
    while (target.size() < bytes) {
        const std::size_t left = bytes - target.size();
        target += one_in(8) ? ".." : text(std::min<std::size_t>(left, 1 + below(one_in(3) ? 255 : 20)));
        if (target.size() < bytes) target += one_in(9) ? "//" : "/";
    }
    std::ranges::replace(target, '\0', 'x');
    return target.substr(0, 1023);
}

Timestamp TreeGenerator::time() {
    if (one_in(3))
        return *parse_iso8601(one_of(kTimes)) + std::chrono::nanoseconds(one_in(2) ? below(999'999'999) : 0);
    return *parse_iso8601("2026-11-30T00:00:00Z") - std::chrono::seconds(below(1'900'000'000));
}

std::uint64_t TreeGenerator::size() {
    if (one_in(3)) return one_of(kSizes);
    return below(one_in(10) ? 40'000 : 3'000);
}

void TreeGenerator::add_file(GeneratedTree& tree, ManifestEntry entry) {
    GeneratedFile file;
    if (one_in(12) && !tree.files.empty()) {
        auto other = tree.files.begin();
        std::advance(other, below(static_cast<std::uint32_t>(std::min<std::size_t>(tree.files.size(), 50))));
        if (other->second.same_inode_as.empty())
            file = {other->second.content, other->second.zeros, other->first};
    }
    if (file.same_inode_as.empty()) {
        file.content.resize(size());
        for (char& c : file.content) c = static_cast<char>(random_());
        if (!small_ && one_in(400)) file.zeros = 1 + below(5U << 20U);
    }
    Sha256Hasher hasher;
    hasher.update(file.content);
    hasher.update(std::string(file.zeros, '\0'));
    entry.sha256 = hasher.finish();
    entry.size_bytes = file.content.size() + file.zeros;
    tree.files.emplace(entry.path, std::move(file));
    tree.manifest.entries.push_back(std::move(entry));
}

void TreeGenerator::add_name(GeneratedTree& tree, Folder& folder, const std::string& name) {
    folder.names.push_back(name);
    ManifestEntry entry;
    entry.path = join_path(folder.path, name);
    entry.mode = one_in(3) ? below(010000) : 0644;
    entry.mtime = time();
    paths_.push_back(entry.path);
    const std::uint32_t kind = below(10);
    if (kind == 0) {
        entry.type = FileType::folder;
        folders_.push_back({entry.path, {}});
    } else if (kind == 1) {
        entry.type = FileType::symlink;
        entry.mode = 0777;
        entry.link_target = link_target();
    } else {
        return add_file(tree, std::move(entry));
    }
    tree.manifest.entries.push_back(std::move(entry));
}

void TreeGenerator::fill(GeneratedTree& tree, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t where = one_in(2) ? static_cast<std::uint32_t>(folders_.size()) - 1
                                              : below(static_cast<std::uint32_t>(folders_.size()));
        const std::string name = name_for(folders_[where]);
        Folder folder = std::move(folders_[where]);  // adding a folder moves them
        add_name(tree, folder, name);
        folders_[where] = std::move(folder);
    }
}

void TreeGenerator::fill_with_long_names(GeneratedTree& tree, std::uint32_t count) {
    const std::size_t where = below(static_cast<std::uint32_t>(folders_.size()));
    const std::size_t bytes = one_in(2) ? 100 + below(156) : 0;  // 0 = of all lengths
    const std::string back = text(40);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(10'000 + i);
        std::string name = text((bytes != 0 ? bytes : 60 + below(196)) - number.size());
        name = one_in(2) ? number + name : name + number;
        Folder folder = std::move(folders_[where]);
        if (std::ranges::find(folder.names, name) == folder.names.end()) add_name(tree, folder, name);
        folders_[where] = std::move(folder);
    }
}

void TreeGenerator::go_deep(GeneratedTree& tree, std::uint32_t levels, bool is_long) {
    std::string path = folders_.front().path;
    for (std::uint32_t level = 0; level < levels; ++level) {
        std::string name = text(is_long ? 255 : 1 + below(30));
        if (name == "." || name == "..") name = "x";
        path = join_path(path, name);
        folders_.back().names.push_back(name);
        paths_.push_back(path);
        ManifestEntry entry;
        entry.path = path;
        entry.type = FileType::folder;
        entry.mode = 0755;
        entry.mtime = time();
        tree.manifest.entries.push_back(std::move(entry));
        folders_.push_back({path, {}});
    }
}

void add_file(GeneratedTree& tree, const std::string& path, const std::string& content, Timestamp time) {
    auto& entries = tree.manifest.entries;
    for (std::string_view parent = parent_path(path); !parent.empty(); parent = parent_path(parent))
        if (tree.manifest.find(parent) == nullptr) {
            entries.push_back(
                {.path = std::string(parent), .type = FileType::folder, .mode = 0755, .mtime = time});
            std::ranges::sort(entries, {}, &ManifestEntry::path);
        }
    entries.push_back({.path = path,
                       .mode = 0644,
                       .mtime = time,
                       .size_bytes = content.size(),
                       .sha256 = Sha256::of(content)});
    std::ranges::sort(entries, {}, &ManifestEntry::path);
    tree.files[path].content = content;
}

// Names that a disc can't hold become those that a seal gives them.
void give_disc_paths(GeneratedTree& tree) {
    std::vector<std::string> paths;
    for (const ManifestEntry& entry : tree.manifest.entries) paths.push_back(entry.path);
    const auto on_disc = disc_paths(paths);
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (on_disc[i] == paths[i]) continue;
        tree.manifest.entries[i].path = on_disc[i];
        tree.manifest.entries[i].source = paths[i];
    }
    std::ranges::sort(tree.manifest.entries, {}, &ManifestEntry::path);
}

GeneratedTree TreeGenerator::tree() {
    GeneratedTree tree;
    folders_ = {{"", {}}};
    paths_.clear();
    if (one_in(8)) {
        const std::uint32_t levels = 10 + below(50);
        go_deep(tree, levels, one_in(4));
    }
    fill(tree, one_in(20) ? 1 : 3 + below(one_in(100) ? 3000 : 120));
    if (one_in(4)) fill_with_long_names(tree, 20 + below(one_in(5) ? 600 : 150));
    std::ranges::sort(tree.manifest.entries, {}, &ManifestEntry::path);
    give_disc_paths(tree);
    return tree;
}

// Names of one file have one time and one mode.
void share_attributes(GeneratedTree& tree) {
    auto& entries = tree.manifest.entries;
    for (ManifestEntry& entry : entries) {
        const auto file = tree.files.find(entry.path);
        if (file == tree.files.end() || file->second.same_inode_as.empty()) continue;
        const auto other = std::ranges::find(entries, file->second.same_inode_as, &ManifestEntry::path);
        entry.mtime = other->mtime, entry.mode = other->mode;
    }
}

GeneratedTree TreeGenerator::small_tree(std::uint32_t most) {
    GeneratedTree tree;
    small_ = true;
    folders_ = {{"", {}}};
    paths_.clear();
    if (one_in(8)) go_deep(tree, 2 + below(8), false);
    fill(tree, below(most + 1));
    if (one_in(8)) fill_with_long_names(tree, 2 + below(8));
    share_attributes(tree);
    std::ranges::sort(tree.manifest.entries, {}, &ManifestEntry::path);
    return tree;
}

}  // namespace burnbox::test
