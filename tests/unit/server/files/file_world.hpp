// Random events, handles, names, failures and crashes on the files of one session, beside the model of them.
#pragma once

#include <doctest/doctest.h>

#include <random>

#include "tests/support/storage/memory_file_system.hpp"
#include "tests/unit/server/files/file_model.hpp"

namespace burnbox::upload::test {

class World {
  public:
    explicit World(unsigned seed) : random_(seed) {
        Disk::proven() = {{}};
        REQUIRE(make_folders(fs_, "journal/alice", 0700));
        files_ = std::make_unique<SessionFiles>(fs_, "alice", "holiday");
        REQUIRE(files_->begin_journal());
    }

    void run(unsigned steps);
    unsigned whole_after_cut = 0;

  private:
    using DiskFile = std::shared_ptr<Disk>;

    std::size_t pick(std::size_t below) { return random_() % below; }
    bool once_in(std::size_t times) { return pick(times) == 0; }
    std::string some_name() { return std::string(1, static_cast<char>('a' + pick(4))); }
    unsigned links(const DiskFile& file) const {
        return static_cast<unsigned>(
            std::ranges::count_if(disk_, [&](const auto& one) { return one.second == file; }));
    }

    void check(const std::string& when);
    void tell(const std::string& what) { story_ += what + "\n"; }
    static std::string shown(const Disk& file) {
        std::string text = "bytes";
        for (const int byte : file.bytes) text += " " + std::to_string(byte);
        return text + " gapless " + std::to_string(file.gapless());
    }

    void step();
    void open(bool anew);
    HandleId some_handle();
    void write();
    void resize();
    void end(bool lost);
    void hash_at(const std::string& path);
    void hash();
    void unname(const std::string& path);
    void rename();
    void link();
    void remove();
    void bring();
    void prove();
    void fail_disk();
    void seal();
    void shorten_journal(bool machine);
    void restart(bool machine);

    burnbox::test::MemoryFileSystem fs_;
    std::unique_ptr<SessionFiles> files_;
    std::map<std::string, DiskFile> disk_;
    std::map<HandleId, DiskFile> handles_;
    std::map<HandleId, std::string> names_;
    std::mt19937 random_;
    std::uint64_t last_ = 0;
    std::string story_;

  public:
    std::string seed_text;
};

}  // namespace burnbox::upload::test
