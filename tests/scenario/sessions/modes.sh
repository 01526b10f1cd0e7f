#!/usr/bin/env bash
# Modes of clients, and a server without root's rights: what was sent stands in entries.jsonl, on the disc and in ls; the staging copy can be
# sent anew, mended, taken back and deleted all the same.
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" != 0 ] || echo "as root, which hides what this looks for"

write_config <<'YAML'
session: {keep_burned: 1s}
burn: {modes: keep}
YAML
tree=$world/tree
mkdir -p "$tree/closed/deep" "$tree/plain"
echo one >"$tree/closed/deep/file"
echo two >"$tree/closed/read only"
echo three >"$tree/plain/script"
chmod 0444 "$tree/closed/read only" "$tree/closed/deep/file"
chmod 0750 "$tree/plain/script"
touch -d '1955-11-05 06:00:00.25 UTC' "$tree/closed/read only"
chmod 0555 "$tree/closed/deep" "$tree/closed"
# modes_in FILE PREFIX: mode and path of what lies below the prefix in an entries.jsonl.
modes_in() { jq -r --arg p "$2" 'select(.path | startswith($p)) | "\(.mode) \(.path | ltrimstr($p))"' "$1" | sort; }
cat >"$world/expected" <<'TEXT'
0444 closed/deep/file
0444 closed/read only
0555 closed
0555 closed/deep
0750 plain/script
0755 plain
TEXT
sort -o "$world/expected" "$world/expected"
# as_sent SESSION PREFIX: on the disc, in entries.jsonl and by their modes.
as_sent() {
    extract_as_it_is "$1"
    modes_in "$world/disc/alice/$1/entries.jsonl" "data/$2" | diff "$world/expected" -
    (cd "$world/disc/alice/$1/data/$2" && find . -mindepth 1 -printf '%m %P\n' | sed 's/^/0/' | sort | diff "$world/expected" -)
}
extract_as_it_is() {
    [ ! -d "$world/disc" ] || chmod -R u+rwX "$world/disc"
    rm -rf "$world/disc" && mkdir "$world/disc"
    bsdtar -C "$world/disc" -xpf "$discs/$(jq -r '.copies[0].disc' "$inbox/alice/$1-burned/receipt.json").iso" "alice/$1"
}
start_server

step "scp -rp, twice, over what is there"
scp -q -rp "$tree" burnbox:first/
scp -q -rp "$tree" burnbox:first/
sftp_do "ls -l first/tree" >"$world/listing"
check "ls shows what was sent" grep -q '^dr-xr-xr-x.*closed' "$world/listing"
check "it burns" ssh burnbox burn first
wait_burned first
check "as it was sent" as_sent first tree/
wait_for 90 "what is on the disc is let go of" test ! -e "$inbox/alice/first-burned/tree"
check "by its owner too" sftp_do "rm first-burned/RECEIPT.txt" "rm first-burned/receipt.json" "rmdir first-burned"

step "rsync -a, again with --delete, and once more"
rsync() { command rsync -e "ssh -F $world/ssh_config" "$@"; }
rsync -a "$tree/" burnbox:second/
chmod u+w "$tree/closed" "$tree/closed/deep"
echo four >"$tree/closed/new" && mv "$tree/closed/deep/file" "$world/kept"
chmod 0444 "$tree/closed/new"
chmod 0555 "$tree/closed/deep" "$tree/closed"
check "with --delete" rsync -a --delete "$tree/" burnbox:second/
check "it is gone there" test ! -e "$inbox/alice/second/closed/deep/file"
chmod u+w "$tree/closed" "$tree/closed/deep"
rm -f "$tree/closed/new" && mv "$world/kept" "$tree/closed/deep/file"
chmod 0555 "$tree/closed/deep" "$tree/closed"
check "and back" rsync -a --delete "$tree/" burnbox:second/
check "nothing is to be sent then" test -z "$(rsync -rtn --out-format=%n "$tree/" burnbox:second/ | grep -v '/$' || true)"
check "it burns" ssh burnbox burn second
wait_burned second
check "as it was sent" as_sent second ""
check "a time before 1970 too" grep -q '"data/closed/read only".*"mtime":"1955-11-05T06:00:00.25' "$world/disc/alice/second/entries.jsonl"

step "a file of 0444 that was cut off is sent again"
random_file "$world/large" 300000
chmod 0444 "$world/large"
{ printf 'C0444 300000 large\n'; head -c 100000 "$world/large"; } | command ssh -F "$world/ssh_config" burnbox scp -p -t third/ >"$world/ignored" 2>&1 || true
wait_for 10 "it is cut off" eval "ssh burnbox status | grep -q 'cut off'"
check "sent again" scp -q -p "$world/large" burnbox:third/large
check "it burns" ssh burnbox burn third

step "deleted, taken back and mended"
scp -q -rp "$tree" burnbox:fourth/
check "deleted" sftp_do "rm fourth/tree/closed/deep/file" "rmdir fourth/tree/closed/deep" "put $world/expected fourth/tree/closed/more"
check "its mode is set" sftp_do "chmod 700 fourth/tree/closed" "chmod 555 fourth/tree/closed"
check "sealed" ssh burnbox burn fourth
wait_burned fourth
chmod -R u+rwX "$tree"
