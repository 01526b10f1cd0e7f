#!/usr/bin/env bash
# Fails when a source is not laid out as .clang-format says; `cmake --build build/dev --target format` mends it. It is version 19, which
# Debian 12 and 13 have, because each version differs. Where there is none, nothing is checked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v clang-format-19 >/dev/null || { echo "no clang-format-19: not checked" >&2; exit 77; }
find common server burner tests \( -name '*.cpp' -o -name '*.hpp' -o -name '*.c' -o -name '*.h' -o -name '*.cc' \) -print0 |
    xargs -0 clang-format-19 --dry-run --Werror --ferror-limit=1
