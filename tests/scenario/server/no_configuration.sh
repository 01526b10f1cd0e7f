#!/usr/bin/env bash
# `burnbox serve` with nothing set up works and says what to type. Runs as nobody when started by root.
. "$(dirname "$0")/../lib.sh"

if [ -e /etc/burnbox/burnbox.yaml ] || (: </dev/tcp/127.0.0.1/2022) 2>/dev/null; then
    echo "skipped: this machine has a configuration or something listens on port 2022"
    exit 77
fi
home=$world/home
mkdir -p "$home"
program=$world/burnbox
cp "$BURNBOX" "$program"
as_user=(env -u XDG_STATE_HOME -u XDG_CONFIG_HOME HOME="$home" USER="$(id -un)" LOGNAME="$(id -un)")
name=$(id -un)
if [ "$(id -u)" = 0 ]; then
    name=nobody
    as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups env -u XDG_STATE_HOME -u XDG_CONFIG_HOME
        HOME="$home" USER=nobody LOGNAME=nobody)
    chmod 755 "$world"
    chown 65534:65534 "$home"
fi

setsid "${as_user[@]}" "$program" serve >"$world/out" 2>&1 </dev/null &
server=$!
log=$world/out
listening_by_default() {
    kill -0 "$server" || fail "the server ended"
    grep -q 'listening address=127.0.0.1:2022' "$world/out"
}
wait_for 60 "it listens" listening_by_default
check "it prints the Host block" grep -q 'Host burnbox' "$world/out"
check "it prints the line to try" grep -q 'scp -r' "$world/out"
check "its state is in the user's state folder" test -f "$home/.local/state/burnbox/catalogue.sqlite"
key=$(find "$home" -name 'id_*' ! -name '*.pub' | head -n 1)
[ -n "$key" ] || key=$(grep -oE 'IdentityFile [^ ]+' "$world/out" | head -n 1 | cut -d ' ' -f 2)
check "it made a key and says where" grep -qF "$key" "$world/out"
cp "$key" "$world/key" && chmod 600 "$world/key"

cat >"$world/ssh_config" <<SSH
Host burnbox
    HostName 127.0.0.1
    Port 2022
    User $name
    IdentityFile $world/key
    IdentitiesOnly yes
    UserKnownHostsFile $world/known_hosts
    StrictHostKeyChecking accept-new
    BatchMode yes
    LogLevel ERROR
SSH
some_tree "$world/photos"
check "scp -r" scp -r "$world/photos" burnbox:holiday/
check "burn --wait" ssh burnbox burn holiday --wait
said 'BURNBOX_0001'
check "commands find the server by themselves" "${as_user[@]}" "$program" status
