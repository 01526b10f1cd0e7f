#!/usr/bin/env bash
# The life of sessions in a watched folder: cancelled and mended by a local mv, changed after the seal, names of any bytes, what can't be
# used, a restart while a session settles, and thousands of folders at once.
. "$(dirname "$0")/../lib.sh"

watched=$world/incoming
mkdir "$watched"
settle=300ms
configure() { # MEDIUM BLANKS
    write_config "$@" <<YAML
watch:
  - {path: $watched, account: lab, settle: $settle}
YAML
    sed -i 's/^accounts:/accounts:\n  lab: {}/' "$config"
}
watched_burned() { [ -s "$watched/$1/RECEIPT.txt" ] && [ -s "$watched/$1/receipt.json" ]; }
wait_watched() { wait_for "${2:-60}" "$1 is burned" watched_burned "$1-burned"; }
sessions_in() { burnbox sessions --json | jq --arg state "$1" '[.[] | select(.account == "lab" and .state == $state)] | length'; }
has_no() { [ "$(sessions_in "$1")" = 0 ]; }
make_session() { mkdir -p "$watched/$1/data" && echo "$1" >"$watched/$1/data/file"; }

step "an account without keys will do for a watched folder, and overlaps are errors"
configure dvd+r 0
check "the configuration" burnbox check
cp "$config" "$world/kept"
sed -i "s|path: $watched|path: $inbox/alice|" "$config"
check_fails "a watched folder in the inbox" burnbox check
said "overlaps inbox_dir"
cp "$world/kept" "$config"

step "without a disc it stays queued; mv NAME-queued NAME cancels"
start_server
make_session holiday
: >"$watched/holiday/BURN"
wait_for 20 "queued" test -d "$watched/holiday-queued"
wait_for 20 "STATUS.txt says why" grep -q waits "$watched/holiday-queued/STATUS.txt"
mv "$watched/holiday-queued" "$watched/holiday"
wait_for 20 "the catalogue follows" has_no queued
wait_for 20 "the marker is put aside" test -e "$watched/holiday/BURN.refused"
check "STATUS.txt is gone" test ! -e "$watched/holiday/STATUS.txt"
: >"$watched/holiday/BURN"
wait_for 20 "queued again" test -d "$watched/holiday-queued"
check "cancel by the command" burnbox cancel lab/holiday
wait_for 20 "open again" test -d "$watched/holiday"

step "renamed while the server was away"
: >"$watched/holiday/BURN"
wait_for 20 "queued" test -d "$watched/holiday-queued"
stop_server
mv "$watched/holiday-queued" "$watched/holiday"
start_server
check "taken back" has_no queued
check "and not asked for any more" test ! -e "$watched/holiday/BURN"

step "a file that changes after the seal: failed, with its name, and nothing is called burned"
# (where the file system shares blocks, the copy that the seal made is burned instead)
has_copy() { [ -n "$(ls -A "$state/staged" 2>/dev/null)" ]; }
: >"$watched/holiday/BURN"
wait_for 20 "queued" test -d "$watched/holiday-queued"
copied=no
if has_copy; then copied=yes; fi
echo changed >>"$watched/holiday-queued/data/file"
stop_server
configure dvd+r ''
start_server
if [ "$copied" = yes ]; then
    wait_watched holiday
    check "what was sealed is on the disc" test "$(bsdtar -xOf "$(newest_image)" lab/holiday/data/data/file)" = holiday
    check "the copy is gone" test -z "$(ls -A "$state/staged")"
else
    wait_for 60 "failed" test -s "$watched/holiday-failed/FAILED.txt"
    check "the file is named" grep -q 'data/file' "$watched/holiday-failed/FAILED.txt"
    check "nothing burned" has_no burned
    mv "$watched/holiday-failed" "$watched/holiday"
    wait_for 20 "taken back to mend" has_no failed
    wait_for 20 "FAILED.txt is gone" test ! -e "$watched/holiday/FAILED.txt"
    : >"$watched/holiday/BURN"
    wait_watched holiday
fi

step "names of any bytes"
odd=$watched/odd/data
mkdir -p "$odd"
echo latin >"$odd/$(printf 'caf\351')"
echo percent >"$odd/caf%E9"
echo newline >"$odd/$(printf 'two\nlines')"
mkdir "$odd/$(printf 'd\377r')"
echo inside >"$odd/$(printf 'd\377r')/file"
: >"$watched/odd/BURN"
wait_watched odd
extract "$discs/$(jq -r '.copies[0].disc' "$watched/odd-burned/receipt.json").iso" "$world/disc"
on=$world/disc/lab/odd
check "the byte as %XX, beside the name that was so from the start" grep -q latin "$on/data/data/caf%E9~2"
check "which stays" grep -q percent "$on/data/data/caf%E9"
check "control characters too" grep -q newline "$on/data/data/two%0Alines"
check "folders too" grep -q inside "$on/data/data/d%FFr/file"
original=$(printf %b "$(grep -F 'caf%E9~2' "$on/names.tsv" | cut -f2)")
check "the original bytes" test "$original" = "$(printf 'data/data/caf\351')"
check "the bag is whole" bag_is_whole "$on"

step "what can't be burned is refused with a reason"
make_session special
mkfifo "$watched/special/data/pipe"
: >"$watched/special/BURN"
wait_for 20 "refused" test -s "$watched/special/REFUSED.txt"
check "the reason names it" grep -q 'neither files nor folders nor links: data/pipe' "$watched/special/REFUSED.txt"
check "the marker is kept aside" test -e "$watched/special/BURN.refused"
rm "$watched/special/data/pipe"
: >"$watched/special/BURN"
wait_watched special

step "a restart while sessions settle"
make_session settling
: >"$watched/settling/BURN"
crash_server
start_server
wait_watched settling

step "thousands of folders at once: no missed session"
count=${BURNBOX_FOLDERS:-10000}
mkdir -p "$watched/many"
(cd "$watched/many" && seq "$count" | xargs mkdir)
for i in $(seq 20); do
    make_session "s$i"
    mkdir "$watched/s$i/more"
    (cd "$watched/s$i/more" && seq 100 | xargs mkdir -p)
    echo "$i" >"$watched/s$i/more/100/deep"
    : >"$watched/s$i/BURN"
done
(cd "$watched/many" && echo last >"$count/file" && : >BURN)
for i in $(seq 20); do wait_watched "s$i" 120; done
wait_watched many 120
check "all are burned" test "$(sessions_in burned)" = 25
check "an empty folder is on the disc too" grep -q "\"data/$((count - 1))\"" <(bsdtar -xOf "$(newest_image)" lab/many/entries.jsonl)
