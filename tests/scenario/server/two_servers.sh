#!/usr/bin/env bash
# A folder that belongs to one server is not worked in by another, whatever its state_dir: it does not start, says which
# process has the folder, and touches nothing in it.
. "$(dirname "$0")/../lib.sh"

write_config dvd+r 0 </dev/null
mkdir "$world/watched" "$world/signals"
cat >>"$config" <<YAML
watch: [{path: $world/watched, account: alice, settle: 1s}]
signals_dir: $world/signals
YAML
start_server
mkdir "$world/waits" && random_file "$world/waits/file" 1000
scp -r "$world/waits" burnbox:waits/
check "a session is queued" ssh burnbox burn waits

second=$world/second.yaml
other() { # SED-EXPRESSION: the second server's configuration, of its own but for that
    sed -e "s|$state|$world/state2|g; s|inbox_dir: .*|inbox_dir: $world/inbox2|; s|$discs|$world/discs2|; s|$world/watched|$world/watched2|" \
        -e "s|signals_dir: .*|signals_dir: $world/signals2|" -e "$1" "$config" >"$second"
    mkdir -p "$world/watched2"
}
second_server() { timeout 20 "$BURNBOX" serve -c "$second"; }

for shared in "inbox_dir|inbox_dir: $world/inbox2|inbox_dir: $inbox|$inbox" "image_dir|$world/discs2|$discs|$discs" \
    "watch.0..path|$world/watched2|$world/watched|$world/watched" "signals_dir|$world/signals2|$world/signals|$world/signals"; do
    IFS='|' read -r key own theirs folder <<<"$shared"
    step "$key"
    other "s|$own|$theirs|"
    check_exit 1 "the second one does not start" second_server
    said "$key.*$folder.*another burnbox server"
    said "process $server"
done
check "the first one's queue is as it was" folder_exists waits-queued
check "and it works" burnbox status

step "nothing shared"
other ""
(exec setsid "$BURNBOX" serve -c "$second") >"$world/second.log" 2>&1 &
two=$!
wait_for 30 "it starts beside the first" grep -q 'server ready' "$world/second.log"
kill "$two"
check "and ends" wait "$two"
