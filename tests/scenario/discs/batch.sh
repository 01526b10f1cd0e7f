#!/usr/bin/env bash
# Small sessions are held back and burned as one disc session, each with its own bag and receipt.
. "$(dirname "$0")/../lib.sh"

write_config dvd+r <<YAML
burn:
  batch: {wait: 1h, sessions: 3, size: 100 MiB}
session: {keep_burned: 0s}
YAML
start_server
send() { # NAME
    mkdir -p "$world/$1" && echo "$1" >"$world/$1/who"
    scp -r "$world/$1" "burnbox:$1/"
    check "$1 is sealed" ssh burnbox burn "$1"
}
place() { jq -r '.copies[0] | "\(.disc) \(.disc_session)"' "$inbox/alice/$1-burned/receipt.json"; }

send a
send b
wait_for 30 "they are held back, with the time" grep -q 'held back until 20' "$inbox/alice/a-queued/STATUS.txt"
check "cancelled while it waits" ssh burnbox cancel b
check "it is open again" test -d "$inbox/alice/b"
send c
send d
for name in a c d; do wait_burned $name; done
check "in one disc session" test "$(place a), $(place c), $(place d)" = "BURNBOX_0001 1, BURNBOX_0001 1, BURNBOX_0001 1"
check "the cancelled one is not among them" test "$(burnbox discs --json | jq -r '[.[0].sessions[].session] | sort | join(" ")')" = "a c d"
extract "$(newest_image)" "$world/disc"
for name in a c d; do
    check "$name has its own bag" bag_is_whole "$world/disc/alice/$name"
    check "$name is exact" same_tree "$world/$name" "$world/disc/alice/$name/data/$name"
done
check_exit 0 "each verifies" burnbox verify BURNBOX_0001

step "a person may not want to wait"
send e
wait_for 30 "it is held back" grep -q 'held back' "$inbox/alice/e-queued/STATUS.txt"
check "burned now" ssh burnbox burn e --wait
check "in the next disc session" test "$(place e)" = "BURNBOX_0001 2"

step "a large one does not wait"
mkdir "$world/large" && truncate -s 101M "$world/large/zeros"
scp -r "$world/large" burnbox:large/
check "burned at once" ssh burnbox burn large --wait

step "what is burned lets go of its payload, and keeps its receipts"
stop_server
start_server
released() { [ ! -e "$inbox/alice/$1-burned/$1" ] && is_burned "$1-burned"; }
wait_for 30 "the payload of a is gone" released a
