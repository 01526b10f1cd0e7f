#!/usr/bin/env bash
# scp -O, the protocol of old clients and small devices: the same outcomes.
. "$(dirname "$0")/../lib.sh"

start_server
some_tree "$world/photos"

step "up"
check "scp -O -r into a session that is not there yet" scp -O -r -p "$world/photos" burnbox:holiday/
check "the folder lands one level down" test -d "$inbox/alice/holiday/photos"
check "one more file" scp -O "$world/alice.pub" burnbox:holiday/photos/
check_fails "a plain file in the inbox is refused" scp -O "$world/alice.pub" burnbox:
said 'burnbox:|NAME/|session'
check_fails "a missing file cannot be fetched" scp -O burnbox:holiday/nothing "$world/"

step "down"
check "scp -O -r back" scp -O -r -p burnbox:holiday/photos "$world/back"
cp "$world/alice.pub" "$world/photos/"
check "exact" same_tree "$world/photos" "$world/back"
check "times are kept" test "$(stat -c %Y "$world/photos/one/byte")" = "$(stat -c %Y "$world/back/one/byte")"

step "burn by a marker sent with -O"
: >"$world/BURN"
check "the marker" scp -O "$world/BURN" burnbox:holiday/
wait_burned holiday
check "bsdtar reads it" extract "$(newest_image)" "$world/disc"
check "the tree is exact" same_tree "$world/photos" "$world/disc/alice/holiday/data/photos"
check "the bag is whole" bag_is_whole "$world/disc/alice/holiday"
check "receipts come back by -O" scp -O burnbox:holiday-burned/RECEIPT.txt "$world/"
check_fails "a burned session takes no files" scp -O "$world/alice.pub" burnbox:holiday-burned/
