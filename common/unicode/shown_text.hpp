// Whole texts for terminals and people, in which names from outside stand. Control characters and characters
// that are not seen or turn others around (U+202E) are spelled out, in the way of each form of text. Pure.
#pragma once

#include <string>
#include <string_view>

namespace burnbox {

// JSON text: such a character, which can stand in its strings only, becomes \uXXXX. The same for a parser.
[[nodiscard]] std::string show_json(std::string_view json);
// Lines of text: their bytes become \xNN; line feeds stay.
[[nodiscard]] std::string show_lines(std::string_view text);
// One word for a POSIX shell: they become "$(printf '\NNN')"; line feeds stay.
[[nodiscard]] std::string shell_quoted(std::string_view text);

}  // namespace burnbox
