// A temporary folder and the findings of a configuration text.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "common/config/config.hpp"
#include "tests/support/storage/temp_folder.hpp"
#include "tests/unit/common/config/test_keys.hpp"

namespace burnbox::test {

class TemporaryFolder : public TempFolder {
  public:
    std::string write(const std::string& name, const std::string& text) const {
        const std::filesystem::path file = std::filesystem::path(path()) / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
        return file.string();
    }
};

// Enough for everything else to be right; comes last, so that it moves no line of the text before it.
inline const std::string kDrive = "\ndrives: {disc: {image_dir: /discs}}\n";

inline std::string findings(const std::string& text, const std::vector<ConfigText>& account_files = {}) {
    const auto config = parse_config(text, "b.yaml", account_files);
    return config ? "" : config.error().message;
}

}  // namespace burnbox::test
