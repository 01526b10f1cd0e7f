// How a program runs that is not ours and takes orders from strangers (rsync): it sees one folder of the data
// and the libraries it needs, can't reach a network, holds no rights that root has, and gains none. Landlock
// for files, seccomp for what Landlock does not know, rlimits for the rest. A kernel without the needed
// Landlock runs nothing.
//
// Not covered, because Landlock does not know it: names, sizes and attributes of files elsewhere can be
// looked at, and attributes of files that the server's user owns could be changed by a program that was taken
// over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/process/spawner.hpp"

namespace burnbox {

struct Confinement {
    std::string folder;                 // host path; all of it and nothing else may be read
    bool writes = false;                // and written, but no devices, sockets or FIFOs made
    std::string start_in;               // working folder; need not be visible
    std::uint64_t most_file_bytes = 0;  // no file may grow larger; 0 = no bound
    std::vector<std::string> argv;      // argv[0] is an absolute path
};

// How the spawner starts it: `self` is this program's path, its environment is empty but for the locale, it
// leads a group that ends with it.
[[nodiscard]] Launch confined_launch(const std::string& self, const Confinement& confinement);

// main() of `burnbox confine`: shuts the doors and becomes the program. Comes back only with an exit code,
// after a line on standard error.
[[nodiscard]] int confine_main(const std::vector<std::string>& arguments);

inline constexpr int kNotConfined = 125;  // that exit code

}  // namespace burnbox
