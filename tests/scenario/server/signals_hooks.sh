#!/usr/bin/env bash
# What a person must know stands as a file while it holds, and programs are told of events: one that hangs and one that fails
# hold nothing up.
. "$(dirname "$0")/../lib.sh"

signals=$world/incoming # a watched folder, too
mkdir "$signals" "$discs"
touch "$signals/DISC_FULL" # of an earlier run
touch "$discs/other.iso"   # the only blank is used up

cat >"$world/tell" <<'HOOK'
#!/bin/sh
cat >>"$1/told.json"
echo "$BURNBOX_EVENT ${BURNBOX_SESSION:-} ${BURNBOX_DRIVE:-}" >>"$1/told.env"
HOOK
cat >"$world/hang" <<'HOOK'
#!/bin/sh
echo $$ >"$1/hanging"
sleep 1000
HOOK
cat >"$world/fails" <<'HOOK'
#!/bin/sh
echo "the mail server is away" >&2
exit 5
HOOK

write_config dvd+r 1 <<YAML
signals_dir: $signals
watch:
  - {path: $signals, account: alice}
hooks:
  - {on: [session_sealed, no_disc, session_burning, session_burned, catalogue_error_cleared], run: [$world/tell, $world]}
  - {on: [no_disc], run: [$world/hang, $world]}
  - {on: [no_disc], run: [$world/fails]}
YAML
step "check looks whether the programs are there"
check_fails "not executable yet" burnbox check
said 'hooks\[0\].run\[0\]: run .*/tell: Permission denied; mend it with: sudo chmod'
chmod +x "$world/tell" "$world/hang" "$world/fails"
check "executable" burnbox check
sed "s/no_disc, /no_dics, /" "$config" >"$world/wrong.yaml"
check_fails "an event that is none" "$BURNBOX" check -c "$world/wrong.yaml"
said 'wrong.yaml:[0-9]+:[0-9]+: hooks\[0\].on\[1\]: "no_dics" is no event; there are session_sealed, '

start_server
gone() { [ ! -e "$signals/$1" ]; }
wait_for 10 "what an earlier run left is gone" gone DISC_FULL

step "no disc"
some_tree "$world/photos"
check "upload" scp -r "$world/photos" burnbox:holiday/
check "marker" ssh burnbox burn holiday
wait_for 20 "the signal stands" test -s "$signals/NO_DISC"
cat "$signals/NO_DISC"
check "it says which drive" grep -q 'drive tray' "$signals/NO_DISC"
check "since when" grep -qE '^Since 20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z' "$signals/NO_DISC"
check "and what to do" grep -q '^What to do: Put a blank disc' "$signals/NO_DISC"
has_told() { grep -q "$1" "$world/told.env"; }
wait_for 20 "a hook is told" has_told '^no_disc holiday tray$'
wait_for 20 "another one hangs" test -s "$world/hanging"
wait_for 20 "a third one's failure is logged with its last words" \
    grep -qE 'hook failed .*event=no_disc .*reason="?exit code 5"? .*the mail server is away' "$log"

step "a blank disc"
rm "$discs/other.iso"
wait_burned holiday
wait_for 10 "the signal goes" gone NO_DISC
wait_for 20 "and is told" has_told '^session_burned holiday'
check "in the order of events" test "$(cut -d' ' -f1 "$world/told.env" | tr '\n' ' ')" = \
    "session_sealed no_disc session_burning session_burned "
check "the JSON is one object a line" test "$(jq -r '[.event, .account, .session, .disc] | join(" ")' "$world/told.json" |
    tail -n 1)" = "session_burned alice holiday BURNBOX_0001"
check "a signal is no session of the watched folder" test -z "$(grep 'no session' "$log")"

step "a catalogue that somebody else holds"
check "upload" scp -r "$world/photos/one" burnbox:work/
python3 - "$state/catalogue.sqlite" "$world" <<'PYTHON' &
import os, sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
open(sys.argv[2] + "/held", "w").close()
while not os.path.exists(sys.argv[2] + "/let go"):
    time.sleep(0.02)
held.execute("ROLLBACK")
PYTHON
holder=$!
wait_for 10 "it is held" test -e "$world/held"
check_fails "nothing is sealed" ssh burnbox burn work
said 'another program holds the file'
wait_for 10 "the signal stands" test -s "$signals/CATALOGUE_ERROR"
check "it says why" grep -q 'another program holds the file' "$signals/CATALOGUE_ERROR"
touch "$world/let go"
wait "$holder"
wait_for 30 "it goes by itself" gone CATALOGUE_ERROR
wait_for 10 "and that is told" has_told '^catalogue_error_cleared'

step "the end"
stop_server
check "what hung has ended" test ! -e "/proc/$(cat "$world/hanging")"
