#!/usr/bin/env bash
# Files and folders that the server's user may not use: `check` says before what `serve` ends on, with the line that mends it; what concerns
# one account or one drive stops only these, and goes on by itself once it is mended.
. "$(dirname "$0")/../lib.sh"

if [ "$(id -u)" = 0 ]; then
    echo "root may do everything: not run"
    exit 77
fi
new_key bob
write_config <<YAML
YAML
sed -i "s|^drives:|  bob:\n    keys_file: $world/bob.pub\ndrives:|" "$config"
as_bob() { command "$1" -F "$world/ssh_config" -l bob -i "$world/bob" "${@:2}" </dev/null; }
ends_with_1() { # the server does not start; what it said is in check.out
    check_exit 1 "$1" timeout 60 "$BURNBOX" serve -c "$config"
}
signal() { grep -q "$1" "$state/signals/FOLDER_AWAY"; }
no_signal() { [ ! -e "$state/signals/FOLDER_AWAY" ]; }
state_of() { burnbox sessions --json | jq -r --arg name "$1" '.[] | select(.session == $name) | .state'; }
is() { [ "$(state_of "$1")" = "$2" ]; }

step "a folder of the inbox's disk, which is no account's"
mkdir -m 000 "$inbox/lost+found"
start_server
some_tree "$world/tree"
check "a session" scp -qr "$world/tree" burnbox:first/
check "burned" ssh burnbox burn first --wait
stop_server

step "what no server can do without"
for closed in host_keys host_keys/ssh_host_ed25519_key seals journal lock boot_id folders.jsonl; do
    mode=$(stat -c %a "$state/$closed")
    chmod 000 "$state/$closed"
    check_fails "check finds $closed" burnbox check
    said "open $state/$closed: Permission denied; mend it with: sudo chmod u\+"
    ends_with_1 "serve ends"
    said "not started: .*open $state/$closed: Permission denied; mend it with: sudo chmod u\+"
    chmod "$mode" "$state/$closed"
done
check "all is well again" burnbox check

step "one account's folder is closed: the others are served"
for closed in "$inbox/alice" "$state/journal/alice"; do
    chmod 000 "$closed"
    check_fails "check finds it" burnbox check
    said "accounts.alice: open $closed: Permission denied; mend it with: sudo chmod u\+rwx '$closed'"
    start_server
    check "bob is served" as_bob ssh burnbox status
    check_fails "alice is not" scp -qr "$world/tree" burnbox:next/
    said "account alice is not served now"
    check "FOLDER_AWAY says what to do" signal "account alice is not served: open $closed: Permission denied; mend it with: sudo chmod"
    chmod 755 "$closed"
    wait_for 20 "the signal is gone" no_signal
    check "alice is served" sftp_do "ls -l"
    stop_server
done

step "an image_dir, or its mark, is closed: its drive waits"
for closed in "$discs" "$discs/.burnbox-folder"; do
    chmod 000 "$closed"
    check_fails "check finds it" burnbox check
    said "open $closed: Permission denied; mend it with: sudo chmod"
    start_server
    name=after-$(basename "$closed" | tr -d .)
    check "a session" scp -qr "$world/tree" "burnbox:$name/"
    check "is sealed" ssh burnbox burn "$name"
    wait_for 20 "FOLDER_AWAY says what to do" signal "open $closed: Permission denied; mend it with: sudo chmod"
    check "and nothing else" sh -c "! grep -q burnbox-adopt '$state/signals/FOLDER_AWAY'"
    chmod 755 "$closed"
    wait_burned "$name"
    wait_for 20 "the signal is gone" no_signal
    stop_server
done

step "an account's folder was renamed while a session in it waits"
mv "$discs" "$discs.off"
start_server
check "a session" scp -qr "$world/tree" burnbox:waits/
check "is sealed" ssh burnbox burn waits
stop_server
mv "$inbox/alice" "$inbox/alicia"
start_server
check "bob is served" as_bob ssh burnbox status
check "the reason" signal "the folder $inbox/alice is missing, and 1 sessions in it wait"
check "it still waits" is waits queued
mv "$inbox/alicia" "$inbox/alice"
mv "$discs.off" "$discs"
wait_burned waits
wait_for 20 "the signal is gone" no_signal

step "another server works in its folders"
mkdir "$world/other"
sed "s|$state|$world/other|; s|catalogue: .*|catalogue: sqlite3://$world/other/c.sqlite|; s|inbox_dir: .*|inbox_dir: $world/other/inbox|" "$config" >"$world/other.yaml"
check_fails "check says so" "$BURNBOX" check -c "$world/other.yaml"
said "drives.tray.image_dir $discs: another burnbox server works in it already"
check "and nothing of its own server" burnbox check
