#!/usr/bin/env bash
# clang-tidy, version 19 as of Debian 12 and 13, with .clang-tidy, over what is compiled in a build folder:
#     tests/tidy.sh             sources that changed since the branch left main, or since the last commit on main itself
#     tests/tidy.sh COMMIT      ... since COMMIT
#     tests/tidy.sh --all       every source of common, server and burner
# BUILD names the build folder (build/dev). For a changed header the source of its name is looked at, or the first that includes it.
# What was found to be clean is noted in BUILD/tidy and looked at again only when it, .clang-tidy or anything it includes is changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=${BUILD:-build/dev}
clang_tidy=clang-tidy-19
command -v $clang_tidy >/dev/null || { echo "no $clang_tidy: not checked" >&2; exit 77; }
[ -f "$build/compile_commands.json" ] || { echo "$build is not configured: cmake --preset dev" >&2; exit 1; }
mkdir -p "$build/tidy"
# As it is compiled, but for headers that another compiler precompiled, and for the warnings that it alone knows.
sed -E 's/ -Winvalid-pch -include [^ ]+//; s/ -Wno-(restrict|stringop-[a-z]+)//g' "$build/compile_commands.json" >"$build/tidy/compile_commands.json.$$"
mv "$build/tidy/compile_commands.json.$$" "$build/tidy/compile_commands.json"

# sources_of FILE...: what is compiled of it.
sources_of() {
    local file source
    for file in "$@"; do
        source=${file%.hpp}.cpp
        if [ ! -f "$file" ]; then
            continue
        elif [[ $file == *.cpp || $file == *.c ]]; then
            echo "$file"
        elif [ -f "$source" ]; then
            echo "$source"
        else
            grep -rlF --include='*.cpp' --include='*.c' "#include \"$file\"" common server burner | sort | sed -n 1p
        fi
    done
}

# state_of SOURCE: a digest of it, of what it includes from the tree, and of the rules.
state_of() {
    local command
    command=$(awk -v file="/$1\"" '/"command":/ { command = $0 } index($0, "\"file\":") && index($0, file) { print command; exit }' \
        "$build/compile_commands.json" | sed -E 's/^ *"command": "//; s/",$//; s/\\"/"/g; s/^.*ccache //; s/ -Winvalid-pch -include [^ ]+//')
    [ -n "$command" ] || { echo none; return; }
    # The command's words, without the output that it names.
    (cd "$build" && eval "${command%% -o *} -MM $OLDPWD/$1" 2>/dev/null) | tr -d '\\\n' | sed 's/^[^:]*://' |
        (cd "$build" && xargs cat) | cat - .clang-tidy | sha256sum | cut -d ' ' -f 1
}

look_at() {
    local state note
    state=$(state_of "$1")
    [ "$state" != none ] || return 0  # another preset's source
    note=$build/tidy/${1//\//,}
    [ "$(cat "$note" 2>/dev/null || true)" != "$state" ] || return 0
    echo "$1"
    $clang_tidy -p "$build/tidy" --quiet "$1" 2>"$note.log" || { grep -v 'warnings generated' "$note.log" >&2 || true; return 1; }
    rm -f "$note.log"
    echo "$state" >"$note"
}

if [ "${1:-}" = --one ]; then
    look_at "$2"
    exit
elif [ "${1:-}" = --all ]; then
    sources=$(find common server burner \( -name '*.cpp' -o -name '*.c' \) | sort)
else
    since=${1:-$(git merge-base HEAD main 2>/dev/null || git rev-parse HEAD)}
    [ -n "${1:-}" ] || [ "$since" != "$(git rev-parse HEAD)" ] || since=$(git rev-parse -q --verify HEAD~1 || echo "$since")
    changed=$( (git diff --name-only --diff-filter=d "$since" && git ls-files --others --exclude-standard) |
        grep -E '^(common|server|burner)/.*\.(cpp|hpp|c|h)$' || true)
    # shellcheck disable=SC2086
    sources=$(sources_of $changed | sort -u)
fi
[ -n "$sources" ] || exit 0
export BUILD=$build
xargs -P "$(nproc)" -n 1 bash tests/tidy.sh --one <<<"$sources"
