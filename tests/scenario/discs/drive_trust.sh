#!/usr/bin/env bash
# A real drive (a test burner under the kernel's name /dev/sr0) that spoils discs: it stops after two, over a restart
# too, until a person says that it may go on. And what is in it at the start is told of.
. "$(dirname "$0")/../lib.sh"
: "${MMC_BURNER:?the test burner}" "${MMC_PRELOAD:?its shared object}"

export MMC_DRIVES=$world/dev
mkdir "$MMC_DRIVES"
burner() { "$MMC_BURNER" "$MMC_DRIVES/sr0" "$@"; }
state_of() { burnbox discs --json | jq -r --arg disc "$1" '.[] | select(.label == $disc).state'; }
is() { test "$(state_of "$1")" = "$2"; } # DISC STATE
says() { grep -q "$2" "$inbox/alice/$1-queued/STATUS.txt"; }
send() { # NAME
    mkdir "$world/$1" && random_file "$world/$1/file" 200000
    scp -qr "$world/$1" "burnbox:$1/"
}
start() { LD_PRELOAD=$MMC_PRELOAD start_server; }

write_config dvd+r </dev/null
sed -i "s|tray: .*|tray: {device: /dev/sr0, expect: dvd+r}|" "$config"
burner blank "$world/small.disc" dvd+r 20000
start
send one
check "a small disc is full with its first session" ssh burnbox burn one --wait
check "and closed" is BURNBOX_0001 closed
stop_server
start
wait_for 30 "that it is full is told after a restart too" test -f "$state/signals/DISC_FULL"
check "status shows it" grep -q BURNBOX_0001 <(burnbox drives)

step "two discs spoiled in a row stop the drive"
burner fault sense opcode=2A sense=3/0C/00 times=1000
burner blank "$world/first.disc" dvd+r
send two
check "sealed" ssh burnbox burn two
wait_for 60 "the first is suspect" is BURNBOX_0002 suspect
burner blank "$world/second.disc" dvd+r
wait_for 60 "the second is suspect" is BURNBOX_0003 suspect
wait_for 30 "the drive stops" grep -q 'spoiled two discs in a row, BURNBOX_0002 and BURNBOX_0003' "$state/signals/DRIVE_ERROR"
wait_for 30 "which its session says" says two 'burnbox retry tray'
stop_server
burner clear-faults
burner blank "$world/third.disc" dvd+r
start
wait_for 30 "over a restart too" grep -q 'burnbox retry tray' "$state/signals/DRIVE_ERROR"
check "nothing more is burned" is BURNBOX_0004 ""
check_exit 0 "a person says that it may go on" burnbox retry tray
said 'tray may burn again'
wait_burned two 60
check "on the next disc" is BURNBOX_0004 open
check "nothing is wrong with the drive any more" test ! -e "$state/signals/DRIVE_ERROR" -a ! -e "$state/signals/DISC_FULL"
check_exit 1 "what is neither a drive nor a session" burnbox retry nothing
