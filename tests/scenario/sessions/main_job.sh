#!/usr/bin/env bash
# A tree goes up by scp, a marker says that it is complete, and the tree is on a disc with a receipt that is true.
. "$(dirname "$0")/../lib.sh"

start_server
some_tree "$world/photos"

step "scp -r and burn --wait"
check "scp -r into a session that is not there yet" scp -r "$world/photos" burnbox:holiday/
check "the folder lands one level down" test -d "$inbox/alice/holiday/photos"
check "burn --wait ends well" ssh burnbox burn holiday --wait
said 'BURNBOX_0001'
said 'sha256sum -c'

step "the client's view"
check "the folder says burned" test -d "$inbox/alice/holiday-burned"
check "nothing is left under the open name" test ! -e "$inbox/alice/holiday"
check "nothing is left under the queued name" test ! -e "$inbox/alice/holiday-queued"
check "RECEIPT.txt can be fetched" scp burnbox:holiday-burned/RECEIPT.txt "$world/"
check "receipt.json can be fetched" scp burnbox:holiday-burned/receipt.json "$world/"
check "the marker is gone" test ! -e "$inbox/alice/holiday-burned/BURN"
check "STATUS.txt is gone" test ! -e "$inbox/alice/holiday-burned/STATUS.txt"

step "the disc, read by strangers"
image=$(newest_image)
check "the label is the first" test "$(basename "$image")" = BURNBOX_0001.iso
check "bsdtar reads it" extract "$image" "$world/disc"
check "the tree is exact" same_tree "$world/photos" "$world/disc/alice/holiday/data/photos"
check "the bag is whole" bag_is_whole "$world/disc/alice/holiday"
check "README.txt is on the disc" grep -q 'sha256sum -c' "$world/disc/README.txt"
check "isoinfo reads the volume" isoinfo -d -i "$image"
said 'Volume id: BURNBOX_0001'
check "isoinfo lists Rock Ridge names" isoinfo -R -f -i "$image"
said '/alice/holiday/data/photos/Übergrößen/big\.bin'
check "isoinfo lists Joliet names" isoinfo -J -f -i "$image"
said '/alice/holiday/data/photos/one/with space\.txt'
mkdir "$world/disc2"
check "xorriso reads it" xorriso -osirrox on -indev "$image" -extract /alice/holiday/data/photos "$world/disc2/photos"
chmod -R u+rwX "$world/disc2"
check "xorriso's copy is exact" same_tree "$world/photos" "$world/disc2/photos"

step "receipt.json is true"
receipt() { jq -er "$1" "$world/receipt.json"; }
check "account, session and path" test "$(receipt '.account + " " + .session + " " + .path')" = "alice holiday /alice/holiday"
check "count of files" test "$(receipt .files_count)" = 5
check "bytes" test "$(receipt .bytes)" = $((1 + 32768 + 3000001 + 7))
check "one copy, on the disc's first session" test "$(receipt '.copies | map(.disc, .disc_session) | join(" ")')" = "BURNBOX_0001 1"
digest=$(sha256sum <"$world/photos/Übergrößen/big.bin" | cut -d ' ' -f 1)
check "digests are those of the files sent" \
    test "$(receipt '.files[] | select(.path == "data/photos/Übergrößen/big.bin") | .sha256')" = "$digest"
lba=$(receipt '.files[] | select(.path == "data/photos/one/two/block") | .lba')
dd if="$image" bs=2048 skip="$lba" count=16 status=none >"$world/by-lba"
check "the file lies at its block on the disc" cmp "$world/by-lba" "$world/photos/one/two/block"

step "the catalogue knows it"
check "find by glob" burnbox find '*.bin'
said 'big\.bin'
check "verify reads the disc again" burnbox verify BURNBOX_0001
