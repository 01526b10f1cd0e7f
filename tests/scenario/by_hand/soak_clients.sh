#!/usr/bin/env bash
# soak_clients.sh [SECONDS]: 32 clients of five kinds upload at once for this long (default 600), session after session, each ended by
# its marker. Then every session must be burned, its receipt and its disc must have what was sent, and the log no error.
# BURNBOX names the program. Needs about 10 MB of disk space a second, at most, below TMPDIR.
. "$(dirname "$0")/../lib.sh"

seconds=${1:-600}
kinds=(sftp sftp sftp sftp sftp sftp sftp sftp scp scp scp scp scp scp scp scp rclone rclone rclone rclone rclone rclone
       lftp lftp lftp lftp lftp lftp paramiko paramiko paramiko paramiko)
write_config <<'YAML'
limits: {connections: 400, per_address: 400}
YAML
start_server
host=${address%:*} port=${address##*:}
mkdir "$world/sent" "$world/failed"
: >"$world/BURN"
export RCLONE_CONFIG=$world/rclone.conf
printf '[burnbox]\ntype = sftp\nhost = %s\nport = %s\nuser = alice\nkey_file = %s\n' "$host" "$port" "$world/alice" >"$RCLONE_CONFIG"
lftp_do() {
    lftp -c "set sftp:connect-program 'ssh -a -x -F $world/ssh_config'; set net:max-retries 1; set cmd:fail-exit yes
        open sftp://alice:@burnbox; $1"
}

new_tree() { # FOLDER: about 2 MB in 14 files of very different sizes
    local i
    mkdir -p "$1/data/deep/er"
    for i in 0 1 100 4096 32768 32769 70001 65536; do random_file "$1/data/$i" "$i"; done
    random_file "$1/data/deep/large" $((1000000 + RANDOM * 30))
    for i in 1 2 3 4 5; do random_file "$1/data/deep/er/$i" $((RANDOM * 5)); done
}

# One session NAME from FOLDER, by each kind of client; the last thing sent is the marker.
send_sftp() {
    printf '%s\n' "mkdir $1" "put -r $2/data $1/data" "put $world/BURN $1/BURN" | command sftp -q -F "$world/ssh_config" -b - burnbox
}
send_scp() {
    local mode=-s
    [ $((RANDOM % 2)) = 0 ] || mode=-O
    scp -q "$mode" -r -p "$2/data" "burnbox:$1/" && scp -q "$mode" "$world/BURN" "burnbox:$1/"
}
send_rclone() {
    rclone copy --transfers 4 --checkers 4 "$2/data" "burnbox:$1/data" && rclone copy "$world/BURN" "burnbox:$1"
}
send_lftp() { lftp_do "mirror -R $2/data $1/" && lftp_do "put -O $1/ $world/BURN"; }
send_paramiko() {
    /usr/bin/python3 - "$host" "$port" "$world" "$1" "$2" <<'PYTHON'
import os, sys
import paramiko
host, port, world, session, tree = sys.argv[1], int(sys.argv[2]), *sys.argv[3:]
transport = paramiko.Transport((host, port))
transport.connect(username="alice", pkey=paramiko.Ed25519Key.from_private_key_file(f"{world}/alice"))
sftp = paramiko.SFTPClient.from_transport(transport)
sftp.mkdir(session)
for folder, _, files in os.walk(tree):
    inside = os.path.join(session, os.path.relpath(folder, tree))
    if folder != tree:
        sftp.mkdir(inside)
    for name in files:
        sftp.put(os.path.join(folder, name), os.path.join(inside, name))
sftp.putfo(open(f"{world}/BURN", "rb"), f"{session}/BURN", confirm=False)
transport.close()
PYTHON
}

receipt_is_true() { # NAME: it lists what was sent, and nothing else
    jq -r '.files[] | select(.path | startswith("data/")) | "\(.sha256)  ./\(.path | ltrimstr("data/"))"' \
        "$inbox/alice/$1-burned/receipt.json" | sort | cmp - "$world/sent/$1"
}

# A client: session after session until the time is over, each one waited for.
client() { # KIND NUMBER
    local kind=$1 name round=0 tree=$world/tree.$2
    while [ "$SECONDS" -lt "$seconds" ]; do
        round=$((round + 1)) name=$kind-$2-$round
        rm -rf "$tree"
        new_tree "$tree"
        "send_$kind" "$name" "$tree" || { echo "$name was not sent" >>"$world/failed/$name"; return 1; }
        (cd "$tree" && find . -type f -exec sha256sum {} +) | sort >"$world/sent/$name"
        wait_burned "$name" 300
        receipt_is_true "$name" || { echo "$name: the receipt differs from what was sent" >>"$world/failed/$name"; return 1; }
    done
}

step "${#kinds[@]} clients for $seconds s"
SECONDS=0
pids=()
for i in "${!kinds[@]}"; do
    client "${kinds[$i]}" "$i" >"$world/client.$i" 2>&1 3>&1 </dev/null &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || true; done
took=$SECONDS
if [ -n "$(ls "$world/failed")" ]; then
    tail -n 5 "$world"/client.* >&2
    fail "$(cat "$world"/failed/*)"
fi

step "what became of it"
sessions=$(find "$world/sent" -type f | wc -l)
check "every session is burned" test "$(burnbox sessions --json | jq 'map(select(.state == "burned")) | length')" = "$sessions"
check "and no other one is left" test "$(burnbox sessions --json | jq 'length')" = "$sessions"
memory=$(awk '/^VmHWM/ {print $2 "kB"}' "/proc/$server/status")
cpu=$(awk '{printf "%d", ($14 + $15) / 100}' "/proc/$server/stat")
stop_server
for image in "$discs"/*.iso; do
    mkdir -p "$world/disc"
    bsdtar -C "$world/disc" -xf "$image"
    for session in "$world"/disc/alice/*; do
        name=$(basename "$session")
        (cd "$session/data" && sha256sum -c --quiet --strict "$world/sent/$name") || fail "$name differs on $image"
        bag_is_whole "$session" || fail "the bag of $name on $image"
        mv "$world/sent/$name" "$world/seen.$name" # once, on one disc
    done
    chmod -R u+w "$world/disc"
    rm -rf "$world/disc"
done
check "every session is on a disc, once, identical" test -z "$(ls "$world/sent")"
if grep -E '\] ?\[?(warning|error|critical)|level=(warning|error|critical)| (warning|error): ' "$log"; then
    fail "the log has warnings or errors"
fi
printf '  ok no warning, no error in the log\n'
bytes=$(cat "$discs"/*.iso | wc -c)
printf 'clients=%d seconds=%d sessions=%d discs=%d MB_on_discs=%d server_cpu_s=%d server_memory=%s\n' "${#kinds[@]}" "$took" "$sessions" \
    "$(find "$discs" -name '*.iso' | wc -l)" $((bytes / 1000000)) "$cpu" "$memory"
for kind in sftp scp rclone lftp paramiko; do
    printf '  %s sessions=%d\n' "$kind" "$(find "$world" -maxdepth 1 -name "seen.$kind-*" | wc -l)"
done
