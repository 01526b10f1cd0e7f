// Trees of entries as ordinary life makes them, from a seed: names of every script and length, twins, links
// of every kind, times, modes, sizes, depths, counts. The same seed gives the same tree.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "common/session/manifest.hpp"

namespace burnbox::test {

struct GeneratedFile {
    std::string content;
    std::uint64_t zeros = 0;    // behind the content, sparse
    std::string same_inode_as;  // path of another file that this is a hard link of; empty = none
};

struct GeneratedTree {
    Manifest manifest;                           // as a seal would have it
    std::map<std::string, GeneratedFile> files;  // by path as the sender has it
};

// One more file, with the folders that lead to it.
void add_file(GeneratedTree& tree, const std::string& path, const std::string& content, Timestamp time);

class TreeGenerator {
  public:
    explicit TreeGenerator(std::uint32_t seed) : random_(seed) {}

    [[nodiscard]] GeneratedTree tree();
    // Of at most so many entries (and twice ten more), with names that a client may send.
    [[nodiscard]] GeneratedTree small_tree(std::uint32_t most);

  private:
    struct Folder {
        std::string path;
        std::vector<std::string> names;
    };

    [[nodiscard]] std::uint32_t below(std::uint32_t end) { return random_() % end; }
    [[nodiscard]] bool one_in(std::uint32_t n) { return below(n) == 0; }
    template <typename List>
    [[nodiscard]] const auto& one_of(const List& list) {
        return list[below(static_cast<std::uint32_t>(std::size(list)))];
    }

    [[nodiscard]] std::string text(std::size_t bytes);  // of one script or several, at most so many bytes
    [[nodiscard]] std::string plain_name();
    [[nodiscard]] std::string twin_of(const std::string& name);
    [[nodiscard]] std::string name_for(Folder& folder);
    [[nodiscard]] std::string link_target();
    [[nodiscard]] Timestamp time();
    [[nodiscard]] std::uint64_t size();

    void add_name(GeneratedTree& tree, Folder& folder, const std::string& name);
    void add_file(GeneratedTree& tree, ManifestEntry entry);
    void fill(GeneratedTree& tree, std::uint32_t count);
    void fill_with_long_names(GeneratedTree& tree, std::uint32_t count);
    void go_deep(GeneratedTree& tree, std::uint32_t levels, bool is_long);

    std::mt19937 random_;
    bool small_ = false;
    std::vector<Folder> folders_;
    std::vector<std::string> paths_;
};

}  // namespace burnbox::test
