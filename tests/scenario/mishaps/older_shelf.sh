#!/usr/bin/env bash
# An older copy of the whole state folder is put back while one of two image_dirs is not mounted: no label begins anew, and its discs are
# taken in when it comes, also one whose label was given once more. And an image of no bytes is a blank disc.
. "$(dirname "$0")/../lib.sh"

a=$world/a b=$world/b
mkdir "$a" "$b"
write_config cd-r </dev/null
sed -i "s|^  tray: .*|  a: {image_dir: $a, medium: cd-r}\n  b: {image_dir: $b, medium: cd-r}|
        s|^  default: .*|  default: {drives: [a, b]}|" "$config"
send() {
    mkdir -p "$world/$1" && random_file "$world/$1/file" 300000
    scp -r "$world/$1" "burnbox:$1/"
    check "$1 is sealed" ssh burnbox burn "$1"
}
disc_of() { jq -r '.copies[0].disc' "$inbox/alice/$1-burned/receipt.json"; }
labels() { burnbox discs --json | jq -r '[.[].label] | sort | join(" ")'; }
unmount() { mv "$1" "$1.disk" && mkdir "$1"; }
mount_again() { rm -rf "$1" && mv "$1.disk" "$1"; }
copy_state() { cp -a "$state" "$world/$1" && cp -a "$inbox" "$world/$1.inbox"; }
# As an image of the whole disk is put back: nothing in it tells that it is a copy.
put_state_back() {
    rm -rf "$state" "$inbox" && cp -a "$world/$1" "$state" && cp -a "$world/$1.inbox" "$inbox"
    rm -f "$state"/placed_here*
}
listed() { burnbox sessions --json | jq -e --arg name "$1" '[.[] | select(.session == $name and .state == "burned")] | length == 1'; }

step "one session waits, and both folders are known"
start_server
stop_server
unmount "$a" && unmount "$b"
start_server
send first
stop_server
copy_state state.empty
mount_again "$a"

step "it is burned in the one folder, and another one on the next disc"
start_server
wait_burned first
stop_server
copy_state state.one
start_server
check "the disc is put in" burnbox load a
check "and closed" burnbox close-disc a
for name in second more; do
    send "$name"
    wait_burned "$name"
done
one=$(disc_of first) two=$(disc_of second)
check "the labels tell that a shelf was away" test "$one $two" = "BURNBOX_0201 BURNBOX_0202"
stop_server
mount_again "$b"

step "the state of one disc, with that folder away: a label is given once more"
put_state_back state.one
unmount "$a"
start_server
send third
wait_burned third
check "as it can't be known" test "$(disc_of third)" = "$two"

step "the folder comes back while burnbox runs"
mount_again "$a"
wait_for 30 "its disc is taken in" listed second
check "it says that it was older" grep -q 'catalogue is older than the data' "$log"
twin=$(labels | grep -o "$two~[0-9a-f]*")
check "with digits of its serial" test "$(labels)" = "$one $two $twin"
check_exit 0 "it can be read back" burnbox verify "$twin"
check_exit 0 "the other one, too" burnbox verify "$two"
send fourth
wait_burned fourth
stop_server

step "the state without any disc, with all that was burned away: labels don't begin anew"
put_state_back state.empty
unmount "$a"
rm -rf "$b" && mkdir "$b" && touch "$b/.burnbox-adopt"
start_server
wait_burned first
check "the label is another one" test "$(disc_of first)" = BURNBOX_0101
stop_server

step "an image of no bytes with a label of ours is a blank disc"
sed -i "s|image_dir: $b, medium: cd-r|image_dir: $b, medium: cd-r, blanks: 2|" "$config"
: >"$b/BURNBOX_0205.iso"
start_server
check "the disc is put in" burnbox load b
check "and closed" burnbox close-disc b
send fifth
wait_burned fifth
check "it was used" test "$(disc_of fifth)" = BURNBOX_0205

step "a session that was sent once more while its disc was away: that one can be read back, too"
send second
wait_burned second
mount_again "$a"
taken_in() { burnbox discs --json | jq -e --arg disc "$1" 'any(.[]; .label == $disc and (.sessions | length) > 0)'; }
wait_for 30 "its disc is taken in" taken_in "$two"

check_exit 0 "the older one is read back by what its disc says" burnbox verify "$two"
check_exit 0 "and the newer one by the catalogue" burnbox verify "$(disc_of second)"
