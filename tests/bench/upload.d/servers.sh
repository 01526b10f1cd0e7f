# Both servers and the client's configuration for them: hosts "burnbox" and "peer": sshd, as the current user, or another build of
# burnbox (OLD).
# shellcheck shell=bash disable=SC2154
pids=()
declare -A pid_of address_of
is_burnbox() { [ "$1" = burnbox ] || [ -n "${OLD-}" ]; }

finish() {
    local code=$?
    trap - EXIT
    [ "${#pids[@]}" = 0 ] || kill "${pids[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
    exit "$code"
}

server_pid() { echo "${pid_of[$1]}"; }
# Where a client's run NUMBER puts its files: below sshd's user there is a file system, below burnbox an inbox.
target() { if is_burnbox "$1"; then echo "s$2"; else echo "$work/peer/s$2"; fi; }
folder() { if is_burnbox "$1"; then echo "$work/$1/inbox/alice/s$2"; else echo "$work/peer/s$2"; fi; }
make_target() { is_burnbox "$1" || mkdir "$(folder "$@")"; }
clear_uploads() { rm -rf "$(folder "$@")"; }

start_servers() {
    mkdir "$work/burnbox" "$work/peer"
    ssh-keygen -q -t ed25519 -N '' -f "$work/key"
    start_burnbox burnbox "$BURNBOX"
    if is_burnbox peer; then start_burnbox peer "$OLD"; else start_sshd; fi
    write_client_config "$work/ssh_config" "$(port_of burnbox)" "$(port_of peer)" "    Ciphers ${CIPHER:=aes128-gcm@openssh.com}"
    write_client_config "$work/plain_config" "$(port_of burnbox)" "$(port_of peer)"
    echo "$(nproc) cores, $CIPHER unless a row says otherwise, $peer $(ssh -V 2>&1 | cut -d, -f1), $work on $(stat -f -c %T "$work")"
}
port_of() { echo "${address_of[$1]##*:}"; }
user_of() { if is_burnbox "$1"; then echo alice; else id -un; fi; }
if is_burnbox peer; then peer=old; else peer=sshd; fi

# No blank disc: sealed sessions wait, and no burner takes part.
start_burnbox() { # HOST PROGRAM
    local at=$work/$1 address=
    mkdir "$at/state" "$at/inbox" "$at/discs"
    cat >"$at/burnbox.yaml" <<YAML
listen: [127.0.0.1:0]
state_dir: $at/state
inbox_dir: $at/inbox
catalogue: sqlite3://$at/state/catalogue.sqlite
accounts:
  alice: {keys_file: $work/key.pub}
drives:
  tray: {image_dir: $at/discs, medium: bd-r-dl, blanks: 0}
pools:
  default: {drives: [tray], copies: 1}
limits: {per_address: 1000, unauthenticated: 1000}
YAML
    : >"$at/log"
    "$2" serve -c "$at/burnbox.yaml" 2>>"$at/log" &
    pid_of[$1]=$!
    pids+=("$!")
    until [ -n "$address" ]; do
        kill -0 "${pid_of[$1]}" || { cat "$at/log" >&2; exit 1; }
        address=$(sed -n 's/.*listening address=\([^ ]*\).*/\1/p' "$at/log" | head -n 1)
        sleep 0.02
    done
    address_of[$1]=$address
}

start_sshd() {
    local sshd try sshd_port
    ssh-keygen -q -t ed25519 -N '' -f "$work/host"
    sshd=$(PATH=$PATH:/usr/sbin command -v sshd) || { echo "needs openssh-server's program (it need not run)" >&2; exit 77; }
    [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
    for ((try = 0; try < 20; try++)); do
        sshd_port=$((20000 + RANDOM % 20000))
        "$sshd" -D -e -f /dev/null -p "$sshd_port" -h "$work/host" -o ListenAddress=127.0.0.1 -o PidFile=none -o UsePAM=no \
            -o StrictModes=no -o AuthorizedKeysFile="$work/key.pub" -o Subsystem="sftp internal-sftp" -o PermitRootLogin=yes \
            -o MaxStartups=2000 -o PerSourceMaxStartups=none -o LogLevel=INFO 2>"$work/sshd.log" &
        pid_of[peer]=$!
        until grep -q 'Server listening' "$work/sshd.log" || ! kill -0 "${pid_of[peer]}" 2>/dev/null; do sleep 0.02; done
        kill -0 "${pid_of[peer]}" 2>/dev/null && break
    done
    pids+=("${pid_of[peer]}")
    address_of[peer]=127.0.0.1:$sshd_port
}

write_client_config() { # FILE BURNBOX_PORT PEER_PORT [LINE]
    cat >"$1" <<SSH
Host burnbox
    Port $2
    User alice
Host peer
    Port $3
    User $(user_of peer)
Host *
    HostName 127.0.0.1
    IdentityFile $work/key
    IdentitiesOnly yes
    UserKnownHostsFile /dev/null
    StrictHostKeyChecking no
    LogLevel ERROR
${4:-}
SSH
}
