#!/usr/bin/env bash
# Three sessions on one disc: the newest disc session shows all, the older ones still load by number.
. "$(dirname "$0")/../lib.sh"

start_server
for name in first second third; do
    some_tree "$world/$name"
    echo "$name" >"$world/$name/who"
    scp -r "$world/$name" "burnbox:$name/"
    check "$name is burned" ssh burnbox burn "$name" --wait
done

check "one disc" test "$(find "$discs" -name '*.iso' | wc -l)" = 1
image=$(newest_image)
extract "$image" "$world/disc"
for name in first second third; do
    check "$name is in the newest disc session" same_tree "$world/$name" "$world/disc/alice/$name/data/$name"
    check "$name is a whole bag" bag_is_whole "$world/disc/alice/$name"
done

load() { # NUMBER
    rm -rf "$world/old" && mkdir "$world/old"
    xorriso -load session "$1" -osirrox on -indev "$image" -extract / "$world/old/disc" && chmod -R u+rwX "$world/old"
}
check "the first loads by number" load 1
check "it is exact" same_tree "$world/first" "$world/old/disc/alice/first/data/first"
check "the second is not in it" test ! -e "$world/old/disc/alice/second"
check "the second loads by number" load 2
check "it holds two" test "$(cd "$world/old/disc/alice" && echo *)" = "first second"

check "the catalogue counts three" test "$(burnbox discs --json | jq -r '.[0].sessions | map("\(.disc_session) \(.session)") | join(", ")')" = "1 first, 2 second, 3 third"
check "xorriso counts three" test "$(xorriso -indev "$image" -toc 2>/dev/null | grep -c '^ISO session')" = 3
check "verify reads all three" burnbox verify BURNBOX_0001
