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

# Rooms: each folder of a layer is in the table of docs/design.md ("server/net, ssh" are two), and what is there is a folder.
table=$(sed -n '/^## Layers and rooms/,/^## /s/^| \([a-z]*\/[a-z, ]*\) |.*/\1/p' docs/design.md |
    awk -F '[/,] *' '{ for (i = 2; i <= NF; i++) print $1 "/" $i }' | sort)
rooms=$(find common server burner -mindepth 1 -maxdepth 1 -type d | sort)
[ "$table" = "$rooms" ] || complain "docs/design.md: its rooms are not the tree's:
$(diff <(echo "$table") <(echo "$rooms"))"

# The long checks: a row of docs/reliability.md each.
diff <(tests/long --list | awk '{ print $1 }') <(sed -n 's/^| \([a-z_]*\) | .*/\1/p' docs/reliability.md | sed 1d) >&2 ||
    complain "docs/reliability.md: its parts are not those of tests/long (tests/long --report)"

# figure SOURCE DOCUMENT SENTENCE: the code has this (fixed text, in whatever file), and so the document has that (on one line or two).
figure() {
    grep -rqF --include='*.cpp' --include='*.hpp' -e "$1" common server burner ||
        complain "tests/documents.sh: no code has \"$1\" any more: is \"$3\" in $2 still true?"
    tr '\n' ' ' <"$2" | tr -s ' ' | grep -qF -e "$3" || complain "$2: it should say \"$3\", as the code does (\"$1\")"
}
operating=docs/operating.md manual=packaging/man/burnbox.yaml.5 design=docs/design.md
figure 'write = std::chrono::minutes(5)' $operating 'no block written for 5 min'
figure 'verify = std::chrono::minutes(15)' $operating 'none read for 15 min'
figure 'close = std::chrono::minutes(60)' $operating '60 min while it closes a disc session'
figure 'kMost{300}' $operating 'for 1 s, then 2, 4 ... up to 5 min'
figure 'kChangerLimit{5}' $manual 'exit with 0 within 5 minutes'
figure 'kMostFailures = 3' $design 'A session has three tries'
figure 'kMostSpoiledBySession = 3' $design 'It spoils three discs at most'
figure 'kMostSpoiledByDrive = 2' $design 'A drive that spoiled two discs in a row'
figure 'kMostPatientJudgments = 10' $design 'after ten tries the sessions go to another one'
figure 'kSkippedDiscNumbers = 100' $operating 'labels go on 100 numbers behind the highest'
figure 'kMostPatientJudgments = 10' $operating 'within some ten minutes'
figure 'kMostFailures = 3' packaging/man/burnbox.1 'it gets three more tries'
figure 'kMostSpoiledByDrive = 2' packaging/man/burnbox.1 'it spoiled two discs in a row'
figure 'kMostSpoiledByDrive = 2' $operating 'spoiled two discs in a row'
figure 'kProofLasts{6}' $design 'within six hours'
figure 'total / 50' $operating 'less than 2 % or 1 GiB'
figure 'kMostReservedInodes = 10'"'"'000' $operating '2 % or 10,000 of the inodes'
figure 'kMostReservedInodes = 10'"'"'000' $manual '2 % or 10,000 of its inodes'
figure 'kMostReservedBytes = 5ULL << 30U' $manual '10 % or 5 GiB'
figure 'TCP_KEEPIDLE, 60' $operating 'is noticed after two minutes'
figure 'kMostMatches = 10'"'"'000' $operating 'One command may match 10,000 names'
figure 'kMostLookedAt = 100'"'"'000' $operating 'look at 100,000'
figure 'kSmallestBlock = 256' $operating 'its blocks of 256 bytes or more'
figure 'kRescanEvery{30}' $operating 'looked at every 30 s instead'
figure 'kQuotaPace{std::chrono::milliseconds(500)' $operating 'every half second or so'
figure 'kFilesPace{std::chrono::seconds(1), 50,' $operating 'takes more than 50 or 20 ms'
figure 'kKnownFor{24}' $operating 'since the start, within a day, come last'
figure 'kKnownForOne = 4' $operating 'each four of their connections count as one'
figure 'number(burn.redundancy, 0, 100)' $manual 'at most 100. Default: 0'
figure 'limit{60'"'"'000}' $operating 'runs for more than 60 s'
figure 'most_waiting = 1'"'"'000' $operating 'Up to 1000 events wait'
figure 'grace{2'"'"'000}' $manual 'a run under way gets 2 s'
figure 'kMarkerBytes = 1U << 20U' $design 'A marker of more than 1 MiB'
figure 'kMostBytesInMemory = 32U << 20U' $design 'more than 32 MiB in a file without a name'
figure 'kMost = 1024;' $design 'at most 1,024 for one handle or file'
figure 'kMostOfAll = std::size_t{1} << 20U' $design 'and a million for all'
figure 'kMostFiles = 2000' $design 'at most 2,000 files of similar size'
figure 'kBlocksForBytes = 1000' $design 'as small as 1,000 blocks'
figure 'kQuiet{1000}' $design 'silent for a second with no file open'
figure 'kBetweenLooks{2}' $design 'every 2 s: it is missing'
figure 'kMostThreads = 8' $design 'one per processor, at most 8'

# Where packages come from is the machine's own business: its apt knows.
mirrors=$(grep -rnIE --exclude-dir=build --exclude-dir=.git 'https?://[a-z0-9.-]*(debian|ubuntu)\.[a-z]+/' . || true)
[ -z "$mirrors" ] || complain "$mirrors: a mirror of packages is named"

exit "$wrong"
