#!/usr/bin/env bash
# Disks that are not mounted though their mount points are there: nothing is written on what lies beneath, nothing counts as lost, and it
# goes on by itself. A mount is played by a folder that is moved away and an empty one in its place.
. "$(dirname "$0")/../lib.sh"

signals=$world/signals watched=$world/incoming backup=$world/backup
mkdir "$watched" "$backup"
write_config <<YAML
signals_dir: $signals
watch:
  - {path: $watched, account: lab, settle: 100ms}
skim:
  - {from: $backup, every: 1d, account: lab, session: "backup-%Y%m%dT%H%M%SZ", min_age: 0s}
YAML
sed -i 's/^accounts:/accounts:\n  lab: {}/' "$config"
some_tree "$world/tree"
send() {
    scp -q -r "$world/tree" "burnbox:$1/"
    check "$1 is sealed" ssh burnbox burn "$1"
}
unmount() { mv "$1" "$1.disk" && mkdir "$1"; }
mount_again() { rm -rf "$1" && mv "$1.disk" "$1"; }
nothing_in() { [ -z "$(ls -A "$1")" ]; }
disc_states() { burnbox discs --json | jq -r '[.[].state] | unique | join(" ")'; }
# Starts a server that does not listen.
start_waiting() {
    log_start=$(stat -c %s "$log")
    env -u LC_ALL -u LANG setsid "$BURNBOX" serve -c "$config" >>"$world/serve.out" 2>>"$log" </dev/null &
    server=$!
}
logged() { tail -c "+$((log_start + 1))" "$log" | grep -q "$1"; }
# The server that waited listens at an address of its own.
wait_listening() {
    wait_for 30 "the server listens" listening
    sed -i "s/Port .*/Port ${address##*:}/" "$world/ssh_config"
}

step "image_dir is away at start"
start_server
send one
wait_burned one
stop_server
check "the folder has a mark" grep -q '"kind":"image_dir"' "$discs/.burnbox-folder"
unmount "$discs"
start_server
send two
wait_for 30 "the session says what it waits for" grep -q "$discs" "$inbox/alice/two-queued/STATUS.txt"
check "and what to do" grep -q 'mount its disk' "$inbox/alice/two-queued/STATUS.txt"
wait_for 10 "the signal stands" grep -q "$discs" "$signals/FOLDER_AWAY"
check "status lists it" burnbox status
said "$discs .*mount its disk"
check "no drive is to blame" test ! -e "$signals/DRIVE_ERROR"
check "nothing was written there" nothing_in "$discs"
check_fails "check says it too" burnbox check
said "image_dir $discs is away"
check "no disc is to blame" test "$(disc_states)" = open
check_exit 1 "nor by verify" burnbox verify alice/one
check "still not" test "$(disc_states)" = open
mount_again "$discs"
wait_burned two 30
wait_for 10 "the signal is gone" test ! -e "$signals/FOLDER_AWAY"
check "both are on one disc" test "$(find "$discs" -name '*.iso' | wc -l)" = 1

step "it goes while the server runs"
unmount "$discs"
wait_for 10 "the signal stands, with nothing to burn" grep -q "$discs" "$signals/FOLDER_AWAY"
send three
send behind
wait_for 30 "the session waits" grep -q "$discs" "$inbox/alice/three-queued/STATUS.txt"
wait_for 30 "and the one behind it" grep -q "$discs" "$inbox/alice/behind-queued/STATUS.txt"
check "sessions says why" test "$(burnbox sessions --json | jq '[.[] | select(.state == "queued" and (.reason | contains("mount its disk")))] | length')" = 2
check "no drive is to blame" test ! -e "$signals/DRIVE_ERROR"
check "nothing was written there" nothing_in "$discs"

step "another folder takes its place, on purpose"
touch "$discs/.burnbox-adopt"
wait_burned three 30
wait_burned behind 30
check "there" test "$(find "$discs" -name '*.iso' | wc -l)" = 1
check "under another label" test "$(jq -r '.copies[0].disc' "$inbox/alice/three-burned/receipt.json")" = BURNBOX_0002
stop_server
mount_again "$discs"
touch "$discs/.burnbox-adopt"

step "an image that is deleted, and put back"
start_server
disc_is() { burnbox discs --json | jq -e ".[] | select(.label == \"BURNBOX_0001\") | .missing == $1"; }
mv "$discs/BURNBOX_0001.iso" "$world/"
wait_for 10 "is missing" disc_is true
mv "$world/BURNBOX_0001.iso" "$discs/"
wait_for 10 "is there again" disc_is null
stop_server

step "inbox_dir is away at start"
start_server
unmount "$discs"
send four
stop_server
unmount "$inbox"
start_waiting
wait_for 30 "it is said" logged "folder is away.*$inbox"
wait_for 10 "the signal stands" grep -q "$inbox" "$signals/FOLDER_AWAY"
check_exit 1 "status says it" burnbox status
said "$inbox.*mount its disk"
check "nothing was written there" nothing_in "$inbox"
mount_again "$inbox"
wait_listening
inbox_is_back() { ! grep "$inbox" "$signals/FOLDER_AWAY"; }
wait_for 10 "the signal says so" inbox_is_back
check "the session is queued still" test -d "$inbox/alice/four-queued"
mount_again "$discs"
wait_burned four 30

step "a watched folder is away, at start and while the server runs"
unmount "$discs"
mkdir -p "$watched/five/data" && echo five >"$watched/five/data/file"
: >"$watched/five/BURN"
wait_for 30 "it is sealed" test -d "$watched/five-queued"
stop_server
unmount "$watched"
start_server
wait_for 10 "the signal stands" grep -q "$watched" "$signals/FOLDER_AWAY"
five_says_why() { burnbox sessions --json | jq -e ".[] | select(.session == \"five\") | .state == \"queued\" and (.reason | contains(\"$watched\"))"; }
wait_for 10 "the session waits, and sessions says why" five_says_why
check "status lists the folder" burnbox status
said "$watched "
check "nothing was written there" nothing_in "$watched"
mount_again "$discs"
mount_again "$watched"
wait_for 30 "five is burned" test -s "$watched/five-burned/RECEIPT.txt"
wait_for 10 "the signal is gone" test ! -e "$signals/FOLDER_AWAY"
unmount "$watched"
wait_for 10 "the signal stands again" grep -q "$watched" "$signals/FOLDER_AWAY"
mount_again "$watched"
wait_for 10 "the signal is gone again" test ! -e "$signals/FOLDER_AWAY"
mkdir -p "$watched/six/data" && echo six >"$watched/six/data/file"
: >"$watched/six/BURN"
wait_for 30 "six is burned" test -s "$watched/six-burned/RECEIPT.txt"

step "a skimmed folder is away: nothing in it counts as removed"
cp -r "$world/tree" "$backup/tree"
check "skimmed" burnbox skim --once
said 'sealed as lab/backup-'
unmount "$backup"
wait_for 10 "the signal stands" grep -q "$backup" "$signals/FOLDER_AWAY"
check "status lists it" burnbox status
said "$backup "
check_exit 1 "an empty one" burnbox skim --once
said 'is its disk mounted'
echo new >"$backup.disk/new"
mount_again "$backup"
wait_for 10 "the signal is gone by itself" test ! -e "$signals/FOLDER_AWAY"
new_is_sealed() { burnbox sessions --json | jq -e '[.[] | select(.session | startswith("backup-"))] | length == 2'; }
wait_for 10 "and the run is made up for" new_is_sealed
check "nothing is new" burnbox skim --once
said 'nothing new'

step "inbox_dir goes while the server runs"
unmount "$inbox"
wait_for 10 "the signal stands" grep -q "$inbox" "$signals/FOLDER_AWAY"
check "and says that the server ends" grep -q "burnbox ends, with exit code 1" "$signals/FOLDER_AWAY"
check "nothing is wrong with the catalogue" test ! -e "$signals/CATALOGUE_ERROR"
check_exit 1 "the server ends, to be started anew" wait "$server"
server=
mount_again "$inbox"
start_server

step "state_dir is away at start"
stop_server
unmount "$state"
start_waiting
wait_for 30 "it is said" logged "folder is away.*state_dir"
check "no new life begins" test ! -e "$state/host_keys" -a ! -e "$state/catalogue.sqlite"
mount_again "$state"
wait_listening
check "the same server" ssh burnbox status

step "a server that waits ends when it is told to"
stop_server
unmount "$inbox"
start_waiting
wait_for 30 "it waits" logged 'folder is away'
kill "$server"
check "in order" wait "$server"
server=
