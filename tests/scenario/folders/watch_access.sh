#!/usr/bin/env bash
# A server without root's rights, in a watched folder where others own what they bring: what it can't read or rename is refused with
# the reason, `check` says so before, and the lines it prints mend it. Needs root to play the others.
if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null || ! command -v setfacl >/dev/null; then
    echo "needs root, setpriv and setfacl: not run"
    exit 77
fi
needs_root=1
. "$(dirname "$0")/../lib.sh"

program=$BURNBOX
cat >"$world/as_nobody" <<SH
#!/bin/sh
exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$program" "\$@"
SH
chmod 755 "$world" "$world/as_nobody"
BURNBOX=$world/as_nobody
watched=$world/incoming
mkdir "$watched"
write_config <<YAML
watch:
  - {path: $watched, account: alice, settle: 300ms}
YAML
chown nobody "$inbox" "$state" "$discs" "$watched"
touch "$log"
watched_burned() { [ -s "$watched/$1/RECEIPT.txt" ] && [ -s "$watched/$1/receipt.json" ]; }
make_session() { # NAME, by a user of its own
    mkdir -p "$watched/$1/data"
    echo text >"$watched/$1/data/file"
    chown -R daemon "$watched/$1"
    chmod 777 "$watched/$1"
}

check "all is well while the folder is empty" burnbox check
make_session secret
chmod 600 "$watched/secret/data/file"
check_fails "a file that only its owner reads" burnbox check
said "secret/data/file.*mend it with: sudo setfacl"
start_server
: >"$watched/secret/BURN"
wait_for 20 "refused" test -s "$watched/secret/REFUSED.txt"
check "with the reason" grep -q "can't be read by user nobody: data/file; mend it with: sudo setfacl" "$watched/secret/REFUSED.txt"
check "the marker is kept aside" test -e "$watched/secret/BURN.refused"
check_fails "check finds it still" burnbox check
sed -n 's/.*mend it with: sudo //p' "$world/check.out" >"$world/mend" # we are root already
check "the lines it prints" sh -e "$world/mend"
check "mend it" burnbox check
: >"$watched/secret/BURN"
wait_for 60 "burned" watched_burned secret-burned

step "a folder that can't be looked into"
make_session closed
chmod 700 "$watched/closed/data"
: >"$watched/closed/BURN"
wait_for 20 "refused" test -s "$watched/closed/REFUSED.txt"
check "with the folder's name" grep -q "closed/data" "$watched/closed/REFUSED.txt"

step "a sticky folder of root, where only the owner renames"
chown root "$watched"
chmod 1777 "$watched"
check_fails "check" burnbox check
said "is sticky.*sudo chmod -t"
make_session sticky
: >"$watched/sticky/BURN"
wait_for 20 "refused" test -s "$watched/sticky/REFUSED.txt"
check "with the line that mends it" grep -q "sudo chmod -t $watched" "$watched/sticky/REFUSED.txt"

step "a session that we may not write to is refused in the log at least"
chmod -t "$watched"
make_session readonly
chmod 755 "$watched/readonly"
: >"$watched/readonly/BURN"
wait_for 20 "in the log" grep -q 'marker refused.*readonly.*Permission denied.*setfacl' "$log"
check "and in the list" sh -c "'$program' sessions -c '$config' | grep readonly | grep -q setfacl"
check "nothing else was burned" test "$(burnbox sessions --json | jq '[.[] | select(.state == "burned")] | length')" = 1
