#!/usr/bin/env bash
# Fails when a layer or a room is crossed: common knows nobody above it, server and burner don't know each other, SSH stays in server and
# discs' libraries stay in burner; each room includes those that the table names, and no others; there is no circle between rooms but those
# that are listed with their reason.
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
server_rooms=$(find server -mindepth 1 -maxdepth 1 -type d ! -name commands)

never '(server|burner)/' "common knows nobody above it" common
# shellcheck disable=SC2086
never 'burner/' "server and burner meet in server/commands only" $server_rooms
never 'server/' "burner does not know the server" burner
never 'libssh/' "SSH stays in server" common burner
never '(libburn|libisofs|libisoburn)/' "discs' libraries stay in burner" common server
never '(libburn|libisofs|libisoburn|burner/(drive|image|jobs|recovery))/' "the reader of discs knows nobody who writes them" burner/read
never 'soci/' "databases stay in common/catalogue" server burner common/base common/session common/storage common/config common/events

# Room: those of its own layer that it includes. Of the layers below it may include any (see above).
rooms='
common/base:
common/storage: base
common/process: base
common/session: base storage catalogue
common/catalogue: base session
common/config: base storage session events
common/events: base storage session process config
server/service: upload
server/net: service ssh
server/ssh: service
server/sftp: service upload
server/scp: service upload
server/rsync: service upload
server/upload:
server/watch: upload
server/intake: upload
server/skim: intake upload
server/control:
server/commands: control intake net rsync scp service sftp skim upload watch
burner/read:
burner/image: drive
burner/drive: image read recovery
burner/recovery: drive image
burner/jobs: drive image recovery
'
# What closes a circle, and why it is there.
circles='
common/session catalogue: a session that is found on a disc or in a folder becomes a row
common/config events: a key of hooks: is the name of an event
burner/image drive: messages of the libraries (libburnia.hpp) and the sector of drive.hpp
burner/recovery drive: sizes are in sectors of drive.hpp
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

exit "$crossed"
