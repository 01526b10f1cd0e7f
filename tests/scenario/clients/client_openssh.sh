#!/usr/bin/env bash
# OpenSSH's sftp and scp with every option that changes how they send: buffers, requests in flight, limits, compression, rekeying,
# and each algorithm that the server offers. Everything that arrived is on the disc.
. "$(dirname "$0")/../lib.sh"

start_server
sent=$world/sent
mkdir "$sent"
file=$world/file
random_file "$file" 2500003
touch -d '2001-02-03 04:05:06' "$file"
check "the session" sftp_do "mkdir holiday"

# by_sftp NAME [OPTION...]: put and get; what was sent is remembered for the end.
by_sftp() {
    local name=$1
    shift
    printf '%s\n' "put $file holiday/$name" "get holiday/$name $world/back" |
        command sftp -q -F "$world/ssh_config" "$@" -b - burnbox
    cmp "$file" "$world/back"
    cp "$file" "$sent/$name"
}
by_scp() {
    local name=$1
    shift
    scp "$@" "$file" "burnbox:holiday/$name"
    scp "$@" "burnbox:holiday/$name" "$world/back"
    cmp "$file" "$world/back"
    cp "$file" "$sent/$name"
}
kept_time() { [ "$(stat -c %Y "$inbox/alice/holiday/$1")" = "$(stat -c %Y "$file")" ]; }

step "sftp's options"
check "-B as large as it gets, -R" by_sftp large-buffer -B 261120 -R 256
check "-B small, one request at a time" by_sftp small-buffer -B 20000 -R 1
check "-l" by_sftp limited -l 80000
check "-C" by_sftp compressed -C
check "-p" by_sftp times -p
check "the time is kept" kept_time times
check "-f: fsync" by_sftp synced -f
check "RekeyLimit" by_sftp rekeyed -o RekeyLimit=256K
check "-a: resume" by_sftp large-buffer -a

step "scp's options, by SFTP and by its old protocol"
for mode in -s -O; do
    check "$mode -p" by_scp "scp$mode-times" "$mode" -p
    check "the time is kept" kept_time "scp$mode-times"
    check "$mode -l" by_scp "scp$mode-limited" "$mode" -l 80000
    check "$mode -C" by_scp "scp$mode-compressed" "$mode" -C
    check "$mode RekeyLimit" by_scp "scp$mode-rekeyed" "$mode" -o RekeyLimit=256K
    check "$mode -3, from one folder to another" scp "$mode" -3 "burnbox:holiday/scp$mode-times" "burnbox:holiday/scp$mode-third"
    cp "$file" "$sent/scp$mode-third"
done
check "-O with a pattern takes what it matches" scp -O 'burnbox:holiday/scp-?-[ct]*' "$TMPDIR"
check "and nothing else" test "$(cd "$TMPDIR" && printf '%s ' scp*)" = \
    "scp-O-compressed scp-O-third scp-O-times scp-s-compressed scp-s-third scp-s-times "
check "-O with several names; -T: OpenSSH would look for one" scp -T -O 'burnbox:holiday/times holiday/synced' "$TMPDIR"
check_fails "-O with a pattern that matches nothing" scp -O 'burnbox:holiday/no*' "$TMPDIR"

step "every algorithm the server offers"
# What it says to a client that knows only counter mode: else it offers the fastest ciphers alone.
ssh -vv -c aes128-ctr burnbox help 2>&1 | sed -n '/peer server KEXINIT/,$p' >"$world/offer"
offered() { sed -n "s/^debug2: $1: //p" "$world/offer" | head -n 1 | tr -d '\r' | tr , '\n' | grep -v -e '^ext-info' -e '^kex-strict'; }
check "ciphers" test "$(offered 'ciphers ctos' | wc -l)" -ge 6
check "digests" test "$(offered 'MACs ctos' | wc -l)" -ge 2
check "key exchanges, the cheap ones" test "$(offered 'KEX algorithms' | tr '\n' ' ')" = "curve25519-sha256 curve25519-sha256@libssh.org diffie-hellman-group14-sha256 "
check "host keys" test "$(offered 'host key algorithms' | wc -l)" -ge 3
random_file "$file" 200003
n=0
each() { # KIND OPTION [SUFFIX]: one upload with each of this kind
    local one
    for one in $(offered "$1"); do
        n=$((n + 1))
        check "$one" by_sftp "by-$n" -o "$2=$one" ${3:+-o "$3"}
    done
}
each 'ciphers ctos' Ciphers
each 'MACs ctos' MACs Ciphers=aes256-ctr
each 'KEX algorithms' KexAlgorithms
each 'host key algorithms' HostKeyAlgorithms UserKnownHostsFile=/dev/null

step "the disc"
: >"$world/BURN"
check "the marker" sftp_do "put $world/BURN holiday/"
check "every file is on it, exact" burned_exact holiday "$sent"
check "with its time" test "$(stat -c %Y "$world/disc/alice/holiday/data/times")" = "$(date -d '2001-02-03 04:05:06' +%s)"
