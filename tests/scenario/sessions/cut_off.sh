#!/usr/bin/env bash
# A connection or the server goes away in mid-file: that session does not burn before the file was sent again.
. "$(dirname "$0")/../lib.sh"

start_server
random_file "$world/big" 20000000
: >"$world/BURN"
arriving() { [ "$(stat -c %s "$inbox/alice/$1/big" 2>/dev/null || echo 0)" -gt 0 ]; }

# Sends slowly, in a process group of its own, until it is killed.
send_slowly() {
    setsid scp -F "$world/ssh_config" -l 8000 "$world/big" "burnbox:$1/" </dev/null >/dev/null 2>&1 &
    sender=$!
    wait_for 30 "the file arrives" arriving "$1"
}

refused_until_sent_again() {
    check_fails "the marker is refused" scp "$world/BURN" "burnbox:$1/"
    said 'big'
    check "REFUSED.txt names the file" grep -q big "$inbox/alice/$1/REFUSED.txt"
    check "the marker is renamed" test -f "$inbox/alice/$1/BURN.refused"
    check "nothing is sealed" test ! -e "$inbox/alice/$1-queued"
    check "sent again" scp "$world/big" "burnbox:$1/"
    check "the marker is accepted" scp "$world/BURN" "burnbox:$1/"
    wait_burned "$1"
    extract "$(newest_image)" "$world/disc"
    check "exact" cmp "$world/big" "$world/disc/alice/$1/data/big"
}

step "a file is still being written"
send_slowly early
check_fails "the marker is refused" scp "$world/BURN" burnbox:early/
said 'open|being written|big'

step "then its connection drops"
kill -9 -- "-$sender"
wait "$sender" || true
cut() { burnbox sessions --json | jq -e '.[] | select(.session == "early") | .reason | test("cut off|not complete|incomplete")'; }
wait_for 30 "the file counts as cut off" cut
refused_until_sent_again early

step "the server is killed in mid-file"
send_slowly crashed
crash_server
wait "$sender" || true
start_server
refused_until_sent_again crashed
