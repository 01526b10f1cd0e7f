#include "server/intake/tree_walk.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
using namespace burnbox::intake;

namespace {

void put(const std::string& path) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << "x";
}

std::vector<std::string> walk_all(const std::string& root) {
    auto walk = TreeWalk::open(root, TreeWalk::Mounts::leave_out);
    REQUIRE(walk);
    std::vector<std::string> paths;
    while (const auto* const entry = (*walk)->next())
        paths.push_back(entry->path + (entry->problem.empty() ? "" : "!"));
    return paths;
}

}  // namespace

TEST_CASE("tree walk: everything once, a folder before what is in it, in the order of walks_before") {
    test::TempFolder root;
    for (const char* const path : {"a/x", "a/y/z", "a.b", "a-", "b", "a/x.y"}) put(root / path);
    CHECK(::symlink("a", (root / "link").c_str()) == 0);
    const auto paths = walk_all(root.path());
    CHECK(paths == std::vector<std::string>{"a", "a/x", "a/x.y", "a/y", "a/y/z", "a-", "a.b", "b", "link"});
    CHECK(std::ranges::is_sorted(paths, walks_before));
}

TEST_CASE("tree walk: walks_before is a strict order in which a folder's content stands together") {
    CHECK(walks_before("a", "a/b"));
    CHECK(walks_before("a/b", "a-"));
    CHECK(walks_before("a/b", "a b"));
    CHECK(walks_before("a-", "b"));
    CHECK(walks_before("a", "a\xff"));
    CHECK(walks_before("a/\xff", "a\x01"));
    CHECK_FALSE(walks_before("a", "a"));
    CHECK_FALSE(walks_before("a/b", "a"));
}

TEST_CASE("tree walk: links are not followed, wherever they lead") {
    test::TempFolder root, other;
    put(other / "secret");
    CHECK(::symlink(other.path().c_str(), (root / "out").c_str()) == 0);
    CHECK(walk_all(root.path()) == std::vector<std::string>{"out"});
}

TEST_CASE("tree walk: a folder can be left out, and what stands behind it still comes") {
    test::TempFolder root;
    for (const char* const path : {"a/x", "b/y", "c"}) put(root / path);
    auto walk = TreeWalk::open(root.path(), TreeWalk::Mounts::leave_out);
    REQUIRE(walk);
    std::vector<std::string> paths;
    while (const auto* const entry = (*walk)->next()) {
        paths.push_back(entry->path);
        if (entry->path == "a") (*walk)->skip_folder();
    }
    CHECK(paths == std::vector<std::string>{"a", "b", "b/y", "c"});
}

TEST_CASE("tree walk: folders deeper than the limit are named, not followed for ever") {
    test::TempFolder root;
    std::string path = root.path();
    for (std::size_t i = 0; i < TreeWalk::kMostDepth + 1; ++i) {
        path += "/d";
        REQUIRE(::mkdir(path.c_str(), 0755) == 0);
    }
    const auto paths = walk_all(root.path());
    REQUIRE(paths.size() == TreeWalk::kMostDepth + 1);
    CHECK(paths.back().ends_with("!"));
}

TEST_CASE("tree walk: what vanishes or becomes a link meanwhile is left out without a word") {
    test::TempFolder root, other;
    for (const char* const path : {"a/x", "b", "c/y"}) put(root / path);
    put(other / "secret");
    auto walk = TreeWalk::open(root.path(), TreeWalk::Mounts::leave_out);
    REQUIRE(walk);
    REQUIRE((*walk)->next()->path == "a");
    std::filesystem::remove_all(root / "a");
    std::filesystem::create_directory_symlink(other.path(), root / "a");
    std::filesystem::remove(root / "b");
    const auto* entry = (*walk)->next();
    REQUIRE(entry != nullptr);
    CHECK(entry->path == "c");
    CHECK((*walk)->next()->path == "c/y");
    CHECK((*walk)->next() == nullptr);
}
