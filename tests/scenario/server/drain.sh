#!/usr/bin/env bash
# A server that is stopped finishes what would be lost: a disc session that is being written, a disc that is being
# closed, an autoloader's arm, transfers. It begins nothing more, and reading back is left for the next start.
# BURNBOX_STOPS=20: stops at so many random moments of a real drive's burns.
. "$(dirname "$0")/../lib.sh"
: "${MMC_BURNER:?the test burner}" "${MMC_PRELOAD:?its shared object}"

export MMC_DRIVES=$world/dev
mkdir "$MMC_DRIVES"
tray=$MMC_DRIVES/sr0
burner() { "$MMC_BURNER" "$tray" "$@"; }
drive_is() { burner status | grep -q "$1"; }                # WORDS of its status
writes() { tail -n 3 "$tray.log" | grep -q '^2a '; } # the drive got WRITE(10) among its last commands
disc_of() { jq -r '.copies[0].disc' "$inbox/alice/$1-burned/receipt.json"; }
suspect_discs() { burnbox discs --json | jq '[.[] | select(.state == "suspect")] | length'; }
start_with_drive() { LD_PRELOAD=$MMC_PRELOAD start_server; }
send() { # NAME [BYTES]
    mkdir "$world/$1" && random_file "$world/$1/file" "${2:-200000}"
    scp -r "$world/$1" "burnbox:$1/"
}
burning() { burnbox drives --json | jq -e '.[0].state == "burning"'; }
logged() { tail -c "+$((log_start + 1))" "$log" | grep -q "$1"; }

# ended_well WANTED_CODE SENTENCE: the server ends by itself with that exit code.
ended_with() {
    local wanted=$1 code=0
    wait_for 60 "$2" not_running
    wait "$server" || code=$?
    server=
    [ "$code" = "$wanted" ] || fail "$2: exit $code, not $wanted"
    printf '  ok %s\n' "$2"
}
not_running() { ! kill -0 "$server" 2>/dev/null; }

write_config dvd+r </dev/null
sed -i "s|tray: .*|tray: {device: /dev/sr0, expect: dvd+r}|" "$config"
burner blank "$world/first.disc" dvd+r
burner speed 1500000 1000000

step "a long burn is finished, and read back at the next start"
cat >"$world/manager.py" <<'PY'
import signal, socket, sys
path, log = sys.argv[1:]
signal.alarm(100)
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(path)
with open(log, "w", buffering=1) as out:
    while True:
        out.write(manager.recv(4096).decode() + "\n")
PY
python3 "$world/manager.py" "$world/notify" "$world/told" &
manager=$!
wait_for 10 "the service manager listens" test -S "$world/notify"
NOTIFY_SOCKET=$world/notify start_with_drive
send long 22000000
check "sealed" ssh burnbox burn long
wait_for 60 "it burns" burning
wait_for 60 "the drive writes" writes
# As a terminal's Ctrl-C: every process of the group gets it.
kill -INT -- "-$server"
wait_for 5 "the manager is told" grep -q STOPPING=1 "$world/told"
check_fails "nobody gets in any more" ssh burnbox status
check "status tells still" burnbox drives
ended_with 0 "it ends when the disc session is whole"
check "the manager was asked for time" grep -q 'EXTEND_TIMEOUT_USEC=60000000' "$world/told"
check "and told what for" grep -q 'STATUS=Stopping: finishes disc BURNBOX_0001 in drive tray, [0-9]* %' "$world/told"
kill "$manager"
check "the disc session is closed" drive_is "sessions=1 finalised=0 open_session=0"
burner speed 0
start_with_drive
wait_burned long 60
check "on the first disc" test "$(disc_of long)" = BURNBOX_0001
check "of which none is suspect" test "$(suspect_discs)" = 0

step "a disc that is being closed is closed"
burner speed 50000 10000
burnbox close-disc tray >"$world/close.out" 2>&1 &
closing=$!
wait_for 60 "it is being closed" burning
wait_for 60 "the drive writes" writes
kill "$server"
ended_with 0 "it ends when the disc is closed"
check "who asked is told" wait "$closing"
check "it is closed" drive_is finalised=1
burner speed 0

step "a second signal ends it at once"
burner blank "$world/second.disc" dvd+r
start_with_drive
burner speed 1500000 1000000
send cut 30000000
check "sealed" ssh burnbox burn cut
wait_for 60 "it burns" burning
wait_for 60 "the drive writes" writes
kill "$server"
wait_for 10 "it drains" logged 'server stopping'
kill "$server"
ended_with 1 "with exit code 1, because a disc may be lost"
burner speed 0
burner blank "$world/third.disc" dvd+r
start_with_drive
wait_burned cut 60

step "transfers come to their end, markers are refused"
random_file "$world/big" 6000000
mkfifo "$world/words"
command sftp -q -l 16000 -F "$world/ssh_config" -b - burnbox <"$world/words" >"$world/sftp.out" 2>&1 &
transfer=$!
exec 4>"$world/words"
printf x >"$world/BURN"
printf 'mkdir open\nmkdir open/data\nput %s open/data/big\nput %s open/BURN\n' "$world/big" "$world/BURN" >&4
wait_for 20 "bytes arrive" test -s "$inbox/alice/open/data/big"
kill "$server"
exec 4>&-
check_fails "the client fails at the marker" wait "$transfer"
check "which was refused with the reason" grep -q "burnbox is stopping: send the marker again" "$world/sftp.out"
ended_with 0 "the server ends"
check "the file came whole" cmp "$world/big" "$inbox/alice/open/data/big"
check "the session is open" folder_exists open
start_with_drive
check "the marker is accepted now" ssh burnbox burn open --wait

step "who waits for a burn is told"
burner speed 1500000 1000000
send waited 8000000
ssh burnbox burn waited --wait >"$world/wait.out" 2>&1 &
waiting=$!
wait_for 60 "it burns" burning
wait_for 60 "the drive writes" writes
kill "$server"
check_exit 3 "its exit code is that of a server that went away" wait "$waiting"
check "with the reason" grep -q "burnbox is stopping: the session is sealed" "$world/wait.out"
ended_with 0 "the server ends"

step "stopped at random moments no disc is lost"
burner speed 3000000 1000000
for ((i = 1; i <= ${BURNBOX_STOPS:-4}; i++)); do
    start_with_drive
    send "random$i" 3000000
    ssh burnbox burn "random$i" >/dev/null
    sleep "$((RANDOM % 3)).$((RANDOM % 10))"
    kill "$server"
    ended_with 0 "stop $i"
done
burner speed 0
start_with_drive
wait_burned waited 60
for ((i = 1; i <= ${BURNBOX_STOPS:-4}; i++)); do wait_burned "random$i" 60; done
check "all on one disc" test "$(for s in "$inbox"/alice/{random*,waited}-burned; do jq -r '.copies[0].disc' "$s/receipt.json"; done | sort -u | wc -l)" = 1
step "an autoloader's arm comes to rest"
stop_server
cat >"$world/changer" <<'SH'
#!/bin/sh
here=$(dirname "$0")
echo began >>"$here/changer.log"
sleep 2
"$MMC_BURNER" "$MMC_DRIVES/sr0" blank "$here/magazine.disc" dvd+r
echo ended >>"$here/changer.log"
SH
chmod +x "$world/changer"
burner remove
sed -i "s|expect: dvd+r}|expect: dvd+r, load: [$world/changer]}|" "$config"
start_with_drive
send arm
check "sealed" ssh burnbox burn arm
wait_for 30 "the arm moves" grep -q began "$world/changer.log"
kill "$server"
ended_with 0 "the server ends"
check "after the arm" grep -q ended "$world/changer.log"
start_with_drive
wait_burned arm 60
stop_server

step "an emulated disc is finished too"
sed -i "s|tray: .*|tray: {image_dir: $discs, medium: dvd+r}|" "$config"
for ((i = 1; i <= ${BURNBOX_STOPS:-4}; i++)); do
    start_server
    send "image$i" 30000000
    ssh burnbox burn "image$i" >/dev/null
    sleep "0.$((RANDOM % 5))"
    kill "$server"
    ended_with 0 "stop $i"
done
start_server
for ((i = 1; i <= ${BURNBOX_STOPS:-4}; i++)); do wait_burned "image$i" 60; done
check "on one image" test "$(find "$discs" -name '*.iso' | wc -l)" = 1
