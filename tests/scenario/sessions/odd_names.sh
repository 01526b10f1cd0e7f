#!/usr/bin/env bash
# Names as people have them, and as nobody should: bit for bit through upload, disc and extraction.
. "$(dirname "$0")/../lib.sh"

start_server
tree=$world/odd
mkdir "$tree"
repeat() { printf "%0.s$1" $(seq "$2"); }
echo long >"$tree/$(repeat x 255)"
echo unicode >"$tree/$(repeat ü 127)"
# shellcheck disable=SC2016
for name in ' leading' 'trailing ' 'two  spaces' '100%' '%41' '%0a' "quo'te" 'dou"ble' '$(id)' '`id`' 'back\slash' \
    'star*' 'what?' '[set]' '-dash' '~tilde' '#hash' 'semi;colon' 'pipe|' 'amp&' '日本語' 'עברית' '🎞.mov' 'Makefile' 'makefile' \
    'MAKEFILE' 'a.b.c.d' 'name.' 'COM1' '{brace}' '=equal' 'comma,' '..double' '...'; do
    echo "$name" >"$tree/$name"
done
for i in 1 2 3; do echo "$i" >"$tree/$(repeat y 120)-$i"; done # equal in what Joliet keeps
: >"$tree/empty"
mkdir "$tree/empty folder" "$tree/folder with ünïcode"
deep=$tree
for i in $(seq 30); do deep=$deep/level-$i; done
mkdir -p "$deep"
echo bottom >"$deep/bottom"

check "upload" scp -r "$tree" burnbox:odd/
# scp follows links; sftp makes them
check "links" sftp_do "symlink Makefile odd/odd/relative" "symlink ../odd/empty odd/odd/up" "symlink not-there odd/odd/dangling"
ln -s Makefile "$tree/relative"
ln -s ../odd/empty "$tree/up"
ln -s not-there "$tree/dangling"
check "as it is staged" same_tree "$tree" "$inbox/alice/odd/odd"
check "burn" ssh burnbox burn odd --wait

image=$(newest_image)
extract "$image" "$world/disc"
check "bsdtar's copy is exact" same_tree "$tree" "$world/disc/alice/odd/data/odd"
check "the bag is whole" bag_is_whole "$world/disc/alice/odd"
mkdir "$world/disc2"
check "xorriso extracts" xorriso -osirrox on -indev "$image" -extract /alice/odd/data/odd "$world/disc2/odd"
chmod -R u+rwX "$world/disc2"
check "xorriso's copy is exact" same_tree "$tree" "$world/disc2/odd"
check "BagIt's manifest encodes the percent sign only" grep -q 'data/odd/100%25$' "$world/disc/alice/odd/manifest-sha256.txt"
check "verify" burnbox verify alice/odd

step "and back by sftp"
check "get -r" sftp_do "get -r odd-burned/odd $world/back"
rm "$tree/relative" "$tree/up" "$tree/dangling"
rm -f "$world/back/relative" "$world/back/up" "$world/back/dangling"
check "exact" same_tree "$tree" "$world/back"

step "names that no listing can hold are refused"
check "a session for them" sftp_do "mkdir bad"
check_fails "a control character" sftp_do "mkdir bad/a$(printf '\001')b"
check_fails "bytes that are no UTF-8" sftp_do "mkdir bad/$(printf 'caf\351')"
