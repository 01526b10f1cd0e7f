#!/usr/bin/env bash
# A local folder imported by hand: all of it on the disc with its names and times, what can't be taken refused by name, killed half-way.
. "$(dirname "$0")/../lib.sh"

archive=$world/archive
some_tree "$archive"
ln -s one/byte "$archive/link"
printf odd >"$archive/"$'not\xffutf8'
touch -d 2001-02-03T04:05:06Z "$archive/one/byte"
write_config </dev/null
start_server
nothing_arrives() { ! compgen -G "$inbox/*/.arriving-*"; }

step "the only account's; a relative path; --wait ends with the receipt"
# From the folder above, by its name.
import_here() { (cd "$world" && burnbox import "$@"); }
cp -a "$archive" "$world/before"
touch -a -d 2000-01-01 "$archive/one/two/block"
check "import" import_here archive --session holiday --wait
said "^Session +alice/holiday|alice/holiday"
check "its folder" is_burned holiday-burned
check "nothing is left beside it" nothing_arrives
check "the originals look as if nobody had read them" test "$(stat -c %x "$archive/one/two/block" | cut -c 1-4)" = 2000
check "and are as they were" same_tree "$world/before" "$archive"

step "what is on the disc is the folder"
extract "$(newest_image)" "$world/out"
bag=$world/out/alice/holiday
check "the bag" bag_is_whole "$bag"
mv "$bag/data/not%FFutf8" "$bag/data/"$'not\xffutf8'
check "every file, folder and link" same_tree "$archive" "$bag/data"
check "the original name is kept" grep -q 'not\\xffutf8' "$bag/names.tsv"
check "times too" test "$(stat -c %Y "$bag/data/one/byte")" = "$(date -d 2001-02-03T04:05:06Z +%s)"

step "the same again is refused, and --again burns it"
check_fails "again" burnbox import "$archive" --session holiday
said "exactly the same is on disc BURNBOX_0001"
check "with --again" burnbox import "$archive" --session holiday --again --wait
said "alice/holiday-2"

step "what can't be taken along is named, and nothing is sealed"
cp -a "$archive" "$world/bad"
mkfifo "$world/bad/pipe"
ln -s /etc/passwd "$world/bad/way-out"
printf x >"$world/bad/STATUS.txt"
check_fails "a pipe, a link that leads out, a name of burnbox's own" burnbox import "$world/bad" --session bad
said "$world/bad can't be imported as alice/bad.*pipe.*STATUS.txt.*way-out"
check_fails "no folder" burnbox import "$world/nowhere" --session bad
said "$world/nowhere.*No such file"
check_fails "a name that no session can have" burnbox import "$archive" --session bad-queued
said "reserved"
check_exit 2 "no name at all" burnbox import "$archive"
said "session"
mkdir "$world/empty"
check_fails "an empty folder" burnbox import "$world/empty" --session bad
said "it is empty"
cp -a "$archive" "$world/listed"
echo "$(printf 0%.0s {1..64})  one/byte" >"$world/listed/SHA256SUMS"
check_fails "its checksum list is wrong" burnbox import "$world/listed" --session listed
said "SHA256SUMS does not match.*one/byte"
check "nothing is left of these" nothing_arrives
check_fails "no such account" burnbox import "$archive" --session bad --account bob
said "accounts: alice"
check_fails "an account can't" ssh burnbox import /etc --session etc
said "does not work over SSH"

step "an open session of that name is not touched"
sftp_do "mkdir taken" "put $archive/one/byte taken/" >/dev/null
check_fails "its name is taken" burnbox import "$archive" --session taken
said "has an open session taken"

step "the quota counts"
stop_server
sed -i "s|keys_file: $world/alice.pub|&\n    quota: 2 MiB|" "$config"
start_server
check_fails "too much" burnbox import "$archive" --session much
said "accounts.alice.quota"
stop_server
sed -i '/quota: 2 MiB/d' "$config"

step "killed while it copies: nothing of it is left, and it can be imported again"
mkdir "$world/large"
head -c 400M /dev/zero >"$world/large/zeros"
start_server
burnbox import "$world/large" --session large >"$world/import.out" 2>&1 &
asker=$!
wait_for 20 "it arrives" compgen -G "$inbox/alice/.arriving-*"
crash_server
wait "$asker" && fail "an import that was cut answered"
start_server
check "nothing arrives any more" nothing_arrives
check "and nothing is sealed" test -z "$(compgen -G "$inbox/alice/large*")"
rm "$world/large/zeros"
head -c 4M /dev/urandom >"$world/large/random"
check "again" burnbox import "$world/large" --session large --wait
check "burned" is_burned large-burned
