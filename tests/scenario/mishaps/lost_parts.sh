#!/usr/bin/env bash
# A part of the server that dies, or is taken away under it, is noticed within seconds: no marker is accepted into nowhere,
# what runs comes to its end, and the server exits with 1, so that the service manager starts it anew. Nothing that was
# acknowledged is lost.
. "$(dirname "$0")/../lib.sh"
: "${MMC_BURNER:?the test burner}" "${MMC_PRELOAD:?its shared object}"

not_running() { ! kill -0 "$server" 2>/dev/null; }
ended_with_1() { # WITHIN SENTENCE
    local code=0
    wait_for "$1" "$2" not_running
    wait "$server" || code=$?
    server=
    [ "$code" = 1 ] || fail "$2: exit $code, not 1"
    printf '  ok %s\n' "$2"
}
send() { # NAME [BYTES]
    mkdir "$world/$1" && random_file "$world/$1/file" "${2:-200000}"
    scp -r "$world/$1" "burnbox:$1/"
}
spawner() { pgrep -P "$server" -x burnbox-spawner; }
signal_says() { grep -q "$1" "$state/signals/CATALOGUE_ERROR"; }

write_config dvd+r </dev/null
export MMC_DRIVES=$world/dev
mkdir "$MMC_DRIVES"
tray=$MMC_DRIVES/sr0
"$MMC_BURNER" "$tray" blank "$world/first.disc" dvd+r
"$MMC_BURNER" "$tray" speed 2000000 1000000

step "without its spawner the server lets the burn end, refuses markers, and exits"
sed -i "s|tray: .*|tray: {device: /dev/sr0, expect: dvd+r}|" "$config"
LD_PRELOAD=$MMC_PRELOAD start_server
send long 16000000
send short
check "sealed" ssh burnbox burn long
wait_for 30 "the drive writes" bash -c "tail -n 3 '$tray.log' | grep -q '^2a '"
kill -9 "$(spawner)"
wait_for 5 "it is noticed" grep -q 'server ends part=spawner' "$log"
check_exit 1 "a burn is refused" burnbox burn alice/short
said "burnbox can't keep what it would promise"
kill "$server"
wait_for 5 "one polite signal meanwhile is heard" grep -q 'server stopping signal=SIGTERM' "$log"
ended_with_1 40 "the server exits when the burn has ended"
check "the disc session is whole" grep -q "sessions=1 finalised=0 open_session=0" <("$MMC_BURNER" "$tray" status)
check "no drive is blamed" test -z "$(grep DRIVE_ERROR "$log")"
"$MMC_BURNER" "$tray" speed 0
LD_PRELOAD=$MMC_PRELOAD start_server
wait_burned long 60
check "the marker is accepted now" ssh burnbox burn short --wait
check "all on one disc" test "$(burnbox discs --json | jq 'length')" = 1
stop_server
sed -i "s|tray: .*|tray: {image_dir: $discs, medium: dvd+r}|" "$config"

step "a catalogue that is removed is put back"
start_server
send kept && send later
rm "$state"/catalogue.sqlite*
check_fails "nothing is acknowledged" ssh burnbox burn kept
ended_with_1 20 "the server exits"
check "and says why" grep -q 'part=storage.*catalogue .*is gone from under the running server' "$log"
check "it was told" grep -q 'signal raised signal=CATALOGUE_ERROR' "$log"
start_server
check "it knows what it knew" test "$(burnbox sessions --json | jq '[.[] | select(.state == "burned")] | length')" = 2
check "and goes on" ssh burnbox burn kept --wait

step "one that is replaced stays, the other is kept beside it"
stop_server
cp "$state/catalogue.sqlite" "$world/older.sqlite"
start_server
check "burned" ssh burnbox burn later --wait
cp "$world/older.sqlite" "$state/new" && mv "$state/new" "$state/catalogue.sqlite"
ended_with_1 20 "the server exits"
check "what it had is in a file of its own" test -s "$state/catalogue.sqlite.rescued"
check "with the newest session" test "$(sqlite3 "$state/catalogue.sqlite.rescued" 'select count(*) from sessions' 2>/dev/null || echo 4)" = 4
start_server
check "the log says that there are two" grep -q 'two catalogues' "$log"
stop_server
mv "$state/catalogue.sqlite.rescued" "$state/catalogue.sqlite"
rm -f "$state"/catalogue.sqlite-*

if [ "$(id -u)" != 0 ]; then
    step "one that may only be read is refused at the start"
    chmod 444 "$state/catalogue.sqlite"
    check_fails "the server does not start" burnbox serve
    said "catalogue: open $state/catalogue.sqlite: Permission denied; mend it with: sudo chmod u\+rw"
    check_fails "check says it" burnbox check
    said "catalogue: open $state/catalogue.sqlite: Permission denied; mend it with: sudo chmod u\+rw"
    chmod 640 "$state/catalogue.sqlite"
fi

for taken in catalogue.sqlite-wal catalogue.sqlite-shm lock seals; do
    step "$taken is taken away"
    start_server
    name=after-${taken##*[.-]}
    send "$name"
    mv "$state/$taken" "$world/$taken"
    ended_with_1 20 "the server exits"
    [ "$taken" = catalogue.sqlite-wal ] || [ "$taken" = catalogue.sqlite-shm ] || mv "$world/$taken" "$state/$taken"
    start_server
    check "it goes on" ssh burnbox burn "$name" --wait
    stop_server
done

step "state_dir and inbox_dir are moved away"
for moved in state inbox; do
    start_server
    mv "${!moved}" "$world/moved"
    ended_with_1 20 "the server exits"
    rm -rf "${!moved:?}"
    mv "$world/moved" "${!moved}"
done
start_server
check "back in their places it knows what it knew" test "$(burnbox sessions --json | jq '[.[] | select(.state == "burned")] | length')" = 8

step "a control socket that is removed is made again"
rm "$state/control.sock"
wait_for 10 "commands get through" burnbox status

step "idle connections to it keep nobody out"
cat >"$world/idle.py" <<'PY'
import socket, sys, time
kept = []
for _ in range(int(sys.argv[2])):
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(sys.argv[1])
    kept.append(peer)
print("there", flush=True)
time.sleep(60)
PY
python3 "$world/idle.py" "$state/control.sock" 300 >"$world/idle.out" &
idle=$!
wait_for 10 "they are there" grep -q there "$world/idle.out"
check "a command gets through" burnbox status
kill "$idle"
stop_server

step "too few open files are told at the start"
start_limited() { (ulimit -n "$1" && exec "$BURNBOX" serve -c "$config") >"$world/limited" 2>&1; }
check_fails "64 are refused" start_limited 64
check "with the number and the remedy" grep -q 'may have 64 files open .*needs at least [0-9]* .*LimitNOFILE' "$world/limited"
check "nothing listens" test -z "$(grep listening "$world/limited")"
(ulimit -n 512 && exec setsid "$BURNBOX" serve -c "$config") >"$world/limited" 2>&1 &
server=$!
wait_for 30 "512 are enough to start" grep -q 'server ready' "$world/limited"
check "with a warning" grep -q 'few descriptors .*limits.connections' "$world/limited"
