# What every scenario shares: a world of its own (folders, keys, configuration), the server in it, clients, and outcomes
# to wait for. Nothing sleeps for a fixed time: wait_for polls until its deadline.
# Started by root it runs as an ordinary user (nobody, or $SCENARIO_USER): root may do what a server may not, and hides it.
# SCENARIO_USER=root lets it; a scenario that plays several users sets needs_root=1 before.
# shellcheck shell=bash
set -euo pipefail

: "${BURNBOX:?the program under test}"
for tool in ssh scp sftp ssh-keygen xorriso isoinfo bsdtar sha256sum setsid jq; do
    command -v "$tool" >/dev/null || { echo "missing: $tool (packaging/test installs it)" >&2; exit 1; }
done

if [ "$(id -u)" = 0 ] && [ -z "${needs_root:-}" ] && [ "${SCENARIO_USER:-nobody}" != root ]; then
    user=${SCENARIO_USER:-nobody}
    as_user=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups)
    if "${as_user[@]}" test -r "$0" -a -x "$BURNBOX" 2>/dev/null; then
        "${as_user[@]}" test -w "${TMPDIR:-/tmp}" || unset TMPDIR
        exec "${as_user[@]}" env USER="$user" LOGNAME="$user" bash "$0" "$@"
    fi
    echo "runs as root: $user can't read $0 or $BURNBOX" >&2
fi

export LC_ALL=C.UTF-8
unset SSH_AUTH_SOCK DISPLAY
world=$(mktemp -d "${TMPDIR:-/tmp}/burnbox-scenario.XXXXXX")
export TMPDIR=$world/tmp HOME=$world/home
mkdir "$TMPDIR" "$HOME"
config=$world/burnbox.yaml inbox=$world/inbox state=$world/state discs=$world/discs log=$world/log
server=
exec 3>&2  # an outcome that is polled for is silent; what ends the scenario is not

end_world() {
    local code=$?
    trap - EXIT
    stop_server || true
    if [ "$code" != 0 ]; then
        echo "--- exit $code; the end of the server's log:" >&3
        tail -n 60 "$log" >&3 2>/dev/null || true
        [ -z "${KEEP_WORLD:-}" ] || { echo "kept: $world" >&3; exit "$code"; }
    fi
    chmod -R u+rwX "$world" 2>/dev/null || true
    rm -rf "$world"
    exit "$code"
}
trap end_world EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- outcomes

step() { printf '* %s\n' "$*"; }

fail() {
    printf 'FAIL: %s\n' "$*" >&3
    exit 1
}

# noted COMMAND...: its output is $world/check.out from its end on, so that it can read what the one before it said.
noted() {
    local code=0
    "$@" >"$world/check.now" 2>&1 || code=$?
    mv "$world/check.now" "$world/check.out"
    return "$code"
}

# check SENTENCE COMMAND...: the sentence holds when the command succeeds.
check() {
    local sentence=$1
    shift
    if ! noted "$@"; then
        sed 's/^/    /' "$world/check.out" >&2
        fail "$sentence ($*)"
    fi
    printf '  ok %s\n' "$sentence"
}

# check_fails SENTENCE COMMAND...; what the command said is then in $world/check.out.
check_fails() {
    local sentence=$1
    shift
    if noted "$@"; then
        sed 's/^/    /' "$world/check.out" >&2
        fail "$sentence: succeeded ($*)"
    fi
    printf '  ok %s\n' "$sentence"
}

# check_exit CODE SENTENCE COMMAND...
check_exit() {
    local wanted=$1 sentence=$2 got=0
    shift 2
    noted "$@" || got=$?
    if [ "$got" != "$wanted" ]; then
        sed 's/^/    /' "$world/check.out" >&2
        fail "$sentence: exit $got, not $wanted ($*)"
    fi
    printf '  ok %s\n' "$sentence"
}

# The output of the last check holds PATTERN (extended regular expression, any case).
said() {
    grep -qiE -- "$1" "$world/check.out" || {
        sed 's/^/    /' "$world/check.out" >&2
        fail "nothing said about: $1"
    }
    printf '  ok said: %s\n' "$1"
}

# wait_for SECONDS SENTENCE COMMAND...: polls every 20 ms.
wait_for() {
    local seconds=$1 sentence=$2 deadline
    shift 2
    deadline=$((SECONDS + seconds + 1))
    until "$@" >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            fail "not within $seconds s: $sentence ($*)"
        fi
        sleep 0.02
    done
}

# --- the world

new_key() { ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$world/$1"; }

# shellcheck disable=SC2120 # arguments come from the scenarios
# write_config [MEDIUM [BLANKS]]: one account, alice, on one emulated drive. Lines on standard input are appended.
write_config() {
    local medium=${1:-dvd+r} blanks=${2:+, blanks: $2}
    mkdir -p "$inbox" "$state" "$discs"
    [ -f "$world/alice" ] || new_key alice
    cat >"$config" <<YAML
listen: [127.0.0.1:0]
state_dir: $state
inbox_dir: $inbox
catalogue: sqlite3://$state/catalogue.sqlite
accounts:
  alice:
    keys_file: $world/alice.pub
drives:
  tray: {image_dir: $discs, medium: $medium$blanks}
pools:
  default: {drives: [tray], copies: 1}
YAML
    if [ ! -t 0 ]; then
        cat >>"$config"
    fi
}

listening() {
    kill -0 "$server" 2>/dev/null || fail "the server ended before it listened"
    address=$(tail -c "+$((log_start + 1))" "$log" | sed -n 's/.*listening address=\([^ ]*\).*/\1/p' | head -n 1)
    [ -n "$address" ]
}

# Starts the server as the leader of a process group of its own and waits until it listens.
start_server() {
    # shellcheck disable=SC2119
    [ -f "$config" ] || write_config </dev/null
    touch "$log"
    log_start=$(stat -c %s "$log")
    # Without a locale, as services run: what is on a disc must not depend on it.
    env -u LC_ALL -u LANG setsid "$BURNBOX" serve -c "$config" >>"$world/serve.out" 2>>"$log" </dev/null &
    server=$!
    wait_for 60 "the server listens" listening
    cat >"$world/ssh_config" <<SSH
Host burnbox alice
    HostName ${address%:*}
    HostKeyAlias burnbox
    Port ${address##*:}
    User alice
    IdentityFile $world/alice
    IdentitiesOnly yes
    UserKnownHostsFile $world/known_hosts
    StrictHostKeyChecking accept-new
    BatchMode yes
    LogLevel ERROR
SSH
}

stop_server() {
    [ -n "$server" ] || return 0
    kill "$server" 2>/dev/null || true
    local i
    for ((i = 0; i < 1000; i++)); do
        kill -0 "$server" 2>/dev/null || break
        sleep 0.02
    done
    kill -9 -- "-$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}

# As a power cut for processes: the whole group at once.
crash_server() {
    kill -9 -- "-$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}

# --- clients

ssh() { command ssh -F "$world/ssh_config" "$@" </dev/null; }
scp() { command scp -F "$world/ssh_config" "$@" </dev/null; }
# sftp_do COMMAND...: one batch; fails at the first command that fails.
sftp_do() { printf '%s\n' "$@" | command sftp -q -F "$world/ssh_config" -b - burnbox; }
burnbox() { "$BURNBOX" "$@" -c "$config"; }

# --- data

# some_tree FOLDER: files of the sizes where buffers end, folders, an empty file, an empty folder.
some_tree() {
    mkdir -p "$1/one/two" "$1/empty folder" "$1/Übergrößen"
    : >"$1/empty"
    printf x >"$1/one/byte"
    head -c 32768 /dev/urandom >"$1/one/two/block"
    head -c 3000001 /dev/urandom >"$1/Übergrößen/big.bin"
    printf 'a line\n' >"$1/one/with space.txt"
}

random_file() { head -c "$2" /dev/urandom >"$1"; }  # FILE BYTES

# --- what became of it

folder_exists() { [ -d "$inbox/alice/$1" ]; }
is_burned() { [ -s "$inbox/alice/$1/RECEIPT.txt" ] && [ -s "$inbox/alice/$1/receipt.json" ]; }
wait_burned() { wait_for "${2:-120}" "$1 is burned" is_burned "$1-burned"; }
newest_image() { find "$discs" -name '*.iso' -printf '%f\n' | sort | tail -n 1 | sed "s|^|$discs/|"; }
extract() { rm -rf "$2" && mkdir "$2" && bsdtar -C "$2" -xf "$1"; }  # IMAGE FOLDER
# burned_exact SESSION TREE [FOLDER]: SESSION has its -burned folder, and FOLDER of it (its top, without one) is TREE on the disc.
burned_exact() {
    wait_burned "$1"
    rm -rf "$world/disc" && mkdir "$world/disc"
    bsdtar -C "$world/disc" -xf "$discs/$(jq -r '.copies[0].disc' "$inbox/alice/$1-burned/receipt.json").iso" "alice/$1"
    same_tree "$2" "$world/disc/alice/$1/data${3:+/$3}" && bag_is_whole "$world/disc/alice/$1"
}
same_tree() { diff -r --no-dereference "$1" "$2"; }
sums_match() { (cd "$1" && sha256sum -c --quiet --strict SHA256SUMS); }

# bag_is_whole FOLDER: the bag's own lists agree with what is there.
bag_is_whole() {
    (cd "$1" && sha256sum -c --quiet --strict SHA256SUMS &&
        sha256sum -c --quiet --strict tagmanifest-sha256.txt &&
        grep -q '^BagIt-Version: 1.0' bagit.txt &&
        [ "$(wc -l <SHA256SUMS)" = "$(find data -type f | wc -l)" ])
}
