#!/usr/bin/env bash
# Discs that change place: images that are moved, renamed, copied or gone, drives that get another name; and discs that
# got worse: what a read-back found out is kept and counts.
. "$(dirname "$0")/../lib.sh"

two_drives() { # KEYS...
    write_config dvd+r </dev/null
    mkdir -p "$world/discs2"
    sed -i "s|^  tray: .*|  tray: {image_dir: $discs, medium: dvd+r}\n  spare: {image_dir: $world/discs2, medium: bd-r}|
            s|^  default: .*|  default: {drives: [tray, spare], copies: 1}|" "$config"
    printf '%s\n' "$@" >>"$config"
}
burn() { # NAME
    mkdir -p "$world/$1" && head -c 3000000 /dev/urandom >"$world/$1/data"
    scp -qr "$world/$1" "burnbox:$1/" && ssh burnbox burn "$1" --wait
}
disc_of() { jq -r '.copies[0].disc' "$inbox/alice/$1-burned/receipt.json"; }
disc() { burnbox discs --json | jq -r --arg wanted "$1" ".[] | select(.label == \$wanted) | $2"; }

two_drives
start_server
check "one is burned" burn one
check "on the first drive" test -f "$discs/BURNBOX_0001.iso"

step "a disc that was put into the other drive, under another name"
mv "$discs/BURNBOX_0001.iso" "$world/discs2/renamed.iso"
check_exit 0 "is verified there" burnbox verify BURNBOX_0001
stop_server
sed -i 's/drives: \[tray, spare\]/drives: [spare, tray]/' "$config" # its turn
start_server
check "gone on with there" burn two
check "as the same disc" test "$(disc_of one) $(disc_of two)" = "BURNBOX_0001 BURNBOX_0001"
check "with the medium that it is" test "$(disc BURNBOX_0001 .medium)" = dvd+r
check "no other disc was begun" test ! -e "$discs/BURNBOX_0002.iso" -a ! -e "$world/discs2/BURNBOX_0002.iso"

step "a disc that is away says nothing about it"
mv "$world/discs2/renamed.iso" "$world/away.iso"
check_exit 1 "it can't be verified" burnbox verify BURNBOX_0001
said 'BURNBOX_0001.*(put|insert)'
ln -s "$world/away.iso" "$world/discs2/renamed.iso"
check_exit 1 "nor through a link" burnbox verify BURNBOX_0001
said 'symbolic link of that name'
rm "$world/discs2/renamed.iso"
check "the next session goes on another one" burn three
check "a new one" test "$(disc_of three)" = BURNBOX_0002
check "it is not suspect" test "$(disc BURNBOX_0001 .state)" = open
check "but listed as missing" test "$(disc BURNBOX_0001 ".missing // false")" = true

step "a copy of a disc is not appended to"
mv "$world/away.iso" "$world/discs2/renamed.iso"
check_exit 0 "back, it is found" burnbox verify BURNBOX_0001 # before there is a copy that could be taken for it
cp "$world/discs2/renamed.iso" "$discs/copy.iso"
check "it is gone on with" burn four
check "the copy is as it was" test "$(stat -c %s "$discs/copy.iso")" -lt "$(stat -c %s "$world/discs2/renamed.iso")"
rm "$discs/copy.iso"
check_exit 0 "all of it verifies" burnbox verify BURNBOX_0001
check "it is missing no more" test "$(disc BURNBOX_0001 ".missing // false")" = false

step "what is no plain file is no disc, and stops nobody"
stop_server
mv "$world/discs2/renamed.iso" "$world/away.iso" && mv "$world/discs2/BURNBOX_0002.iso" "$world/away2.iso"
mkfifo "$world/discs2/renamed.iso" "$world/discs2/BURNBOX_0003.iso"
ln -s /nowhere "$world/discs2/BURNBOX_0004.iso"
mkdir "$world/discs2/BURNBOX_0005.iso"
start_server
check "the next session goes on a new disc" burn odd
check "with the next free label" test "$(disc_of odd)" = BURNBOX_0006
check "nobody is to blame" test ! -e "$state/signals/DRIVE_ERROR"
stop_server
rm -r "$world/discs2"/{renamed,BURNBOX_000[3456]}.iso
mv "$world/away.iso" "$world/discs2/renamed.iso" && mv "$world/away2.iso" "$world/discs2/BURNBOX_0002.iso"
start_server

step "a drive gets another name"
stop_server
sed -i 's/spare/tower/g' "$config"
start_server
check_exit 0 "its discs are verified" burnbox verify BURNBOX_0001
check "and gone on with" burn five
check "the same disc" test "$(disc_of five)" = BURNBOX_0001
stop_server

step "what a read-back found out counts"
two_drives "session: {keep_burned: 1s}"
sed -i 's/spare/tower/g' "$config"
start_server
check "six is burned" burn six
image=$(grep -lF "$(disc_of six)" "$discs"/*.iso "$world"/discs2/*.iso | head -n 1)
lba=$(jq -r '.files[] | select(.path | endswith("/data")) | .lba' "$inbox/alice/six-burned/receipt.json")
flip() { printf "\\x$1" | dd of="$image" bs=1 seek=$((lba * 2048 + 1000)) conv=notrunc status=none; }
byte=$(dd if="$image" bs=1 skip=$((lba * 2048 + 1000)) count=1 status=none | od -An -tx1 | tr -d " ")
flip "$([ "$byte" = 00 ] && echo 01 || echo 00)"
check_exit 1 "a flipped byte is found" burnbox verify alice/six
said differs
check "the disc is suspect" test "$(disc "$(disc_of six)" .state)" = suspect
check "nothing is appended" burn seven
check_fails "to it" test "$(disc_of seven)" = "$(disc_of six)"
check "the payload stays" test -f "$inbox/alice/six-burned/six/data"
flip "$byte"
check_exit 0 "mended, it verifies" burnbox verify "$(disc_of six)"
check "and is trusted again" test "$(disc "$(disc_of six)" .state)" = open
root_extent=$((16 * 2048 + 158)) # in the descriptor that plain readers begin with
put_head() { printf "\\x$1" | dd of="$image" bs=1 seek=$root_extent conv=notrunc status=none; }
byte=$(dd if="$image" bs=1 skip=$root_extent count=1 status=none | od -An -tx1 | tr -d " ")
put_head "$(printf %02x $((0x$byte ^ 0x40)))"
check_exit 1 "a flipped bit where plain readers begin is found" burnbox verify alice/six
said "which readers begin with"
check "the disc is suspect for that" test "$(disc "$(disc_of six)" .state)" = suspect
put_head "$byte"
check_exit 0 "mended, it verifies again" burnbox verify "$(disc_of six)"
check "and is trusted once more" test "$(disc "$(disc_of six)" .state)" = open
