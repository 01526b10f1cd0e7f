#!/usr/bin/env bash
# A watched folder where others write: a file that another user's program has open for writing. With CAP_LEASE, as the service unit gives it,
# the kernel tells; without, burnbox says that it can't be seen, and waits for longer or for a SHA256SUMS. Needs root to play the others.
if [ "$(id -u)" != 0 ] || ! setpriv --help 2>/dev/null | grep -q ambient-caps; then
    echo "needs root and setpriv: not run"
    exit 77
fi
needs_root=1
. "$(dirname "$0")/../lib.sh"

program=$BURNBOX
caps='-all' # what the server is started with
cat >"$world/as_nobody" <<SH
#!/bin/sh
caps=\$(cat "$world/caps")
exec setpriv --reuid=nobody --regid=nogroup --clear-groups --inh-caps=\$caps --ambient-caps=\$caps --bounding-set=\$caps "$program" "\$@"
SH
chmod 755 "$world" "$world/as_nobody"
echo "$caps" >"$world/caps"
BURNBOX=$world/as_nobody
watched=$world/incoming
mkdir "$watched"
write_config <<YAML
hooks:
  - {on: [session_burned], run: [/bin/sh, -c, "grep CapEff /proc/self/status >>$world/hook_caps"]}
watch:
  - {path: $watched, account: alice, settle: 2s}
YAML
: >"$world/hook_caps"
chown nobody "$inbox" "$state" "$discs" "$watched" "$world/hook_caps"
touch "$log"
watched_burned() { [ -s "$watched/$1/RECEIPT.txt" ] && [ -s "$watched/$1/receipt.json" ]; }
as_writer() { setpriv --reuid=daemon --regid=daemon --clear-groups sh -c "umask 0; $1"; }
session_says() { burnbox sessions | grep -q "$1.*$2"; }
make_session() { # NAME, all of it another user's
    mkdir "$watched/$1" "$watched/$1/d"
    chown daemon "$watched/$1" "$watched/$1/d"
    chmod 777 "$watched/$1"
    as_writer "echo first half >$watched/$1/d/movie; : >$watched/$1/BURN"
}
# open_for_writing NAME: a program that writes, says nothing for a while, and writes the rest when it is told to.
open_for_writing() {
    mkfifo -m 666 "$world/go"
    as_writer "exec 7>>$watched/$1/d/movie; read line <$world/go; echo second half >&7" &
    writer=$!
}
write_the_rest() {
    echo now >"$world/go"
    wait "$writer"
    rm "$world/go"
}

step "without CAP_LEASE nobody can tell, which is said"
check "check is content" burnbox check
said 'note: watch\[0\].path: .*CAP_LEASE.*20 s'
start_server
check "the log says it" grep -q 'writers not seen.*CAP_LEASE' "$log"
make_session night
open_for_writing night
wait_for 30 "the list says which files it waits for" session_says night 'nobody can tell.*d/movie.*20 s'
check "it is not sealed" test -d "$watched/night"
make_session listed
as_writer "cd $watched/listed && sha256sum d/movie >SHA256SUMS && rm BURN"
wait_for 60 "with a checksum list it is burned" watched_burned listed-burned
write_the_rest
wait_for 90 "the other one when nothing changed for ten times as long" watched_burned night-burned
check "and whole" test "$(bsdtar -xOf "$(newest_image)" alice/night/data/d/movie | wc -l)" = 2
stop_server

step "with it a writer is seen, however long it pauses"
caps=-all,+lease,+net_bind_service
echo "$caps" >"$world/caps"
check "check has nothing to note" sh -c "! '$BURNBOX' check -c '$config' 2>&1 | grep note"
start_server
make_session day
open_for_writing day
wait_for 30 "the list names the file" session_says day 'still being written: d/movie'
write_the_rest
wait_for 60 "burned when it has ended" watched_burned day-burned
check "and whole" test "$(bsdtar -xOf "$(newest_image)" alice/day/data/d/movie | wc -l)" = 2
wait_for 20 "the hook was told" test "$(wc -l <"$world/hook_caps")" -ge 3
check "and had none of the server's rights" sh -c "! grep -v '0000000000000000' '$world/hook_caps'"
