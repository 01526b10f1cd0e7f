// Landlock (man 7 landlock): what of the file system this process and what it starts may use from now on.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox {

struct LandlockRules {
    std::string folder;  // must be there
    bool writes = false;
    std::string program;  // may be run
    std::vector<std::string>
        libraries;  // folders or files that may be read and run; missing ones are skipped
};

// Requires no_new_privs. Errors: Errc::unsupported when the kernel has no Landlock that knows renames between
// folders (version 2, Linux 5.19). Where the kernel knows more (TCP, signals to others), that is shut too.
[[nodiscard]] Status restrict_files(const LandlockRules& rules);

}  // namespace burnbox
