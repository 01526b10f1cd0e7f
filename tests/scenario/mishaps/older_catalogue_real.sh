#!/usr/bin/env bash
# A drive with a tray (the test burner below libburn), and a catalogue of before the last burn; then none at all. The disc
# in the drive is read, and what it holds counts.
. "$(dirname "$0")/../lib.sh"
: "${MMC_BURNER:?the test burner}" "${MMC_PRELOAD:?its shared object}"

tray=$world/tray.drive
burner() { "$MMC_BURNER" "$tray" "$@"; }
read_disc() { rm -rf "$1" && LD_PRELOAD=$MMC_PRELOAD xorriso -osirrox on -indev "mmc:$tray" -extract / "$1"; }
on_disc() { burnbox discs --json | jq -r --arg disc "$1" '.[] | select(.label == $disc).sessions[] | "\(.disc_session) \(.session)"' | sort; }
label_of() { jq -r '.copies[0].disc' "$inbox/alice/$1-burned/receipt.json"; }
state_of() { burnbox discs --json | jq -r --arg disc "$1" '.[] | select(.label == $disc).state'; }
send() {
    mkdir -p "$world/$1" && random_file "$world/$1/file" 300000
    scp -r "$world/$1" "burnbox:$1/"
    ssh burnbox burn "$1"
}

write_config dvd+r </dev/null
sed -i "s|tray: .*|tray: {device: $tray, expect: dvd+r}|" "$config"
burner make
burner blank "$world/first.disc" dvd+r
LD_PRELOAD=$MMC_PRELOAD start_server

step "two sessions on a disc, and a copy of the catalogue from between them"
send one
wait_burned one 30
stop_server
mkdir "$world/then" && cp "$state"/catalogue.sqlite* "$world/then"
LD_PRELOAD=$MMC_PRELOAD start_server
send two
wait_burned two 30
first=$(label_of one)
check "both are on it" test "$(label_of two)" = "$first"
crash_server

step "the older catalogue: the disc is taken in, and gone on with"
rm -f "$state"/catalogue.sqlite*
cp "$world/then"/catalogue.sqlite* "$state"
LD_PRELOAD=$MMC_PRELOAD start_server
send three
wait_burned three 30
check "on the same disc" test "$(label_of three)" = "$first"
check "behind the others" test "$(on_disc "$first" | tr '\n' ' ')" = "1 one 2 two 3 three "
check "stock xorriso reads them" read_disc "$world/back"
for name in one two three; do check "$name" same_tree "$world/$name" "$world/back/alice/$name/data/$name"; done

step "no catalogue: the disc is read only, and its label is not used again"
stop_server
rm -f "$state"/catalogue.sqlite*
LD_PRELOAD=$MMC_PRELOAD start_server
send four
wait_for 30 "it waits for a blank" grep -qi "insert a blank" "$inbox/alice/four-queued/STATUS.txt"
check "what is on the disc is known again" test "$(on_disc "$first" | tr '\n' ' ')" = "1 one 2 two 3 three "
check "nothing more is burned on it" test "$(state_of "$first")" = closed
burner blank "$world/second.disc" dvd+r
wait_burned four 30
check "another label, 100 numbers later once more" bash -c "[[ $(label_of four) =~ _02[0-9][0-9]$ ]]"
check "the first disc has what it had" bash -c "'$MMC_BURNER' '$tray' insert '$world/first.disc' && '$MMC_BURNER' '$tray' status | grep -q sessions=3"

step "the whole state folder, with the inbox in it: nothing else tells that it is older"
stop_server
sed -i "/^inbox_dir:/d" "$config"
rm -rf "$state" "$world/known_hosts" && mkdir "$state"
burner remove
burner blank "$world/a.disc" dvd+r
inbox=$state/inbox
LD_PRELOAD=$MMC_PRELOAD start_server
send a
wait_burned a 30
stop_server
cp -a "$state" "$world/state.then"
LD_PRELOAD=$MMC_PRELOAD start_server
burner remove
burner blank "$world/b.disc" dvd+r
send b
wait_burned b 30
second=$(label_of b)
stop_server
rm -rf "$state" && cp -a "$world/state.then" "$state"
burner remove
burner blank "$world/c.disc" dvd+r
LD_PRELOAD=$MMC_PRELOAD start_server
check "it says so" grep -q 'the state folder was copied' "$log"
send c
wait_burned c 30
check "no label is given twice" bash -c "[ '$(label_of c)' != '$second' ] && [[ $(label_of c) =~ _01[0-9][0-9]$ ]]"
stop_server
burner remove
burner insert "$world/b.disc"
LD_PRELOAD=$MMC_PRELOAD start_server
check "it is no copy any more" test "$(grep -c 'the state folder was copied' "$log")" = 1
on_the_second() { [ "$(on_disc "$second")" = "1 b" ]; }
wait_for 30 "the disc in between is taken in" on_the_second
