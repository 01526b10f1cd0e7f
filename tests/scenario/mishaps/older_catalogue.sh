#!/usr/bin/env bash
# An older catalogue is put back, or an older copy of the whole state folder: made while the first burn on a disc was
# writing, with two more sessions burned since. Nothing of what the disc holds goes, and nothing is burned twice.
. "$(dirname "$0")/../lib.sh"

make_tree() {
    mkdir -p "$world/$1/many"
    for i in $(seq 20); do echo "$1 $i" >"$world/$1/many/$i"; done
    random_file "$world/$1/big" "$2"
}
send() {
    scp -r "$world/$1" "burnbox:$1/"
    ssh burnbox burn "$1"
}
burns() { burnbox drives --json | jq -e '.[0].state == "burning"'; }
# What `sqlite3 .backup` makes: the database as it is at one moment.
copy_catalogue() {
    kill -STOP -- "-$server"
    mkdir "$1"
    cp "$state"/catalogue.sqlite* "$1"
    kill -CONT -- "-$server"
}
put_catalogue_back() {
    rm -f "$state"/catalogue.sqlite*
    cp "$1"/catalogue.sqlite* "$state"
}
copy_state() {
    kill -STOP -- "-$server"
    rm -f "$state/control.sock"
    cp -a "$state" "$1"
    kill -CONT -- "-$server"
}
put_state_back() {
    rm -rf "$state"
    cp -a "$1" "$state"
}
sessions_on() { xorriso -indev "$1" -toc 2>&1 | grep -c '^ISO session'; }
times_on_discs() {
    local image count=0
    for image in "$discs"/*.iso; do
        if xorriso -indev "$image" -lsd "/alice/$1" >/dev/null 2>&1; then count=$((count + 1)); fi
    done
    echo "$count"
}
all_is_there() {
    local name
    for name in "$@"; do
        burned_exact "$name" "$world/$name" "$name"
        [ "$(times_on_discs "$name")" = 1 ] || { echo "$name is on $(times_on_discs "$name") discs"; return 1; }
    done
}
listed() { burnbox sessions --json | jq -e --arg name "$1" '[.[] | select(.session == $name and .state == "burned")] | length == 1'; }

step "three sessions on the first disc; the copies are made while the first of them is written"
start_server
make_tree one 120000000
make_tree two 300000
make_tree three 300000
send one
wait_for 60 "it burns" burns
copy_catalogue "$world/catalogue.then"
copy_state "$world/state.then"
wait_burned one
for name in two three; do
    send "$name"
    wait_burned "$name"
done
first=$discs/BURNBOX_0001.iso
check "three disc sessions are on the disc" test "$(sessions_on "$first")" = 3
sha256sum "$first" >"$world/first.sum"
crash_server

for what in catalogue state; do
    step "the older $what is put back"
    "put_${what}_back" "$world/$what.then"
    start_server
    make_tree "after_$what" 300000
    send "after_$what"
    wait_burned "after_$what"
    check "nothing on the first disc is lost" test "$(sessions_on "$first")" -ge 3
    for name in one two three; do wait_for 60 "$name is burned" listed "$name"; done
    check "every session is on one disc, as it was sent" all_is_there one two three "after_$what"
    crash_server
done
