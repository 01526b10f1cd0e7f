#!/usr/bin/env bash
# Fails when a document points at nothing: a link to a file or a heading that is not there, a file of the tree that is named and is gone; or
# when a figure of a document is not that of the code. What else has to agree, tests/unit/commands/documents compares.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

documents=(*.md docs/*.md tests/support/README.md)
wrong=0
complain() {
    printf '%s\n' "$*" >&2
    wrong=1
}

# headings FILE: the anchors of its headings, as forges make them.
headings() {
    # shellcheck disable=SC2016
    sed -n '/^```/,/^```/d; s/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# Links: [text](FILE#heading), relative to the document.
links() {
    grep -noE '\]\([^) ]+\)' "$1" | sed -E 's/\]\((.*)\)$/\1/' || true
}
for document in "${documents[@]}"; do
    while IFS=: read -r line target; do
        [[ $target != *://* && $target != mailto:* ]] || continue
        file=${target%%#*}
        path=$document
        [ -z "$file" ] || path=$(dirname "$document")/$file
        if [ ! -e "$path" ]; then
            complain "$document:$line: $target: there is no such file"
        elif [[ $target == *'#'* ]] && ! headings "$path" | grep -qxF -- "${target#*#}"; then
            complain "$document:$line: $target: there is no such heading"
        fi
    done < <(links "$document")
done

# Files of the tree, named by their paths, with their endings or without; build/... is made first, and {a,b} names two.
named_files() {
    grep -noE '(^|[^A-Za-z0-9_./$-])(common|server|burner|tests|docs|packaging|etc|\.ci|\.githooks)/[A-Za-z0-9_./{},-]+' "$1" |
        sed -E 's/^([0-9]+):[^a-z.]?/\1:/; s/[.,]+$//' || true
}
for document in "${documents[@]}"; do
    while IFS=: read -r line name; do
        paths=("$name")
        if [[ $name == *'{'*','*'}'* ]]; then
            IFS=, read -ra middles <<<"$(sed -E 's/.*\{(.*)\}.*/\1/' <<<"$name")"
            paths=("${middles[@]/#/${name%%\{*}}")
            paths=("${paths[@]/%/${name##*\}}}")
        fi
        for path in "${paths[@]}"; do
            [ -e "$path" ] || compgen -G "${path%/}.*" >/dev/null || compgen -G "${path%/}_*" >/dev/null ||
                complain "$document:$line: $path: there is no such file"
        done
    done < <(named_files "$document")
done

# Where packages come from is the machine's own business: its apt knows.
mirrors=$(grep -rnIE --exclude-dir=build --exclude-dir=.git 'https?://[a-z0-9.-]*(debian|ubuntu)\.[a-z]+/' . || true)
[ -z "$mirrors" ] || complain "$mirrors: a mirror of packages is named"

exit "$wrong"
