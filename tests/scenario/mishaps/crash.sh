#!/usr/bin/env bash
# kill -9 of the whole process group at random moments between the first byte and the receipt. After the restart every
# session whose marker was acknowledged is burned exactly once with exact content.
# BURNBOX_CRASHES: how often (5). BURNBOX_SEED: which moments.
. "$(dirname "$0")/../lib.sh"

crashes=${BURNBOX_CRASHES:-5}
seed=${BURNBOX_SEED:-$((SRANDOM % 32768))}
RANDOM=$seed
echo "seed $seed, $crashes crashes"

: >"$world/BURN"
make_tree() {
    mkdir -p "$world/$1/many"
    for i in $(seq 50); do echo "$1 $i" >"$world/$1/many/$i"; done
    random_file "$world/$1/big" 8000000
}
# Uploads and marks; the acknowledged name goes into the ledger.
send() {
    scp -r "$world/$1" "burnbox:$1/" && scp "$world/BURN" "burnbox:$1/" && echo "$1" >>"$world/ledger"
}
now_ms() { date +%s%3N; }
sessions_named() { burnbox sessions --json | jq -r --arg name "$1" --arg state "$2" '[.[] | select(.session == $name and .state == $state)] | length'; }
row_is() { [ "$(sessions_named "$1" "$2")" = 1 ]; }

step "how long it takes undisturbed"
touch "$world/ledger"
start_server
make_tree s0
before=$(now_ms)
send s0
wait_burned s0
span=$(($(now_ms) - before))
echo "  $span ms"

for k in $(seq "$crashes"); do
    make_tree "s$k"
    delay=$((RANDOM * (span + span / 10) / 32768))
    ( send "s$k" >/dev/null 2>&1 || true ) &
    client=$!
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))" # the random moment itself
    crash_server
    wait "$client" || true
    echo "  crash $k at $delay ms: $(grep -qx "s$k" "$world/ledger" && echo acknowledged || echo not acknowledged)"
    start_server
done

step "what was not acknowledged is sent again, as a person would"
for k in $(seq "$crashes"); do
    if ! grep -qx "s$k" "$world/ledger"; then
        if [ "$(burnbox sessions --json | jq -r --arg name "s$k" '[.[] | select(.session == $name and .state != "open")] | length')" = 0 ]; then
            check "s$k" send "s$k"
        fi
    fi
done
for k in $(seq 0 "$crashes"); do
    wait_for 120 "s$k is burned" row_is "s$k" burned
    wait_burned "s$k"
done

step "exactly once, with exact content"
burnbox discs --json >"$world/discs.json"
for k in $(seq 0 "$crashes"); do
    check "s$k is on one disc" test "$(jq -r '.copies | length' "$inbox/alice/s$k-burned/receipt.json")" = 1
    check "s$k is once in the catalogue" test "$(jq --arg name "s$k" '[.[].sessions[] | select(.session == $name)] | length' "$world/discs.json")" = 1
done
for image in "$discs"/*.iso; do
    disc=$(basename "$image" .iso)
    extract "$image" "$world/$disc"
    jq -r --arg disc "$disc" '.[] | select(.label == $disc and .state != "suspect").sessions[].session' "$world/discs.json" | sort >"$world/recorded"
    if [ "$(jq -r --arg disc "$disc" '.[] | select(.label == $disc).state' "$world/discs.json")" != suspect ]; then
        check "$disc holds what is on record, no more" diff "$world/recorded" <(find "$world/$disc/alice" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort)
    fi
done
for k in $(seq 0 "$crashes"); do
    disc=$(jq -r '.copies[0].disc' "$inbox/alice/s$k-burned/receipt.json")
    check "s$k is exact" same_tree "$world/s$k" "$world/$disc/alice/s$k/data/s$k"
done
check "nothing else was burned" test "$(jq '[.[].sessions[]] | length' "$world/discs.json")" = $((crashes + 1))
