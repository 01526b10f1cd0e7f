#!/usr/bin/env bash
# Limits of one connection and one account as the clients that people have meet them: what they read, and how they go on.
. "$(dirname "$0")/../lib.sh"

write_config <<<'limits: {channels: 3, files: 20}'
start_server

step "channels, with OpenSSH's client on one connection"
one=(-F "$world/ssh_config" -o ControlPath="$world/one")
command ssh "${one[@]}" -MN burnbox </dev/null &
wait_for 20 "the connection is open" test -S "$world/one"
for i in 1 2 3; do
    mkfifo "$world/asks.$i"
    command ssh "${one[@]}" burnbox -s sftp <"$world/asks.$i" >"$world/answers.$i" 2>"$world/heard.$i" &
    exec {asks}>"$world/asks.$i"
    printf '\0\0\0\5\1\0\0\0\3' >&"$asks"
    wait_for 20 "channel $i answers" test -s "$world/answers.$i"
done
check "one more goes over a connection of its own: ssh" command ssh "${one[@]}" -n burnbox help
said 'session open refused'
heard() { test -s "$world/heard.$1"; }
wait_for 20 "the channel that came last hears why" heard 3
check "it names limit, number and remedy" grep 'limits\.channels: .*3 are open.*connect anew' "$world/heard.3"
check "sftp" command sftp "${one[@]}" -b <(echo 'put /etc/issue first/') burnbox
check "scp" command scp "${one[@]}" /etc/issue burnbox:first/more
check "scp -O" command scp -O "${one[@]}" /etc/issue burnbox:second/
check "nobody hears it again" test "$(wc -l <"$world/heard.3")" = 1
check_fails "nor anybody else" eval 'heard 1 || heard 2'
command ssh "${one[@]}" -O exit burnbox 2>/dev/null

step "files, while rsync brings them"
mkdir "$world/many"
for ((i = 0; i < 200; i++)); do echo "$i" >"$world/many/$i"; done
random_file "$world/many/z" 100000000
began=$SECONDS
check_exit 23 "rsync is ended before its large file is there" rsync -a --bwlimit=2m -e "ssh -F $world/ssh_config" "$world/many/" burnbox:many/
said 'limits\.files'
check "at once" test $((SECONDS - began)) -lt 30
check "what came can be looked at" test -f "$inbox/alice/many/0"
check_fails "and is not sealed" ssh burnbox burn many
said 'cut off'
