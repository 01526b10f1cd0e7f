#!/usr/bin/env bash
# Fails when a layer or a room is crossed: common knows nobody above it, server and burner don't know each other, SSH stays in server and
# discs' libraries stay in burner; each room includes those that the table names, and no others; there is no circle between rooms but those
# that are listed with their reason. Nor are there two types of one name in one namespace: the linker would take the functions of one of
# them for both.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

crossed=0
# never PATTERN REASON PATH...: no line of these sources includes what matches.
never() {
    local pattern=$1 reason=$2 found
    shift 2
    found=$(grep -rnE --include='*.hpp' --include='*.cpp' --include='*.h' --include='*.c' "#include [<\"]$pattern" "$@" || true)
    if [ -n "$found" ]; then
        printf '%s\n%s\n' "$found" "  ^ $reason" >&2
        crossed=1
    fi
}
server_rooms=$(find server -mindepth 1 -maxdepth 1 -type d ! -name commands ! -name composition ! -name operations ! -name places)

never '(server|burner)/' "common knows nobody above it" common
# shellcheck disable=SC2086
never 'burner/' "server and burner meet in server/commands, composition, operations and places only" $server_rooms
never 'server/' "burner does not know the server" burner
never 'libssh/' "SSH stays in server" common burner
never '(libburn|libisofs|libisoburn)/' "discs' libraries stay in burner" common server
never '(libburn|libisofs|libisoburn|burner/(image|media|checks|shelf|operations|worker|streams|rules|schedule|attempts|discs|prepare|finish|turn|jobs|parity))/' "the reader of discs knows nobody who writes them" burner/read
never 'soci/' "databases stay in common/catalogue" server burner common/base common/session common/storage common/config common/events

# Room: those of its own layer that it includes. Of the layers below it may include any (see above).
rooms='
common/unicode:
common/base: unicode
common/storage: base unicode
common/process: base
common/session: base storage unicode
common/bag: base storage session
common/events: base storage process session
common/keys: base storage
common/config: base storage session bag events keys
common/catalogue: base session
common/marks: base storage session catalogue
common/inbox: base storage session bag catalogue
server/service: upload
server/ssh: service
server/net: service ssh
server/sftp: service upload
server/scp: service upload
server/rsync: service lease upload
server/rules:
server/files: rules
server/sessions: rules files
server/refusal: rules sessions
server/withdraw: files sessions
server/seal: rules files sessions refusal withdraw
server/startup: rules files sessions refusal withdraw seal
server/lease: rules files sessions refusal seal
server/upload: rules files sessions refusal withdraw seal startup lease
server/watch: rules files refusal withdraw seal startup upload
server/intake: rules refusal seal upload
server/skim: rules refusal seal upload intake
server/control:
server/operations: upload intake skim control
server/places: watch
server/composition: service net sftp scp rsync startup upload watch skim control operations places
server/commands: control watch places composition
burner/drive:
burner/read:
burner/streams:
burner/image: drive read streams
burner/parity: drive image
burner/media: drive read image
burner/checks: drive read parity media shelf
burner/shelf: drive read image media
burner/operations: drive read image parity media checks shelf
burner/worker: drive media shelf operations
burner/rules: drive image parity
burner/schedule: drive parity worker rules
burner/attempts: drive rules schedule
burner/discs: drive rules schedule attempts
burner/prepare: parity rules schedule
burner/finish: rules schedule
burner/turn: image rules schedule attempts discs prepare finish
burner/jobs: drive rules schedule attempts discs prepare finish turn
'
# What closes a circle, and why it is there: `layer/room room: the reason`. There is none.
circles='
'

table() { sed -n 's/^\([a-z]*\)\/\([a-z]*\):\(.*\)$/\1 \2 \3/p' <<<"$rooms"; }
allowed=$(table | awk '{ for (i = 3; i <= NF; i++) print $1 "/" $2 " " $1 "/" $i }' | sort)
included=$(grep -roE --include='*.hpp' --include='*.cpp' --include='*.h' --include='*.c' '#include "(common|server|burner)/[a-z]+/' common server burner |
    sed -nE 's,^(([a-z]+)/[a-z]+)/[^:]*:#include "(\2/[a-z]+)/$,\1 \3,p' | awk '$1 != $2' | sort -u)
told=$(diff <(echo "$allowed") <(echo "$included") | sed -n 's/^> \(.*\)/\1: the table has it not/p; s/^< \(.*\)/\1: the table has it, no source does/p' || true)
[ -z "$told" ] || { printf '%s\n%s\n' "$told" "  ^ tests/layers.sh: which room may include which" >&2; crossed=1; }

closing=$(sed -nE 's,^(([a-z]+)/[a-z]+) ([a-z]+): .*,\1 \2/\3,p' <<<"$circles" | sort)
loop=$(comm -23 <(echo "$included") <(echo "$closing") | tsort 2>&1 >/dev/null || true)
[ -z "$loop" ] || { printf '%s\n%s\n' "$loop" "  ^ rooms that include each other in a circle" >&2; crossed=1; }
gone=$(comm -13 <(echo "$included") <(echo "$closing"))
[ -z "$gone" ] || { printf '%s\n%s\n' "$gone" "  ^ circles that are no more" >&2; crossed=1; }

# Types at the begin of a line, so those that no function or type holds, with the namespace around them; what has none is seen by its own
# source alone. What is defined in one file twice is one of two ways to build it; `Outer::Inner` belongs to its type.
types() {
    awk 'FNR == 1 { depth = 0 }
         /^(inline )?namespace[^=;]*\{$/ { name[++depth] = /namespace \{/ ? "" : $(NF - 1); next }
         /^\}  \/\/ namespace/ { depth--; next }
         /^(struct|class|union|enum|enum class) [A-Za-z_0-9]+( final)?( : [^;]*)? \{/ {
             type = $2 == "class" ? $3 : $2
             where = ""
             for (i = 1; i <= depth; i++) { if (name[i] == "") next; where = where name[i] "::" }
             print where type, FILENAME
         }' "$@"
}
mapfile -t sources < <(find common server burner -name '*.[ch]pp' | sort)
twice=$(types "${sources[@]}" | sort -u |
    awk '{ files[$1] = files[$1] " " $2; if (++count[$1] > 1) double[$1] } END { for (type in double) print type ":" files[type] }' | sort)
[ -z "$twice" ] || { printf '%s\n%s\n' "$twice" "  ^ types of one name" >&2; crossed=1; }

exit "$crossed"
