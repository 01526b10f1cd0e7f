#!/usr/bin/env bash
# Fails when a layer is crossed: common knows nobody above it, server and burner don't know each other, SSH stays in server and
# discs' libraries stay in burner.
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

exit "$crossed"
