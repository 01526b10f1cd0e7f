// Images that other programs made, and their blocks to look at and to spoil.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

#include "burner/read/iso/block_source.hpp"
#include "tests/support/must.hpp"
#include "tests/support/storage/temp_folder.hpp"

namespace burnbox::test {

inline std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

inline void run(const std::string& command) {
    const bool well = std::system((command + " >/dev/null 2>&1").c_str()) == 0;
    must(well ? Status() : Status(fail(Errc::io, "run " + command)));
}

inline std::string read_whole(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class MadeImage {
  public:
    // A folder to fill, before make().
    [[nodiscard]] std::string source() const { return temp_ / "tree"; }
    [[nodiscard]] std::string file(const std::string& name) const { return temp_ / name; }
    MadeImage() { std::filesystem::create_directory(source()); }

    MadeImage& put(const std::string& path, const std::string& content) {
        const std::filesystem::path full = std::filesystem::path(source()) / path;
        std::filesystem::create_directories(full.parent_path());
        std::ofstream(full, std::ios::binary) << content;
        return *this;
    }
    MadeImage& link(const std::string& path, const std::string& target) {
        const std::filesystem::path full = std::filesystem::path(source()) / path;
        std::filesystem::create_directories(full.parent_path());
        std::filesystem::create_symlink(target, full);
        return *this;
    }
    // `program` with its options; the image and the tree are appended.
    void make(const std::string& program) {
        run(program + " -o " + quoted(file("image")) + " " + quoted(source()));
        load();
    }
    // As an emulated disc, appended to: one disc session more, with the whole tree in /`folder`.
    void burn(const std::string& folder) {
        run("xorriso -no_rc -dev stdio:" + quoted(file("image")) +
            " -volid BURNBOX_0001 -volset_id 2b1f7a52-6d5e-4f3c-9d0c-0a2a7b1f4e11 -joliet on -padding 0 "
            "-map " +
            quoted(source()) + " /" + folder + " -commit");
        load();
    }
    void load() { bytes_ = read_whole(file("image")); }

    [[nodiscard]] std::string& bytes() { return bytes_; }
    [[nodiscard]] MemoryBlocks blocks() const { return MemoryBlocks(std::as_bytes(std::span(bytes_))); }

  private:
    TempFolder temp_;
    std::string bytes_;
};

}  // namespace burnbox::test
