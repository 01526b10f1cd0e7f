// Which characters may not reach a terminal as they are. Pure.
#pragma once

namespace burnbox {

// C0, DEL and C1.
[[nodiscard]] bool is_control(char32_t c);
// Not seen, or makes what follows look as another text: directions, joiners, line ends and spaces without
// width (Unicode's categories Cf, Zl and Zp, and fillers).
[[nodiscard]] bool changes_what_is_seen(char32_t c);

}  // namespace burnbox
