#!/usr/bin/env bash
# CD-Rs of 703 MiB: what does not fit on the rest of one goes to the next; no blank left means wait, with the reason.
. "$(dirname "$0")/../lib.sh"

write_config cd-r 2 </dev/null
start_server
for name in a b c; do
    mkdir "$world/$name"
    truncate -s 420M "$world/$name/zeros"
    echo "$name" >"$world/$name/who"
    scp -r "$world/$name" "burnbox:$name/"
    check "marker for $name" ssh burnbox burn "$name"
done
wait_burned a
wait_burned b
check "two discs" test "$(find "$discs" -name '*.iso' | wc -l)" = 2
for image in "$discs"/*.iso; do
    check "$(basename "$image") is no larger than a CD-R" test "$(stat -c %s "$image")" -le 736966656
done
on_disc() { jq -r '.copies[].disc' "$inbox/alice/$1-burned/receipt.json"; }
check "on different ones" test "$(on_disc a) $(on_disc b)" = "BURNBOX_0001 BURNBOX_0002"
wait_for 30 "the third waits for a disc and says so" grep -qiE 'disc|blank' "$inbox/alice/c-queued/STATUS.txt"

step "a smaller one may overtake it"
mkdir "$world/small" && echo small >"$world/small/who"
scp -r "$world/small" burnbox:small/
check "burned on a disc that has room" ssh burnbox burn small --wait
check "the third still waits" test -d "$inbox/alice/c-queued"

step "new blanks"
stop_server
write_config cd-r 5 </dev/null
start_server
wait_burned c
check "on a third disc" test "$(on_disc c)" = BURNBOX_0003
for name in a b c; do
    extract "$discs/$(on_disc $name).iso" "$world/disc"
    check "$name is exact" same_tree "$world/$name" "$world/disc/alice/$name/data/$name"
done
