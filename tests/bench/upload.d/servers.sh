# Both servers and the client's configuration for them: hosts "burnbox" and "peer" (sshd). sshd runs as the current user.
# shellcheck shell=bash disable=SC2154
pids=()

finish() {
    local code=$?
    trap - EXIT
    [ "${#pids[@]}" = 0 ] || kill "${pids[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
    exit "$code"
}

server_pid() { if [ "$1" = peer ]; then echo "$sshd_pid"; else echo "$burnbox_pid"; fi; }
# Where a client's run NUMBER puts its files: below sshd's user there is a file system, below burnbox an inbox.
target() { if [ "$1" = peer ]; then echo "$work/peer/s$2"; else echo "s$2"; fi; }
folder() { if [ "$1" = peer ]; then echo "$work/peer/s$2"; else echo "$work/inbox/alice/s$2"; fi; }
make_target() { if [ "$1" = peer ]; then mkdir "$(folder "$@")"; fi; }
clear_uploads() { rm -rf "$(folder "$@")"; }

start_servers() {
    mkdir "$work/state" "$work/inbox" "$work/discs" "$work/peer"
    ssh-keygen -q -t ed25519 -N '' -f "$work/key"
    ssh-keygen -q -t ed25519 -N '' -f "$work/host"
    start_burnbox
    start_sshd
    write_client_config "$work/ssh_config" "${address##*:}" "$sshd_port" "    Ciphers ${CIPHER:=aes128-gcm@openssh.com}"
    write_client_config "$work/plain_config" "${address##*:}" "$sshd_port"
    echo "$(nproc) cores, $CIPHER unless a row says otherwise, sshd $(ssh -V 2>&1 | cut -d, -f1), $work on $(stat -f -c %T "$work")"
}

# No blank disc: sealed sessions wait, and no burner takes part.
start_burnbox() {
    cat >"$work/burnbox.yaml" <<YAML
listen: [127.0.0.1:0]
state_dir: $work/state
inbox_dir: $work/inbox
catalogue: sqlite3://$work/state/catalogue.sqlite
accounts:
  alice: {keys_file: $work/key.pub}
drives:
  tray: {image_dir: $work/discs, medium: bd-r-dl, blanks: 0}
pools:
  default: {drives: [tray], copies: 1}
limits: {per_address: 1000, unauthenticated: 1000}
YAML
    : >"$work/log"
    "$BURNBOX" serve -c "$work/burnbox.yaml" 2>>"$work/log" &
    burnbox_pid=$!
    pids+=("$burnbox_pid")
    address=
    until [ -n "$address" ]; do
        kill -0 "$burnbox_pid" || { cat "$work/log" >&2; exit 1; }
        address=$(sed -n 's/.*listening address=\([^ ]*\).*/\1/p' "$work/log" | head -n 1)
        sleep 0.02
    done
}

start_sshd() {
    local sshd try
    sshd=$(PATH=$PATH:/usr/sbin command -v sshd) || { echo "needs openssh-server's program (it need not run)" >&2; exit 77; }
    [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
    for ((try = 0; try < 20; try++)); do
        sshd_port=$((20000 + RANDOM % 20000))
        "$sshd" -D -e -f /dev/null -p "$sshd_port" -h "$work/host" -o ListenAddress=127.0.0.1 -o PidFile=none -o UsePAM=no \
            -o StrictModes=no -o AuthorizedKeysFile="$work/key.pub" -o Subsystem="sftp internal-sftp" -o PermitRootLogin=yes \
            -o MaxStartups=2000 -o PerSourceMaxStartups=none -o LogLevel=INFO 2>"$work/sshd.log" &
        sshd_pid=$!
        until grep -q 'Server listening' "$work/sshd.log" || ! kill -0 "$sshd_pid" 2>/dev/null; do sleep 0.02; done
        kill -0 "$sshd_pid" 2>/dev/null && break
    done
    pids+=("$sshd_pid")
}

write_client_config() { # FILE BURNBOX_PORT PEER_PORT [LINE]
    cat >"$1" <<SSH
Host burnbox
    Port $2
    User alice
Host peer
    Port $3
    User $(id -un)
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
