#!/usr/bin/env bash
# Reasons reach people: of folders in a watched folder that have names of burnbox's states, of refusals before a restart, of a
# configuration with a fault while the server runs with the one before; and a start is ended at once.
. "$(dirname "$0")/../lib.sh"

watched=$world/incoming
mkdir "$watched"
write_config <<YAML
watch:
  - {path: $watched, account: lab, settle: 200ms}
YAML
sed -i 's/^accounts:/accounts:\n  lab: {}/' "$config"
says() { burnbox sessions | grep -q "$1.*$2"; }

start_server
step "folders that people call as burnbox calls those of sealed sessions"
for name in project-failed old-queued mine-burned-3; do
    mkdir -p "$watched/$name/d" && echo text >"$watched/$name/d/file"
    wait_for 20 "the list says why it is none" says "lab/$name" "at the end is reserved for burnbox's states; give it another name"
    check "the log too" grep -q "no session.*entry=$name" "$log"
    : >"$watched/$name/BURN"
    wait_for 20 "the marker is refused" test -s "$watched/$name/REFUSED.txt"
    check "with the reason" grep -q 'reserved for' "$watched/$name/REFUSED.txt"
    check "nothing is lost" test -s "$watched/$name/d/file" -a -e "$watched/$name/BURN.refused"
done
mv "$watched/project-failed" "$watched/project"
: >"$watched/project/BURN"
wait_for 60 "under another name it is burned" test -s "$watched/project-burned/RECEIPT.txt"
check "burnbox's own folders are none of these" sh -c "! '$BURNBOX' sessions -c '$config' | grep 'lab/project-'"

step "a refusal is known after a restart"
mkdir -p "$world/one/d" && echo text >"$world/one/d/file"
check "a list that does not fit" sh -c "printf '%064d  d/file\n' 0 >'$world/one/SHA256SUMS'"
check_fails "is refused" scp -qr "$world/one/d" "$world/one/SHA256SUMS" burnbox:one/
mkdir -p "$watched/two/d" && echo text >"$watched/two/d/file" && cp "$world/one/SHA256SUMS" "$watched/two/"
wait_for 20 "here too" test -s "$watched/two/REFUSED.txt"
for session in alice/one lab/two; do
    wait_for 20 "the list has the reason" says "$session" "SHA256SUMS does not match: wrong digest: d/file"
done
stop_server
start_server
for session in alice/one lab/two; do
    wait_for 20 "still, after a restart" says "$session" "SHA256SUMS does not match: wrong digest: d/file"
done

step "a configuration with a fault, while the server runs"
sed -i '/^watch:/,$d' "$config"
check_fails "check says what would mend it" burnbox check
said "accounts.lab: the account has no key.*or name it under watch or skim"
check "commands reach the server all the same" burnbox status
check_fails "which does not take the file" burnbox reload
said "accounts.lab: the account has no key"
stop_server

step "a start that takes long ends at once when it is told to"
write_config </dev/null
cat >"$world/hold.py" <<'PY'
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(100)
PY
python3 "$world/hold.py" "$state/catalogue.sqlite" >"$world/held" &
holder=$!
wait_for 20 "somebody holds the catalogue" grep -q held "$world/held"
touch "$log"
setsid "$BURNBOX" serve -c "$config" 2>>"$log" </dev/null &
server=$!
begins() { [ -n "$(ls -A /proc/"$server"/task | sed -n 2p)" ]; }
wait_for 20 "it starts" begins
sleep_at_most=$SECONDS
kill "$server"
gone() { ! kill -0 "$server" 2>/dev/null; }
wait_for 3 "it ends" gone
check "at once" test $((SECONDS - sleep_at_most)) -le 3
server=
kill "$holder"
wait "$holder" 2>/dev/null || true
