#!/usr/bin/env bash
# The same old state folder is put back again and again, with the discs elsewhere and the folders of burned sessions
# deleted, so that nothing tells of the discs but they themselves. No label is given twice; images that come back while the server
# runs are taken in, to be found and verified, and are not written to.
. "$(dirname "$0")/../lib.sh"

send() {
    mkdir -p "$world/$1" && random_file "$world/$1/file" 100000
    scp -r "$world/$1" "burnbox:$1/"
    ssh burnbox burn "$1"
    wait_burned "$1"
}
forget() {
    stop_server
    mv "$discs"/*.iso "$world/away/"
    rm -rf "$inbox"/alice/*-burned*
    rm -rf "$state"
    cp -a "$world/state.then" "$state"
    start_server
}
is_listed() { burnbox sessions --json | jq -e --arg name "$1" 'any(.[]; .session == $name and .state == "burned")'; }

step "an old state folder"
mkdir "$world/away"
start_server
send first
stop_server
rm -f "$state/control.sock"
cp -a "$state" "$world/state.then"
start_server
for name in second third; do send "$name"; done

step "it is put back twice: labels go on behind the highest ever given"
forget
wait_for 10 "it says so" grep -q "older than the data" "$state/signals/CATALOGUE_ERROR"
for name in fourth fifth; do send "$name"; done
forget
send sixth
labels=$(find "$world/away" "$discs" -name '*.iso' -printf '%f\n' | sort)
check "no label twice: $(echo "$labels" | tr '\n' ' ')" test "$(echo "$labels" | uniq -d)" = ""
check "three discs" test "$(echo "$labels" | wc -l)" = 3

step "the images come back while it runs"
find "$world/away" -name "*.iso" ! -name BURNBOX_0001.iso -exec sha256sum {} + | sed "s|$world/away|$discs|" >"$world/sums"
cp "$world"/away/*.iso "$discs/"
for name in second third fourth fifth; do wait_for 60 "$name is known again" is_listed "$name"; done
for name in first second fourth; do check "$name can be verified" burnbox verify "alice/$name"; done
check "and found" test "$(burnbox find '*' --json | jq '[.[].session] | unique | length')" = 6
send seventh
check "nothing was written to the one that nobody knew" sha256sum -c --quiet "$world/sums"
stop_server

step "what is known stays known"
start_server
check "second" is_listed second
check "no signal any more" test ! -e "$state/signals/CATALOGUE_ERROR"
