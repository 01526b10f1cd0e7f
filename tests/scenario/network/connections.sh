#!/usr/bin/env bash
# What a connection may do besides moving bytes: exchange new keys in the middle of a file, compress, carry several channels,
# be half closed, stay silent, read nothing. None of it may hold up anybody else.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

write_config <<'YAML'
limits: {channels: 6, idle: 3s}
YAML
start_server
random_file "$world/file" 4000001
{ yes 'a line that compresses well' || true; } | head -c 3000000 >"$world/text"

if grep -q AuthenticAMD /proc/cpuinfo; then
    step "On an AMD processor"
    check "the server runs with the tunable that keeps copies fast" grep -qz 'GLIBC_TUNABLES=.*x86_rep_movsb_threshold' "/proc/$server/environ"
fi

step "Logging in"
new_key stranger
check_fails "a stranger's key opens nothing" ssh -o IdentityFile="$world/stranger" -o User=mallory -F none -p "${address##*:}" \
    -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile="$world/known_hosts" "${address%:*}" status
wait_for 20 "the log says who tried" grep -q 'login refused user=mallory peer=127.0.0.1:[0-9]* tries=1' "$log"
log_in() { /usr/bin/python3 - "${address%:*}" "${address##*:}" "$world" <<'PYTHON'
import sys, time
import paramiko

host, port, world = sys.argv[1], int(sys.argv[2]), sys.argv[3]
key = paramiko.Ed25519Key.from_private_key_file(f"{world}/alice")

def send(transport, kind, payload):  # what RFC 4253 11 lets a client say at any time
    message = paramiko.Message()
    message.add_byte(bytes([kind]))
    message.add_string(payload) if kind == 2 else (message.add_boolean(False), message.add_string(payload), message.add_string(b""))
    transport._send_user_message(message)

transport = paramiko.Transport((host, port))
transport.start_client(timeout=20)
try:
    transport.auth_none("alice")
except paramiko.BadAuthenticationType:
    pass
for kind in (2, 4): send(transport, kind, b"still here")
channel_less = paramiko.Transport((host, port))  # a whole other login: what was sent before has arrived by its end
channel_less.connect(username="alice", pkey=key)
transport.auth_publickey("alice", key)
assert transport.is_authenticated()

class Forger(paramiko.Ed25519Key):
    def sign_ssh_data(self, data, algorithm=None):
        return super().sign_ssh_data(data + b"!")
transport = paramiko.Transport((host, port))
transport.start_client(timeout=20)
began = time.monotonic()
try:
    transport.auth_publickey("alice", Forger.from_private_key_file(f"{world}/alice"))
    sys.exit("a wrong signature opened")
except (paramiko.SSHException, EOFError):
    assert time.monotonic() - began < 10, "not told at once"
PYTHON
}
check "IGNORE and DEBUG may come meanwhile, and a wrong signature is refused at once" log_in

step "New keys in the middle of a file, in both directions"
rekeying() { command sftp -q -F "$world/ssh_config" -o RekeyLimit=1M "${@:2}" -b - burnbox <<<"$1"; }
for cipher in aes128-gcm@openssh.com chacha20-poly1305@openssh.com aes256-ctr; do
    check "an upload with $cipher goes on through several key exchanges" \
        rekeying "put $world/file rekey/$cipher" -c "$cipher"
    check "what arrived is what was sent" cmp "$world/file" "$inbox/alice/rekey/$cipher"
    check "so does a download" rekeying "get rekey/$cipher $world/back" -c "$cipher"
    check "and it gives the same file" cmp "$world/file" "$world/back"
done

step "Compression"
for file in file text; do
    check "a compressed connection uploads and downloads" \
        rekeying "put $world/$file rekey/$file"$'\n'"get rekey/$file $world/back" -C
    check "what arrived is what was sent" cmp "$world/$file" "$inbox/alice/rekey/$file"
    check "what came back is what was sent" cmp "$world/$file" "$world/back"
done

step "Several channels on one connection"
logins=$(grep -c 'logged in' "$log")
master() { ssh -o ControlPath="$world/master" "$@"; }
ssh -o ControlPath="$world/master" -o ControlMaster=yes -N burnbox &
master_pid=$!
wait_for 20 "the master connection stands" master -O check burnbox
uploads=()
for i in 1 2 3 4; do
    command sftp -q -F "$world/ssh_config" -o ControlPath="$world/master" -b - burnbox <<<"put $world/file shared/file$i" \
        >"$world/upload$i" 2>&1 &
    uploads+=($!)
done
check "a command is answered beside four uploads" master burnbox status
for i in 1 2 3 4; do
    check "upload $i succeeded" wait "${uploads[i - 1]}"
    check "its file is whole" cmp "$world/file" "$inbox/alice/shared/file$i"
done
check "all of it went over one connection" test "$(grep -c 'logged in' "$log")" = $((logins + 1))
holders=()
for i in 1 2 3 4 5 6; do
    mkfifo "$world/hold$i"
    command ssh -F "$world/ssh_config" -o ControlPath="$world/master" -s burnbox sftp <"$world/hold$i" >/dev/null &
    holders+=($!)
    exec {writer}>"$world/hold$i"
    eval "hold$i=$writer"
done
refused() { grep -q 'channel refused.*limits.channels' "$log" || ! master -s burnbox sftp; }
wait_for 20 "a channel beyond limits.channels is refused" refused
for i in 1 2 3 4 5 6; do eval "exec {hold$i}>&-"; done
for i in "${holders[@]}"; do wait "$i" || true; done
check "when the others are gone there is room again" master burnbox status
master -O exit burnbox 2>/dev/null
wait "$master_pid" || true

step "A half-closed channel"
# INIT, then 3000 REALPATH ".", then end of input: all that was asked is answered before the channel closes.
{
    printf '\0\0\0\5\1\0\0\0\3'
    for ((i = 0; i < 3000; i++)); do printf '\0\0\0\12\20\0\0\0\1\0\0\0\1.'; done
} >"$world/requests"
half_closed() { command ssh -F "$world/ssh_config" -s burnbox sftp <"$world/requests" >"$world/answers"; }
check "a client that closes its side early is not cut off" half_closed
check "and gets every answer, of 27 bytes each" test "$(stat -c %s "$world/answers")" -ge $((3000 * 27))

step "Silence"
command ssh -F "$world/ssh_config" -N -o ServerAliveInterval=1 -o ServerAliveCountMax=2 burnbox &
kept_pid=$!
check_fails "a connection that says nothing is closed after limits.idle" timeout 20 ssh -F "$world/ssh_config" -N burnbox
said 'limits\.idle'
check "one that asks whether the server is alive is answered, and stays" kill -0 "$kept_pid"
# Column 6 of /proc/net/tcp: the timer of each connection; 02 is the one that asks whether the other side is still there.
asks_the_vanished() {
    awk -v port="$(printf ':%04X' "${address##*:}")" '$2 ~ port "$" && $4 == "01" && $6 ~ /^02:/ { found = 1 } END { exit !found }' /proc/net/tcp
}
check "the system asks as well, for those that vanish" asks_the_vanished
kill "$kept_pid"
wait "$kept_pid" || true

step "A reader that does not read"
random_file "$world/large" 40000000
sftp_do "put $world/large slow/large" >/dev/null
setsid sftp -q -F "$world/ssh_config" -b - burnbox <<<"get slow/large $world/slowly" >/dev/null &
reader=$!
wait_for 20 "the download began" test -s "$world/slowly"
kill -STOP -- "-$reader"
trap 'code=$?; set +e; kill -KILL -- "-$reader" 2>/dev/null; (exit "$code"); end_world' EXIT
for i in 1 2 3 4; do # enough for every network thread
    check "upload $i is not held up by it" timeout 20 sftp -q -F "$world/ssh_config" -b - burnbox <<<"put $world/file beside/file$i"
    check "and whole" cmp "$world/file" "$inbox/alice/beside/file$i"
done
kill -CONT -- "-$reader"
check "the slow reader gets its file when it reads on" wait "$reader"
check "the same file" cmp "$world/large" "$world/slowly"
