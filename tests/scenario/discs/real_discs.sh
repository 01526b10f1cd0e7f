#!/usr/bin/env bash
# The discs of a real drive (a test burner under the kernel's name /dev/sr0): given out and taken in by hand, closed by
# hand and when full, changed by an autoloader.
. "$(dirname "$0")/../lib.sh"
: "${MMC_BURNER:?the test burner}" "${MMC_PRELOAD:?its shared object}"

export MMC_DRIVES=$world/dev
mkdir "$MMC_DRIVES"
tray=$MMC_DRIVES/sr0
burner() { "$MMC_BURNER" "$tray" "$@"; }
on_burner() { LD_PRELOAD=$MMC_PRELOAD "$@"; }
drive_is() { burner status | grep -q "$1"; } # WORDS of its status
receipt() { jq -r "$2" "$inbox/alice/$1-burned/receipt.json"; }
disc_of() { receipt "$1" '.copies[0].disc'; }
state_of() { burnbox discs --json | jq -r --arg disc "$1" '.[] | select(.label == $disc).state'; }
says() { grep -qi "$2" "$inbox/alice/$1-queued/STATUS.txt"; }
read_disc() { rm -rf "$world/back" && on_burner xorriso -osirrox on -indev /dev/sr0 -extract / "$world/back"; }
send() { # NAME
    mkdir "$world/$1" && random_file "$world/$1/file" 200000
    scp -r "$world/$1" "burnbox:$1/"
}
holds() { for name; do same_tree "$world/$name" "$world/back/alice/$name/data/$name" || return; done; }

write_config dvd+r </dev/null
sed -i "s|tray: .*|tray: {device: /dev/sr0, expect: dvd+r}|" "$config"
burner blank "$world/first.disc" dvd+r
check_exit 0 "the drive can be used" on_burner "$BURNBOX" check -c "$config"
check "stock xorriso finds it in its scan" grep -q "MMC TEST BURNER" <(on_burner xorriso -devices 2>/dev/null)
LD_PRELOAD=$MMC_PRELOAD start_server

step "a disc that was given out goes on when it is back"
send one
check "burned" ssh burnbox burn one --wait
check_exit 0 "eject" burnbox eject tray
said 'disc BURNBOX_0001 is out of drive tray'
check "the tray is open" drive_is tray_open=1
send two
check "sealed" ssh burnbox burn two
wait_for 30 "it waits for the tray" says two "the tray is open"
check "which nobody closed meanwhile" drive_is tray_open=1
check_exit 0 "load" burnbox load tray
said 'disc BURNBOX_0001 is in drive tray'
wait_burned two 30
check "as its second disc session" test "$(receipt two '.copies[0] | "\(.disc) \(.disc_session)"')" = "BURNBOX_0001 2"

step "a disc that was closed by hand takes nothing more"
check_exit 0 "close" burnbox close-disc tray
said 'BURNBOX_0001 is closed'
check "for good" drive_is finalised=1
check "says the catalogue too" test "$(state_of BURNBOX_0001)" = closed
check "stock xorriso reads it" read_disc
check "both sessions" holds one two
send three
check "sealed" ssh burnbox burn three
wait_for 30 "it waits for a disc" says three "insert a blank"
burner blank "$world/second.disc" dvd+r
wait_burned three 30
check "which is the next one" test "$(disc_of three)" = BURNBOX_0002

step "a disc that gets full is closed with its last session"
burner blank "$world/third.disc" dvd+r 20000
send four
check "burned" ssh burnbox burn four --wait
check "on the small disc" test "$(disc_of four)" = BURNBOX_0003
check "with one disc session it is closed" drive_is "sessions=1 finalised=1"
check "says the catalogue too" test "$(state_of BURNBOX_0003)" = closed
check "stock xorriso reads it" read_disc
check "the session" holds four
stop_server

step "an autoloader changes full discs"
cat >"$world/changer" <<'SH'
#!/bin/sh
# The magazine is a folder of blanks.
set -e
here=$(dirname "$0")
echo "$1 $BURNBOX_DRIVE $BURNBOX_DEVICE disc=$BURNBOX_DISC" >>"$here/changer.log"
case $1 in
    eject) "$MMC_BURNER" "$MMC_DRIVES/sr0" remove ;;
    load)
        blank=$(ls "$here/magazine" | head -n 1)
        [ -n "$blank" ] || { echo "the magazine is empty" >&2; exit 1; }
        mv "$here/magazine/$blank" "$here/$blank"
        "$MMC_BURNER" "$MMC_DRIVES/sr0" insert "$here/$blank" ;;
esac
SH
chmod +x "$world/changer"
mkdir "$world/magazine"
for number in 1 2; do "$MMC_BURNER" "$world/spare.drive" blank "$world/magazine/$number.disc" dvd+r 20000; done
sed -i "s|expect: dvd+r}|expect: dvd+r, load: [$world/changer, load], eject: [$world/changer, eject]}|" "$config"
LD_PRELOAD=$MMC_PRELOAD start_server
for name in five six; do send "$name" && check "$name is burned" ssh burnbox burn "$name" --wait; done
check "on a disc each" test "$(disc_of five) $(disc_of six)" = "BURNBOX_0004 BURNBOX_0005"
check "the changer was told what to do" test "$(head -n 4 "$world/changer.log" | tr '\n' ';')" = \
    "eject tray /dev/sr0 disc=BURNBOX_0003;load tray /dev/sr0 disc=;eject tray /dev/sr0 disc=BURNBOX_0004;load tray /dev/sr0 disc=;"
send seven
check "sealed" ssh burnbox burn seven
wait_for 30 "what the changer says is the reason" says seven "the magazine is empty"
