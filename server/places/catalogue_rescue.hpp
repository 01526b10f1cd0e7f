// The catalogue's file, removed or replaced under the running server: what was in it is kept beside it, and
// taken back at the next start when nothing else is there. Blocks; one thread.
#pragma once

#include <string>

#include "common/catalogue/catalogue.hpp"

namespace burnbox {

// "" for a catalogue that is no SQLite file.
[[nodiscard]] std::string catalogue_file(const std::string& url);

// Writes FILE.rescued, durably, when FILE is not the one that is open any more. May be called again.
[[nodiscard]] Status rescue_catalogue(Catalogue& catalogue, const std::string& file);

// Before the catalogue is opened: FILE.rescued becomes FILE when there is no FILE; else the log says that
// there are two.
[[nodiscard]] Status take_rescued_catalogue(const std::string& file);

}  // namespace burnbox
