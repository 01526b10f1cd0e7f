#!/usr/bin/env bash
# Two drives: copies on both before anything counts as burned, fail-over, discs by hand, and an autoloader.
. "$(dirname "$0")/../lib.sh"

# two_drives COPIES [KEYS of the first drive]
two_drives() {
    write_config dvd+r </dev/null
    mkdir -p "$world/discs2"
    sed -i "s|^  tray: .*|  tray: {image_dir: $discs, medium: dvd+r${2:-}}\n  spare: {image_dir: $world/discs2, medium: cd-r}|
            s|^  default: .*|  default: {drives: [tray, spare], copies: $1}|" "$config"
}
receipt() { jq -r "$2" "$inbox/alice/$1-burned/receipt.json"; }
send() { # NAME
    mkdir -p "$world/$1" && echo "$1" >"$world/$1/who"
    scp -r "$world/$1" "burnbox:$1/"
}

two_drives 2
start_server
some_tree "$world/tree"
scp -r "$world/tree" burnbox:holiday/
check "two copies are burned" ssh burnbox burn holiday --wait
said 'Copy 1 of 2'
said 'Copy 2 of 2'
check "on different drives and discs" test "$(receipt holiday '[.copies[] | .drive] | sort | join(" ")') $(receipt holiday '[.copies[].disc] | unique | length')" = "spare tray 2"
for image in "$discs"/*.iso "$world/discs2"/*.iso; do
    extract "$image" "$world/disc"
    check "$(basename "$image") holds it" same_tree "$world/tree" "$world/disc/alice/holiday/data/tree"
    check "as a whole bag" bag_is_whole "$world/disc/alice/holiday"
done
check_exit 0 "both copies verify" burnbox verify alice/holiday

step "with one drive away the second copy waits, and says so"
mv "$world/discs2" "$world/away"
send second
check "sealed" ssh burnbox burn second
wait_for 60 "it waits for the other drive" grep -q 'image_dir is missing' "$inbox/alice/second-queued/STATUS.txt"
check "not called burned" test ! -e "$inbox/alice/second-burned"
mv "$world/away" "$world/discs2"
wait_burned second

step "a drive that is taken out for good leaves a session with one copy of two: a person is asked, and decides"
mv "$world/discs2" "$world/away"
send promised
check "sealed" ssh burnbox burn promised
wait_for 60 "its second copy waits for that drive" grep -q 'image_dir is missing' "$inbox/alice/promised-queued/STATUS.txt"
stop_server
two_drives 1
sed -i '/^  spare: /d; s|drives: \[tray, spare\]|drives: [tray]|' "$config"
start_server
wait_for 60 "the reason is that of now" grep -q '2 copies were promised at its seal' "$inbox/alice/promised-queued/STATUS.txt"
check_fails "and no other" grep -q 'image_dir' "$inbox/alice/promised-queued/STATUS.txt"
wait_for 30 "a signal says so" grep -q 'burnbox retry alice/promised' "$state/signals/BURN_FAILED"
send afterwards
check "what is sent now is promised what there is now" ssh burnbox burn afterwards --wait
check_exit 2 "not for accounts" ssh burnbox retry promised
check_exit 0 "a person lets it be burned so" burnbox retry promised
said 'alice/promised is burned, with 1 copy instead of 2'
wait_burned promised
check "with the copy that there is" test "$(receipt promised '.copies | length')" = 1
wait_for 30 "the signal is gone" test ! -e "$state/signals/BURN_FAILED"
check_exit 1 "burned is burned" burnbox retry promised
stop_server
mv "$world/away" "$world/discs2"

step "discs by hand"
two_drives 1
start_server
check_exit 1 "no disc is in yet" burnbox close-disc tray
said 'load tray'
check_exit 0 "load" burnbox load tray
said 'BURNBOX_0001 is in drive tray'
check_exit 0 "eject" burnbox eject tray
said 'is out of drive tray'
check_exit 1 "an unknown drive" burnbox eject try
said 'no drive try'
check_exit 2 "not for accounts" ssh burnbox eject tray
check "loaded again" burnbox load tray
check_exit 0 "close" burnbox close-disc tray
said 'BURNBOX_0001 is closed'
check "for good" test "$(burnbox discs --json | jq -r '.[] | select(.label == "BURNBOX_0001").state')" = closed
check "the image is read-only" test "$(stat -c %a "$discs/BURNBOX_0001.iso")" = 444
send third
check "the next session goes on another disc" ssh burnbox burn third --wait
check "of the same drive" test "$(receipt third '.copies[0].drive')" = tray
check_fails "not on the closed one" test "$(receipt third '.copies[0].disc')" = BURNBOX_0001
stop_server

step "an autoloader: full discs go to the shelf, blanks come from the magazine"
mkdir "$world/shelf" && echo 2 >"$world/magazine"
cat >"$world/changer" <<'SH'
#!/bin/sh
# The magazine is a number, the box of the drive holds one disc.
set -e
echo "$1 $BURNBOX_DRIVE disc=$BURNBOX_DISC wanted=$BURNBOX_WANTED" >>"$(dirname "$0")/changer.log"
case $1 in
    eject) mv "$BURNBOX_DEVICE/$BURNBOX_DISC.iso" "$(dirname "$0")/shelf/" ;;
    load)
        left=$(cat "$(dirname "$0")/magazine")
        [ "$left" -gt 0 ] || { echo "the magazine is empty" >&2; exit 1; }
        echo $((left - 1)) >"$(dirname "$0")/magazine" ;;
esac
SH
chmod +x "$world/changer"
rm -rf "$state" "$inbox" "$discs" "$world/discs2" "$world/known_hosts"
two_drives 1 ", blanks: 1, load: [$world/changer, load], eject: [$world/changer, eject]"
sed -i "s|drives: \[tray, spare\]|drives: [tray]|" "$config"
echo "burn: {layout: root}" >>"$config" # a disc for each session: full at once
start_server
for name in a b c; do send "$name" && check "$name is burned" ssh burnbox burn "$name" --wait; done
check "three discs" test "$(find "$world/shelf" "$discs" -name '*.iso' | wc -l)" = 3
check "two of them on the shelf" test "$(find "$world/shelf" -name '*.iso' | wc -l)" = 2
check "the changer was told what to do" test "$(head -n 2 "$world/changer.log" | tr '\n' ';')" = "eject tray disc=BURNBOX_0001 wanted=;load tray disc= wanted=blank;"
extract "$world/shelf/BURNBOX_0002.iso" "$world/disc"
check "each at its disc's root" same_tree "$world/b" "$world/disc/b"
check "with its checksums" sums_match "$world/disc"
send d
check "sealed" ssh burnbox burn d
wait_for 30 "what the changer says is the reason" grep -q 'the magazine is empty' "$inbox/alice/d-queued/STATUS.txt"
echo 1 >"$world/magazine"
wait_burned d
