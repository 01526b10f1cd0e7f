// A ParityProgram on the FileSystems of a test: its files say which files they protect and what was in
// them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "burner/parity/parity_program.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::test {

class FakeRecoveryProgram final : public ParityProgram {
  public:
    // Orders lie in the first, the files that links lead to in any.
    FakeRecoveryProgram(FileSystem& state_fs, FileSystem& inbox_fs) : roots_{&state_fs, &inbox_fs} {}

    std::function<Status()> before_writing;  // its error is the answer
    bool makes_nothing = false;              // and says that all is well
    unsigned runs = 0;

    Status make_set(const ParityOrder& order, const GoOn& go_on) override;

  private:
    struct At {
        FileSystem* fs;
        std::string path;
    };
    [[nodiscard]] Result<At> find(const std::string& host_path) const;
    [[nodiscard]] Status describe(const At& folder, const std::string& name, std::string& out) const;

    std::vector<FileSystem*> roots_;
};

}  // namespace burnbox::test
