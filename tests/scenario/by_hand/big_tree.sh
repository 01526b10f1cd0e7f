#!/usr/bin/env bash
# A file of 5 GiB and 20,000 small ones on an emulated BD-R, then two sessions more. Needs about 25 GiB and some minutes:
#     BURNBOX=build/release/burnbox TMPDIR=/somewhere/large tests/scenario/by_hand/big_tree.sh
. "$(dirname "$0")/../lib.sh"

write_config bd-r </dev/null
start_server
mkdir "$world/tree"
step "making the tree"
random_file "$world/tree/5 GiB" $((5 << 30))
for folder in $(seq 0 99); do
    mkdir "$world/tree/$folder"
    for i in $(seq 200); do echo "$folder $i" >"$world/tree/$folder/file $i"; done
done
: >"$world/tree/empty"
mkdir "$world/tree/empty folder"

step "the big session"
SECONDS=0
check "scp -r" scp -r "$world/tree" burnbox:big/
echo "  uploaded after $SECONDS s"
check "burn --wait" ssh burnbox burn big --wait
echo "  burned and verified after $SECONDS s"
for name in second third; do
    some_tree "$world/$name"
    scp -r "$world/$name" "burnbox:$name/"
    check "$name" ssh burnbox burn "$name" --wait
done

step "what is on the disc"
image=$(newest_image)
extract "$image" "$world/disc"
check "the big tree is exact" same_tree "$world/tree" "$world/disc/alice/big/data/tree"
check "its bag is whole" bag_is_whole "$world/disc/alice/big"
for name in second third; do
    check "$name is exact" same_tree "$world/$name" "$world/disc/alice/$name/data/$name"
done
rm -rf "$world/disc"
mkdir "$world/disc"
check "the first disc session loads by number" xorriso -load session 1 -osirrox on -indev "$image" -extract /alice "$world/disc/alice"
chmod -R u+rwX "$world/disc"
check "it is exact" same_tree "$world/tree" "$world/disc/alice/big/data/tree"
check "it holds nothing else" test "$(ls "$world/disc/alice")" = big
