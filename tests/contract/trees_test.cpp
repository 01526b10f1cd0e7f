// Generated trees, burned one after the other on discs of every kind, read back by burnbox, and now and then
// by tools that share no code with it.
//     BURNBOX_TREES=5000 BURNBOX_SEED=1 contract -tc="trees*"
#include <dirent.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>

#include "burner/image/size_estimate.hpp"
#include "burner/read/iso/disc_time.hpp"
#include "common/bag/bag.hpp"
#include "common/base/text.hpp"
#include "common/base/unique_fd.hpp"
#include "common/session/joliet_names.hpp"
#include "common/unicode/upper_case.hpp"
#include "common/unicode/utf8.hpp"
#include "tests/contract/drive_rig.hpp"
#include "tests/support/foreign_tools.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

constexpr std::size_t kLongPath = 3000;

struct Found {
    FileType type = FileType::other;
    std::uint32_t mode = 0;
    std::int64_t mtime = 0;
    std::string content;  // of files: the digest; of links: the target

    bool operator==(const Found&) const = default;
};
using FoundTree = std::map<std::string, Found>;

// The end of a path, which may be 15,000 bytes long.
std::string end_of(const std::string& path) {
    return path.size() <= 300
               ? escape(path)
               : "(" + std::to_string(path.size()) + " bytes) ..." + escape(path.substr(path.size() - 280));
}

std::string say(const Found& found) {
    const char* type = found.type == FileType::folder ? "folder"
                       : found.type == FileType::file ? "file"
                                                      : "link";
    return std::string(type) + " mode " + std::to_string(found.mode) + " time " +
           std::to_string(found.mtime) + " " + end_of(found.content);
}

std::string digest_of(int file) {
    Sha256Hasher hasher;
    std::string block(1U << 16U, '\0');
    while (const auto got = ::read(file, block.data(), block.size())) {
        REQUIRE(got > 0);
        hasher.update(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
    }
    return hasher.finish().hex();
}

// Paths may be longer than one system call takes.
void collect(int folder, const std::string& front, FoundTree& found) {
    DIR* list = ::fdopendir(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(list != nullptr);
    while (const dirent* entry = ::readdir(list)) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        struct stat status{};
        REQUIRE(::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0);
        Found& one = found[front + name];
        one.mode = status.st_mode & 07777;
        one.mtime = status.st_mtime;
        if (S_ISDIR(status.st_mode)) {
            one.type = FileType::folder;
            const UniqueFd next(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
            collect(next.get(), front + name + '/', found);
        } else if (S_ISLNK(status.st_mode)) {
            one.type = FileType::symlink;
            one.content.resize(2000);
            one.content.resize(static_cast<std::size_t>(std::max<ssize_t>(
                ::readlinkat(folder, name.c_str(), one.content.data(), one.content.size()), 0)));
            one.mode = 0777;
        } else {
            one.type = FileType::file;
            const UniqueFd file(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC));
            one.content = digest_of(file.get());
        }
    }
    ::closedir(list);
}

FoundTree expected(const std::vector<StagedSession>& sessions) {
    FoundTree tree;
    for (const StagedSession& session : sessions)
        for (const DiscEntry& entry : disc_entries(session.sealed(), Layout::bag, ModePolicy::readable)) {
            Found& one = tree[entry.path];
            one.type = entry.type;
            one.mode = entry.type == FileType::symlink ? 0777 : entry.mode;
            one.mtime = to_disc_time(entry.mtime);
            if (entry.type == FileType::file) one.content = entry.sha256.hex();
            if (entry.type == FileType::symlink) one.content = entry.link_target;
        }
    return tree;
}

void compare(const std::string& tool, FoundTree found, const FoundTree& wanted) {
    found.erase("README.txt");
    found.erase("alice");
    for (const auto& [path, one] : wanted) {
        const auto there = found.find(path);
        if (there == found.end()) {
            FAIL_CHECK(tool << " does not find " << end_of(path));
            continue;
        }
        // Times before 1970 are for neither every file system nor every tool; xorriso does not set those of
        // links.
        if (one.mtime < 0 || (one.type == FileType::symlink && tool == "xorriso") || path.size() > kLongPath)
            there->second.mtime = one.mtime;
        if (one.type == FileType::folder && path.size() > kLongPath) there->second.mode = one.mode;
        if (there->second != one)
            FAIL_CHECK(tool << " shows " << end_of(path) << " as " << say(there->second) << ", not as "
                            << say(one));
        found.erase(there);
    }
    for (const auto& [path, one] : found)
        FAIL_CHECK(tool << " finds " << end_of(path) << ", which was not sealed");
}

void compare_extracted(const std::string& tool, const std::string& command, const std::string& to,
                       const FoundTree& wanted, bool only_content = false) {
    std::filesystem::create_directories(to);
    (void)output_of(command);
    FoundTree found;
    const UniqueFd folder(::open(to.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    collect(folder.get(), "", found);
    if (only_content)
        for (auto& [path, one] : found) one.mode = 0, one.mtime = 0;
    compare(tool, std::move(found), wanted);
    (void)output_of("chmod -R u+rwx '" + to + "'; rm -rf '" + to + "'");
}

std::set<std::string> listed(const std::string& command) {
    std::set<std::string> paths;
    std::istringstream lines(output_of(command));
    for (std::string line; std::getline(lines, line);)
        if (line.size() > 1 && line.starts_with('/')) paths.insert(line.substr(1));
    return paths;
}

// As Windows shows them; without links, and only those that isoinfo can print.
// libarchive takes 103 units of UTF-16, a file's version too, and shows a version that it cut: "name;".
std::string as_libarchive_shows(std::string name, bool folder) {
    if (!folder) name += ";1";
    std::size_t units = 0, at = 0;
    while (at < name.size()) {
        const Utf8Character next = utf8_character(name, at);
        units += next.code > 0xFFFF ? 2 : 1;
        if (units > 103) break;
        at += next.bytes;
    }
    name.resize(at);
    if (!folder && name.ends_with(";1")) name.resize(at - 2);
    return name;
}

// As Windows shows them: without links, modes and times.
FoundTree expected_in_joliet(const FoundTree& tree) {
    std::map<std::string, std::vector<std::string>> folders;
    for (const auto& [path, one] : tree) folders[std::string(parent_path(path))].push_back(path);
    std::map<std::string, std::string> shown{{"alice", "alice"}};
    for (const auto& [folder, paths] : folders) {
        std::vector<NameInFolder> names;
        for (const std::string& path : paths)
            names.push_back({base_name(path), tree.at(path).type == FileType::folder,
                             tree.at(path).type != FileType::symlink});
        const auto in_joliet = joliet_names(names);
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i].in_joliet)
                shown[paths[i]] = as_libarchive_shows(
                    in_joliet[i].shown.empty() ? std::string(names[i].name) : in_joliet[i].shown,
                    names[i].folder);
    }
    FoundTree all;
    std::set<std::string> upper;
    for (const auto& [path, own] : shown) {
        if (path == "alice") continue;
        std::string whole = own;
        for (auto folder = parent_path(path); !folder.empty(); folder = parent_path(folder))
            whole = shown.at(std::string(folder)) + "/" + whole;
        CHECK_MESSAGE(upper.insert(upper_case(whole)).second, escape(whole));
        all[whole] = {tree.at(path).type, 0, 0, tree.at(path).content};
    }
    return all;
}

bool for_isoinfo(const std::string& path) {
    return path.size() < 900 &&
           std::ranges::none_of(path, [](char c) { return static_cast<unsigned char>(c) >= 0xf0; });
}

void compare_listed(const std::string& tool, const std::set<std::string>& found,
                    const std::set<std::string>& wanted) {
    for (const std::string& path : wanted)
        if (for_isoinfo(path) && !found.contains(path)) FAIL_CHECK(tool << " does not list " << end_of(path));
}

void compare_with_foreign_tools(WorkerDriveRig& rig, const std::vector<StagedSession>& sessions,
                                unsigned number) {
    const FoundTree wanted = expected(sessions);
    std::size_t longest = 0;
    for (const auto& [path, one] : wanted) longest = std::max(longest, path.size());
    const std::string image = rig.image(), to = rig.temp() / "extracted";
    // libarchive takes no continuation area that lies behind the content of its file, as in later disc
    // sessions.
    if (number % 4 == 0 && sessions.size() == 1 && installed("bsdtar"))
        compare_extracted("bsdtar", "LC_ALL=C.UTF-8 bsdtar -xpf " + image + " -C " + to, to, wanted);
    // From Joliet it takes paths of 1024 bytes of UTF-16, and puts names into normal form C.
    const bool composed =
        std::ranges::none_of(wanted, [](const auto& one) { return one.first.contains("\xcc\x81"); });
    if (number % 4 == 2 && composed && longest < 480 && sessions.size() == 1 && installed("bsdtar"))
        compare_extracted("bsdtar (Joliet)",
                          "LC_ALL=C.UTF-8 bsdtar --options '!rockridge' -xf " + image + " -C " + to, to,
                          expected_in_joliet(wanted), true);
    if (number % 4 == 1 && longest < kLongPath && installed("xorriso"))
        compare_extracted("xorriso",
                          "xorriso -osirrox on:auto_chmod_off -indev stdio:" + image + " -extract / " + to,
                          to, wanted);
    if (number % 4 == 3 && longest < 900 && installed("isoinfo")) {
        std::set<std::string> paths;
        for (const auto& [path, one] : wanted) paths.insert(path);
        compare_listed("isoinfo -R", listed("isoinfo -R -f -i " + image), paths);
    }
}

// One disc with generated sessions. Returns how many trees it got.
template <typename Rig>
unsigned burn_disc(Rig& rig, std::mt19937& random, unsigned most, std::vector<StagedSession>& sessions) {
    rig.insert_blank();
    const unsigned count = std::min<unsigned>(most, 1 + random() % 6);
    for (unsigned i = 0; i < count; ++i) {
        const std::uint32_t seed = random();
        CAPTURE(seed);
        StagedSession session = rig.stage("tree-" + std::to_string(i));
        session.tree(TreeGenerator(seed).tree());
        const std::uint64_t before = rig.medium().next_lba;
        rig.burn_well({session.seal()});
        const std::uint64_t taken = (rig.medium().next_lba - before) * kSectorBytes;
        if (i == 0) CHECK(estimate_session_bytes(session.sealed()) + (64U << 20U) >= taken);
        sessions.push_back(std::move(session));
    }
    return count;
}

unsigned number_from(const char* name, unsigned otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

}  // namespace

TEST_CASE("trees: whatever is sealed is on the disc, for every reader") {
    const unsigned seed = number_from("BURNBOX_SEED", std::random_device{}());
    const unsigned trees = number_from("BURNBOX_TREES", 200);
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::vector<std::string> media{"cd-r", "dvd-r", "dvd+r", "dvd+r-dl", "bd-r", "bd-r-dl"};
    unsigned burned = 0;
    for (unsigned disc = 0; burned < trees; ++disc) {
        CAPTURE(disc);
        std::vector<StagedSession> sessions;
        if (disc % 8 == 7) {
            BurnerRig rig(media[random() % 5]);
            burned += burn_disc(rig, random, trees - burned, sessions);
        } else {
            WorkerDriveRig rig(media[random() % media.size()]);
            burned += burn_disc(rig, random, disc % 8 == 0 ? 1 : trees - burned, sessions);
            if (disc % 4 == 0) compare_with_foreign_tools(rig, sessions, disc / 4);
        }
    }
    MESSAGE(burned, " trees, BURNBOX_SEED=", seed);
}
