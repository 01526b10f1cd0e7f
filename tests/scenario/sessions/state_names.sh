#!/usr/bin/env bash
# The folder's name is the state: queued, burned, failed; cancel and mend are renames; sync clients see no surprise.
. "$(dirname "$0")/../lib.sh"

at() { printf '%s' "$inbox/alice/$1"; }
some_tree "$world/tree"
: >"$world/BURN"

step "no blank disc: the session waits as -queued"
write_config dvd+r 0 </dev/null
start_server
scp -r "$world/tree" burnbox:holiday/
check "the marker is accepted" scp "$world/BURN" burnbox:holiday/
check "the name is the promise" test -d "$(at holiday-queued)"
wait_for 30 "STATUS.txt names the reason" grep -qiE 'disc|blank' "$(at holiday-queued)/STATUS.txt"
check "its files can be read" sftp_do "get holiday-queued/tree/one/byte $world/byte"
check_fails "not written" sftp_do "put $world/byte holiday-queued/more"
check_fails "not removed" sftp_do "rm holiday-queued/tree/one/byte"
check_fails "nor STATUS.txt" sftp_do "rm holiday-queued/STATUS.txt"
check_fails "not renamed to anything else" sftp_do "rename holiday-queued elsewhere"

step "cancel"
check "by renaming it back" sftp_do "rename holiday-queued holiday"
check "it is open again" test -d "$(at holiday)"
check "the marker no longer is one" test ! -e "$(at holiday/BURN)"
check "writing works" sftp_do "put $world/byte holiday/tree/more" "rm holiday/tree/more"
check "marker again" scp "$world/BURN" burnbox:holiday/
check "queued again" test -d "$(at holiday-queued)"
check "by command" ssh burnbox cancel holiday
check "open again" test -d "$(at holiday)"
check "marker again" scp "$world/BURN" burnbox:holiday/

step "a second session of the name is numbered"
scp -r "$world/tree/one" burnbox:holiday/
check "marker" scp "$world/BURN" burnbox:holiday/
check "its folder is numbered" test -d "$(at holiday-queued-2)"
stop_server

step "a staged file that changed behind the server's back fails, and says so"
printf 'tampered\n' >"$(at "holiday-queued-2/one/with space.txt")"
write_config </dev/null
start_server
wait_burned holiday
wait_for 60 "the other one failed" test -s "$(at holiday-failed/FAILED.txt)"
check "FAILED.txt names the file" grep -q 'with space.txt' "$(at holiday-failed/FAILED.txt)"
check_exit 1 "verify of it is no" burnbox verify alice/holiday-2
step "mend by rename"
check "rename" sftp_do "rename holiday-failed holiday"
check "replace the file" scp "$world/tree/one/with space.txt" "burnbox:holiday/one/with space.txt"
check "marker" scp "$world/BURN" burnbox:holiday/
wait_for 60 "burned under the next number" is_burned holiday-burned-2
extract "$(newest_image)" "$world/disc"
check "exact" same_tree "$world/tree/one" "$world/disc/alice/holiday-2/data/one"
check "the first is exact too" same_tree "$world/tree" "$world/disc/alice/holiday/data/tree"

step "the old name stays polite: rclone"
cat >"$world/rclone.conf" <<CONF
[burnbox]
type = sftp
host = ${address%:*}
port = ${address##*:}
user = alice
key_file = $world/alice
shell_type = none
disable_hashcheck = true
CONF
rclone() { command rclone --config "$world/rclone.conf" --retries 1 --low-level-retries 2 "$@"; }
check "copy" rclone copy --create-empty-src-dirs "$world/tree" burnbox:/synced/tree
check "check" rclone check --download "$world/tree" burnbox:/synced/tree
mkdir "$world/send" && cp "$world/BURN" "$world/send/"
check "copy of the marker" rclone copy "$world/send" burnbox:/synced
wait_burned synced
check "nothing was made under the old name" test ! -e "$(at synced)"
extract "$(newest_image)" "$world/disc"
check "exact" same_tree "$world/tree" "$world/disc/alice/synced/data/tree"

step "a burned session may be deleted"
check "rclone purge" rclone purge burnbox:/synced-burned
check "it is still on record" test "$(burnbox sessions --json | jq -r '.[] | select(.session == "synced") | .state')" = burned
