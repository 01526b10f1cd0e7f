#!/usr/bin/env bash
# A drive with a tray (the test burner below libburn): a session waits for a disc and burns when one is put in, other
# people's discs are left alone, what is burned reads back with stock xorriso, and a disc whose burn was cut off by a
# write error is not used again: the session goes to the next one.
. "$(dirname "$0")/../lib.sh"
: "${MMC_BURNER:?the test burner}" "${MMC_PRELOAD:?its shared object}"

tray=$world/tray.drive
burner() { "$MMC_BURNER" "$tray" "$@"; }
disc_of() { jq -r '.copies[].disc' "$inbox/alice/$1-burned/receipt.json"; }
read_disc() { rm -rf "$1" && LD_PRELOAD=$MMC_PRELOAD xorriso -osirrox on -indev "mmc:$tray" -extract / "$1"; }
says() { grep -qi "$2" "$inbox/alice/$1-queued/STATUS.txt"; }

write_config dvd+r </dev/null
sed -i "s|tray: .*|tray: {device: $tray, expect: dvd+r}|" "$config"
burner make
LD_PRELOAD=$MMC_PRELOAD start_server

step "an empty drive: it waits, and goes on by itself"
mkdir "$world/one" && random_file "$world/one/file" 300000
scp -r "$world/one" burnbox:one/
check "sealed" ssh burnbox burn one
wait_for 30 "it says that a disc is wanted" says one "insert a blank"
burner blank "$world/first.disc" dvd+r
wait_burned one 20
check "stock xorriso reads the disc" read_disc "$world/back"
check "as it was sent" same_tree "$world/one" "$world/back/alice/one/data/one"

step "a second disc session on the same disc"
mkdir "$world/two" && random_file "$world/two/file" 200000
scp -r "$world/two" burnbox:two/
check "burned" ssh burnbox burn two --wait
check "both are on it" read_disc "$world/back"
check "the first" same_tree "$world/one" "$world/back/alice/one/data/one"
check "the second" same_tree "$world/two" "$world/back/alice/two/data/two"
check "in two disc sessions" grep -q "sessions=2" <(burner status)

step "a write error: the disc is suspect, the session goes to the next"
burner fault sense sense=3/0c/00 opcode=2a skip=3
mkdir "$world/three" && random_file "$world/three/file" 400000
scp -r "$world/three" burnbox:three/
check "sealed" ssh burnbox burn three
wait_for 30 "the disc is suspect" bash -c "'$BURNBOX' discs --json -c '$config' | jq -e '.[0].state == \"suspect\"'"
burner clear-faults
burner blank "$world/second.disc" dvd+r
wait_burned three 30
check "on the other disc" test "$(disc_of three)" != "$(disc_of one)"
burner insert "$world/first.disc"
check "the sessions before it are still read" read_disc "$world/back"
check "the first" same_tree "$world/one" "$world/back/alice/one/data/one"
