// The program par2 (par2cmdline, Debian package par2), run by the spawner at low priority. Thread: any, one
// set at a time.
#pragma once

#include <memory>

#include "burner/parity/parity_program.hpp"
#include "common/process/spawner.hpp"

namespace burnbox {

[[nodiscard]] std::unique_ptr<ParityProgram> make_par2(Spawner& spawner);

}  // namespace burnbox
