#!/usr/bin/env bash
# SIGHUP and `burnbox reload`: accounts come and go, rights, quotas and limits are others, while clients are at work; a wrong file changes
# nothing.
. "$(dirname "$0")/../lib.sh"

for name in bob carol; do new_key "$name"; done
# configure [ALICE [MORE...]]: what stands behind alice's key, then other accounts; more lines on standard input.
configure() {
    local own=${1:-}
    shift || true
    write_config </dev/null
    sed -i "s|^    keys_file: .*alice.pub|&${own:+\n    $own}|" "$config"
    for name in "$@"; do sed -i "s|^drives:|  $name: {keys_file: $world/$name.pub}\n&|" "$config"; done
    cat >>"$config"
}
mark() { log_from=$(($(stat -c %s "$log") + 1)); }
logged() { tail -c "+$log_from" "$log" | grep -qE -- "$1"; }
hang_up() {
    mark
    kill -HUP "$server"
    wait_for 20 "the server has looked at its configuration" logged 'msg="?configuration (not )?reloaded|configuration (not )?reloaded'
}
as() { local who=$1; shift; command ssh -F "$world/ssh_config" -o User="$who" -o IdentityFile="$world/$who" burnbox "$@" </dev/null; }

configure </dev/null
start_server
some_tree "$world/photos"

step "an account is added"
check_fails "bob can't log in" as bob help
configure "" bob carol </dev/null
hang_up
check "bob can log in" as bob help
check "the log names the key" logged 'accounts.bob'
check "his folder is there" test -d "$inbox/bob"
check "he uploads" command scp -q -r -F "$world/ssh_config" -o User=bob -o IdentityFile="$world/bob" "$world/photos" burnbox:holiday/
check "and it is burned" as bob burn holiday --wait

step "an account is removed while it uploads, and while another one does"
hold() { # NAME ACCOUNT: an sftp that keeps a file open, which a pipe feeds
    mkfifo "$world/$1.feed"
    /usr/bin/python3 - "${address%:*}" "${address##*:}" "$world" "$2" "$1" >"$world/$1.out" 2>&1 <<'PYTHON' &
import sys, paramiko
host, port, world, account, name = sys.argv[1], int(sys.argv[2]), *sys.argv[3:6]
transport = paramiko.Transport((host, port))
transport.connect(username=account, pkey=paramiko.Ed25519Key.from_private_key_file(f"{world}/{account}"))
sftp = paramiko.SFTPClient.from_transport(transport)
def say(text): print(text, flush=True)
handle = None
for line in open(f"{world}/{name}.feed"):
    words = line.split()
    try:
        if words[0] == "open":
            handle = sftp.open(words[1], "w"); say("ok open")
        elif words[0] == "write":
            handle.write(b"x" * int(words[1])); handle.flush(); say("ok write")
        elif words[0] == "close":
            handle.close(); say("ok close")
        elif words[0] == "mkdir":
            sftp.mkdir(words[1]); say("ok mkdir")
        elif words[0] == "list":
            sftp.listdir("/"); say("ok list")
        elif words[0] == "wait":
            while transport.is_active(): transport.join(0.02)
            say("ended")
    except Exception as error:
        say(f"no {words[0]} {type(error).__name__}: {error}")
PYTHON
    exec {feed}>"$world/$1.feed"
    eval "feed_$1=$feed"
}
# tell NAME COMMAND...: returns when it has answered; `wait` answers when the connection has ended.
tell() {
    local name=$1 fd="feed_$1" had
    shift
    had=$(grep -cE '^(ok|no|ended)' "$world/$name.out" || true)
    echo "$*" >&"${!fd}"
    [ "$1" = wait ] || wait_for 20 "an answer to $*" answered "$name" "$had"
}
answered() { [ "$(grep -cE '^(ok|no|ended)' "$world/$1.out")" -gt "$2" ]; }
last() { tail -n 1 "$world/$1.out" | grep -qE -- "$2"; }

hold carol carol
hold alice alice
for who in carol alice; do
    tell "$who" mkdir going
    tell "$who" open going/file
    tell "$who" write 100000
    check "$who uploads" last "$who" 'ok write'
done
check "carol sends a second session" command scp -q -r -F "$world/ssh_config" -o User=carol -o IdentityFile="$world/carol" "$world/photos" burnbox:sealed/
check "carol seals it" as carol burn sealed
tell carol wait
configure "" bob </dev/null
hang_up
wait_for 1 "carol's connection is ended" last carol ended
check "the log says why" logged 'accounts.carol: the account was removed'
check_fails "she can't log in any more" as carol help
tell alice write 100000
check "alice goes on" last alice 'ok write'
tell alice close
check "and her file is whole" last alice 'ok close'
wait_for 120 "what carol sealed is burned" test -s "$inbox/carol/sealed-burned/RECEIPT.txt"
check "what she had open stays" test -s "$inbox/carol/going/file"

step "an account comes back"
configure "" bob carol </dev/null
check "burnbox reload says what holds" burnbox reload
said 'accounts.carol: holds now'
check_fails "what was cut is cut" as carol burn going
said 'cut off'

step "a key is exchanged"
hold late bob
tell late list
tell late wait
cp "$world/bob.pub" "$world/bob.old.pub" && cp "$world/bob" "$world/bob.old"
rm "$world/bob" "$world/bob.pub" && new_key bob
hang_up
wait_for 1 "the connection of the old key is ended" last late ended
check "the new key opens" as bob help
cp "$world/bob.old" "$world/stale"
check_fails "the old one does not" command ssh -F "$world/ssh_config" -o User=bob -o IdentityFile="$world/stale" burnbox help

step "rights, while a file is open"
tell alice open going/second
tell alice write 1000
configure "rights: [read]" bob carol </dev/null
hang_up
tell alice write 1000
check "the next write is refused" last alice 'no write.*may not upload'
tell alice mkdir other
check "so is the next folder" last alice 'no mkdir'
tell alice list
check "reading goes on" last alice 'ok list'

step "a quota"
configure "quota: 300 kB" bob carol </dev/null
hang_up
tell alice open going/third
tell alice write 50000
check "what fits is taken" last alice 'ok write'
configure "quota: 150 kB" bob carol </dev/null
hang_up
tell alice write 50000
check "what does not fit any more is refused" last alice 'no write'
check "nothing was deleted" test -s "$inbox/alice/going/file"

step "limits"
configure "" bob carol <<<'limits: {sessions: 1, connections: 50}'
hang_up
tell alice mkdir another
check "sessions: the next one is refused" last alice 'no mkdir'
hold third bob
tell third list
configure "" bob carol <<<'limits: {connections: 2}'
hang_up
tell third list
check "connections: those that are there stay" last third 'ok list'
check_fails "and no more" command ssh -F "$world/ssh_config" -o User=bob -o IdentityFile="$world/bob" burnbox help
configure "" bob carol <<<'limits: {idle: 1s}'
hang_up
tell third wait
wait_for 10 "idle: a connection that was open is ended" last third ended

step "names of markers"
check "a session comes" scp -q -r "$world/photos" burnbox:fresh/
configure "" bob carol <<<'session: {marker: [DONE]}'
hang_up
: >"$world/DONE"
check "the new name is a marker" scp -q "$world/DONE" burnbox:fresh/
wait_burned fresh

step "a wrong file changes nothing"
configure "" bob <<<'limits: {idle: soon}'
hang_up
check "it is said where" logged "$config:[0-9]+:[0-9]+: limits.idle"
check "carol is still there" as carol help
check_exit 1 "burnbox reload says no" burnbox reload
said "$config:[0-9]+:[0-9]+: limits.idle"

step "what needs a restart waits, and the rest holds"
configure "" bob <<<$'signals_dir: /nonexistent/signals\nlog: {level: debug}'
check "burnbox reload" burnbox reload
said 'signals_dir: needs a restart'
said 'accounts.carol: holds now'
check "the log warns" logged 'configuration key waits.*signals_dir'
check_fails "carol is gone" as carol help
