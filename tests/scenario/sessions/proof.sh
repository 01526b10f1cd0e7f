#!/usr/bin/env bash
# With a libisofs that writes some links wrong (tests/support/spoiled_libisofs.cc): what a disc would not show as it was
# sent is refused at its marker, whatever way it came; what is wrong only beside others goes on a disc of its own.
. "$(dirname "$0")/../lib.sh"
: "${SPOILED_PRELOAD:?libisofs with faults}"

watched=$world/watched backup=$world/backup
mkdir -p "$watched" "$backup"
write_config <<YAML
watch:
  - {path: $watched, account: lab, settle: 300ms}
skim:
  - {from: $backup, every: 1d, account: lab, session: "backup-%Y%m%dT%H%M%SZ", min_age: 0s}
YAML
sed -i 's/^accounts:/accounts:\n  lab: {}/' "$config"
LD_PRELOAD=$SPOILED_PRELOAD start_server

wrong="a disc would not show it as it was sent: .*l: its link target differs"
tree=$world/tree
mkdir -p "$tree/s"
echo content >"$tree/a"
ln -s spoiled "$tree/s/l"

step "refused, by sftp, command, rsync, import and watched folder"
check "sent" sftp_do "mkdir bad" "mkdir bad/s" "put $tree/a bad/a" "symlink spoiled bad/s/l"
check_fails "a marker" sftp_do "put $tree/a bad/BURN"
check "REFUSED.txt names it" grep -q "can't be sealed: $wrong" "$inbox/alice/bad/REFUSED.txt"
check "the marker is refused" test -f "$inbox/alice/bad/BURN.refused"
check_fails "a command" ssh burnbox burn bad
said "$wrong"
if command -v rsync >/dev/null; then
    check "rsync" rsync -e "ssh -F $world/ssh_config" -a "$tree/" burnbox:synced/
    check_fails "then the command" ssh burnbox burn synced
    said "$wrong"
fi
check_fails "import" burnbox import "$tree" --account alice --session imported
said "$wrong"
check "nothing is on a disc" test -z "$(newest_image)"
cp -a "$tree" "$watched/seen"
: >"$watched/seen/BURN"
refused_there() { grep -q "$wrong" "$watched/seen/REFUSED.txt"; }
wait_for 30 "the watched folder is refused" refused_there

step "what is mended is burned"
check "mended" sftp_do "rm bad/s/l" "put $tree/a bad/BURN"
wait_burned bad

step "a skim leaves out what is wrong and takes the rest"
cp -a "$tree" "$backup/x"
check_fails "skimmed" burnbox skim --once
said "x/s/l: a disc would not show it as it is: its link target differs"
burned_there() { burnbox sessions --json | jq -e '[.[] | select(.account == "lab" and .state == "burned")] | length == 1'; }
wait_for 60 "the rest is burned" burned_there

step "what is wrong only beside others"
first=$(newest_image)
check "sent" sftp_do "mkdir second" "put $tree/a second/a" "symlink spoiled-beside-others second/l" "put $tree/a second/BURN"
wait_burned second
check "on another disc" test "$(newest_image)" != "$first"
check "the first one takes no more and is good" burnbox discs
said "$(basename "$first" .iso) .*full"
check "verify" burnbox verify "$(basename "$first" .iso)"
