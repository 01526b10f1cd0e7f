#include "burner/rules/parts_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "common/session/payload_links.hpp"

using namespace burnbox;

namespace {

constexpr std::uint64_t kMiB = 1U << 20U;
constexpr std::uint64_t kOneFileBytes = 3 * kMiB;  // a disc must take the largest file of random_tree()

ManifestEntry entry(const std::string& path, FileType type, std::uint64_t size_bytes = 0) {
    ManifestEntry made;
    made.path = path;
    made.type = type;
    made.mode = type == FileType::folder ? 0755 : 0644;
    made.size_bytes = size_bytes;
    if (type == FileType::file) made.sha256 = Sha256::of(path);
    return made;
}

// Folders up to three deep, empty ones among them, files of every size, and links to files, folders and
// nowhere.
Manifest random_tree(std::mt19937& random) {
    const auto pick = [&](std::uint64_t most) {
        return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
    };
    std::map<std::string, ManifestEntry> entries;
    std::vector<std::string> folders = {""};
    for (std::uint64_t i = 0, count = 1 + pick(60); i < count; ++i) {
        const std::string in = folders[pick(folders.size() - 1)];
        const std::string path = join_path(in, std::string(1 + pick(40), static_cast<char>('a' + pick(25))));
        if (entries.contains(path)) continue;
        switch (pick(5)) {
            case 0:
                entries[path] = entry(path, FileType::folder);
                if (std::ranges::count(path, '/') < 3) folders.push_back(path);
                break;
            case 1: {
                entries[path] = entry(path, FileType::symlink);
                const auto target = std::next(entries.begin(), static_cast<long>(pick(entries.size() - 1)));
                std::string up;
                for (long depth = std::ranges::count(path, '/'); depth > 0; --depth) up += "../";
                entries[path].link_target = pick(3) == 0 ? "nowhere" : up + target->first;
                break;
            }
            default:
                entries[path] = entry(path, FileType::file, pick(3) == 0 ? 0 : pick(kOneFileBytes));
        }
    }
    Manifest manifest;
    for (auto& [path, made] : entries) manifest.entries.push_back(std::move(made));
    return manifest;
}

// Every entry once, folders once or more, and nothing else.
void check_nothing_is_lost(const Manifest& manifest, const std::vector<Manifest>& parts) {
    std::map<std::string, unsigned> times;
    for (const Manifest& part : parts) {
        CHECK(std::ranges::is_sorted(part.entries, {}, &ManifestEntry::path));
        for (const ManifestEntry& one : part.entries) {
            ++times[one.path];
            REQUIRE(manifest.find(one.path) != nullptr);
            CHECK(*manifest.find(one.path) == one);
        }
    }
    for (const ManifestEntry& one : manifest.entries) {
        INFO(one.path);
        REQUIRE(times.contains(one.path));
        if (one.type != FileType::folder) CHECK(times[one.path] == 1);
    }
}

void check_part_stands_alone(const Manifest& manifest, const Manifest& part) {
    for (const ManifestEntry& one : part.entries) {
        INFO(one.path);
        const auto parent = parent_path(one.path);
        if (!parent.empty()) CHECK(part.find(parent) != nullptr);
        if (one.type == FileType::symlink && linked_file(manifest, one) != nullptr)
            CHECK(linked_file(part, one) != nullptr);
    }
}

}  // namespace

TEST_CASE("parts: whatever the tree, every file is in exactly one part, and each part fits on a disc") {
    const unsigned seed = std::random_device{}();
    for (unsigned i = 0; i < 300; ++i) {
        INFO("seed ", seed + i);
        std::mt19937 random(seed + i);
        const Manifest manifest = random_tree(random);
        const std::uint64_t capacity = kOneFileBytes * (2 + random() % 4) + random() % kMiB;
        const unsigned redundancy = random() % 3 == 0 ? 10 : 0;
        const auto parts = plan_parts(manifest, "alice", "holiday", capacity, redundancy);
        REQUIRE_MESSAGE(parts.has_value(), parts.error().message);
        check_nothing_is_lost(manifest, *parts);
        std::vector<std::string> files, wanted;
        for (const Manifest& part : *parts) {
            CHECK(needed_bytes(part, redundancy) < capacity);
            check_part_stands_alone(manifest, part);
            for (const ManifestEntry& one : part.entries)
                if (one.type == FileType::file) files.push_back(one.path);
        }
        for (const ManifestEntry& one : manifest.entries)
            if (one.type == FileType::file) wanted.push_back(one.path);
        CHECK(files == wanted);  // in the order of their paths, from part to part
        CHECK(plan_parts(manifest, "alice", "holiday", capacity, redundancy).value() == *parts);
    }
}

TEST_CASE("parts: a part takes as much as fits, and folders stay together") {
    Manifest manifest;
    for (const char* folder : {"a", "b", "c"}) {
        manifest.entries.push_back(entry(folder, FileType::folder));
        for (const char* file : {"/1", "/2"})
            manifest.entries.push_back(entry(std::string(folder) + file, FileType::file, 4 * kMiB));
    }
    const auto parts = plan_parts(manifest, "alice", "holiday", 11 * kMiB, 0).value();
    REQUIRE(parts.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        REQUIRE(parts[i].entries.size() == 3);
        CHECK(parts[i].entries[0].path == std::string(1, static_cast<char>('a' + i)));
    }
    CHECK(plan_parts(manifest, "alice", "holiday", 20 * kMiB, 0).value().size() == 2);
    CHECK(plan_parts(manifest, "alice", "holiday", 40 * kMiB, 0).value().size() == 1);
}

TEST_CASE("parts: a file that fits on no disc is named, with both sizes") {
    Manifest manifest;
    manifest.entries = {entry("a", FileType::file, kMiB), entry("film", FileType::folder),
                        entry("film/long.mov", FileType::file, 12 * kMiB)};
    const auto parts = plan_parts(manifest, "alice", "holiday", 10 * kMiB, 0);
    REQUIRE_FALSE(parts.has_value());
    CHECK(parts.error().code == Errc::does_not_fit);
    CHECK(parts.error().message.starts_with("film/long.mov alone needs 14."));
    CHECK(parts.error().message.find("a blank disc takes 10.0 MiB (10485760 bytes)") != std::string::npos);
}

TEST_CASE("parts: a list of parts with very long names has its room in each of them") {
    Manifest manifest;
    for (char c = 'a'; c <= 'z'; ++c)
        manifest.entries.push_back(entry(std::string(40'000, c), FileType::file,
                                         4 * kMiB));  // no disc holds such a name: never mind
    const auto parts = plan_parts(manifest, "alice", "holiday", 16 * kMiB, 0).value();
    SealedSession whole;
    whole.account = "alice", whole.disc_name = "holiday", whole.manifest = manifest;
    const auto sessions = make_parts(whole, "seal", parts);
    const std::uint64_t table = parts_table("alice", *sessions.front().part).size();
    CHECK(table > 512U << 10U);
    for (const SealedSession& part : sessions) CHECK(needed_bytes(part.manifest, 0) + table < 16 * kMiB);
}
