#!/usr/bin/env bash
# rsync over SSH straight into an inbox, with the rsync that people have.
. "$(dirname "$0")/../lib.sh"

mkdir "$world/disk" && ln -s disk "$inbox"  # an inbox elsewhere, as administrators have it
write_config </dev/null
# One more account, which may only upload, and little.
sed -i "s|^accounts:|&\n  drop: {keys_file: $world/alice.pub, rights: [upload], quota: 2 MiB}|" "$config"
start_server
some_tree "$world/photos"
ln -s two/block "$world/photos/one/link"
chmod 640 "$world/photos/one/byte"
touch -d 2001-02-03T04:05:06Z "$world/photos/one/byte"

up() { rsync -e "ssh -F $world/ssh_config" "$@" </dev/null; }
disc_has() { # SESSION TREE: the newest disc holds the tree as the session's data
    extract "$(newest_image)" "$world/disc" && same_tree "$2" "$world/disc/alice/$1/data"
}
no_rsync_of() { ! pgrep -s "$1" -x rsync; }  # of that server

step "up and down"
check "rsync -a makes the session and lands in it" up -a "$world/photos" burnbox:holiday/
check "the tree is exact" same_tree "$world/photos" "$inbox/alice/holiday/photos"
check "modes are kept" test "$(stat -c %a "$inbox/alice/holiday/photos/one/byte")" = 640
check "times are kept" test "$(stat -c %Y "$inbox/alice/holiday/photos/one/byte")" = 981173106
check "a second run sends nothing" up -a --out-format=SENT-%i-%n --no-links "$world/photos" burnbox:holiday/
check_fails "nothing was sent" grep -q 'SENT-<f' "$world/check.out"
check "down again" up -a burnbox:holiday/photos "$world/back"
check "exact too" same_tree "$world/photos" "$world/back/photos"
check "two sources" up -a burnbox:holiday/photos/empty :holiday/photos/one/byte "$world/some"
check "both are there" test -f "$world/some/byte" -a -f "$world/some/empty"

step "modes of transfer"
head -c 50000 /dev/urandom >>"$world/photos/Übergrößen/big.bin"
up -a --stats "$world/photos" burnbox:holiday/ >"$world/stats"
literal_bytes() { sed -n 's/^Literal data: \([0-9,]*\) bytes/\1/p' "$world/stats" | tr -d ,; }
check "only the difference goes over the line" test "$(literal_bytes)" -ge 50000 -a "$(literal_bytes)" -lt 100000
size=70000
for options in -z -c "--inplace" "--partial" "--partial-dir=.rsync-partial" "--bwlimit=100000" "-W" "-H" "--delay-updates" \
    "--zc=zstd" "-S" "-y" "--append-verify" "--protocol=29" "-m" "--chmod=u+w" "--exclude=*.tmp"; do
    head -c $((size += 1000)) /dev/urandom >"$world/photos/changing" # rsync trusts what has the same size and second
    check "rsync -a $options" up -a "$options" "$world/photos" burnbox:holiday/
    check "exact" same_tree "$world/photos" "$inbox/alice/holiday/photos"
done
rm "$world/photos/changing"
check "--delete" up -a --delete "$world/photos" burnbox:holiday/
check "exact" same_tree "$world/photos" "$inbox/alice/holiday/photos"
check "a dry run" up -an --delete "$world/back/" burnbox:other/
check_fails "makes nothing" test -e "$inbox/alice/other"
check "--files-from towards us" up -a --files-from=<(printf 'one/byte\nempty\n') "$world/photos" burnbox:listed/
check "--files-from from us" up -a --files-from=<(printf 'one/byte\n') burnbox:listed "$world/listed"
check "a name with blanks" up -a "$world/photos/one" "burnbox:two words/"
check "is one session" folder_exists "two words"

step "refused"
refused() { # PATTERN SENTENCE OPTIONS...
    local pattern=$1 sentence=$2
    shift 2
    check_fails "$sentence" up "$@"
    said "$pattern"
}
refused 'burnbox: .*directly in the inbox' "a plain file in the inbox" "$world/alice.pub" burnbox:alice.pub
refused 'burnbox: .*HOST:NAME/' "the inbox itself" -a "$world/photos" burnbox:
refused 'what works' "sources that go before the receipt" -a --remove-source-files "$world/back" burnbox:x/
refused 'receipt' "the same, with the reason" -a --remove-source-files "$world/back" burnbox:x/
refused '--log-file' "a file of ours to write" -a -M--log-file="$world/evil" "$world/photos" burnbox:x/
refused '--link-dest' "a folder of ours to read" -a --link-dest=/etc "$world/photos" burnbox:x/
refused 'secluded-args' "arguments that nobody reads" -a -s "$world/photos" burnbox:x/
refused 'disc' "extended attributes" -aX "$world/photos" burnbox:x/
check_fails "a path out of the inbox is one in it" up -a "$world/photos" burnbox:../../bob-burned/
said 'reserved|burned'
check_exit 2 "no shell" ssh burnbox 'rsync --server -re.i --rsh=sh . x/'
check "an upload-only account uploads" up -a "$world/photos/one" drop@burnbox:box/
refused 'may not read' "but reads nothing" -a drop@burnbox:box/ "$world/none"
refused 'may not delete' "nor deletes" -a --delete "$world/photos/one" drop@burnbox:box/
refused 'quota' "a file beyond the quota" -a "$world/photos/Übergrößen" drop@burnbox:box/
check "links that lead out: the rest comes" bash -c "mkdir '$world/links' && ln -s /etc/passwd '$world/links/out' && echo x >'$world/links/in'"
check_exit 23 "rsync says that one is missing" up -a "$world/links/" burnbox:links/
said 'link out to "/etc/passwd"'
check "the rest is there" test -f "$inbox/alice/links/in" -a ! -L "$inbox/alice/links/out"
printf x >"$world/links/RECEIPT.txt"
check_exit 23 "a name of burnbox's own" up -a --no-links "$world/links/" burnbox:links/
said 'RECEIPT.txt is a name that burnbox uses'
mkdir "$world/bad" && printf x >"$world/bad/$(printf '\351t\351')"
check_exit 23 "a name that is not UTF-8" up -a "$world/bad/" burnbox:bad/
said "can't be put on a disc"
if [ "$(id -u)" = 0 ]; then
    mkdir "$world/special" && mkfifo "$world/special/fifo" && mknod "$world/special/null" c 1 3 && : >"$world/special/suid"
    chown 1234:1234 "$world/special/suid" && chmod 6755 "$world/special/suid"
    check_fails "devices and FIFOs are not made" up -aD "$world/special/" burnbox:special/
    check_fails "none is there" test -e "$inbox/alice/special/null" -o -e "$inbox/alice/special/fifo"
    check "nor setuid bits or owners" test "$(stat -c '%a %u' "$inbox/alice/special/suid")" = "755 $(id -u)"
fi

step "messages"
# rsync kills its ssh once the server's rsync has ended, whatever ssh has still to print. This one prints it.
printf '#!/bin/sh\ntrap "" USR1\nexec ssh -F %s "$@"\n' "$world/ssh_config" >"$world/patient_ssh"
chmod +x "$world/patient_ssh"
names_no_path_of_ours() { check_fails "no path of the server's" grep -F -e "$inbox" -e "$world/disk" "$world/said"; }
tells() { # PATTERN SENTENCE OPTIONS...: rsync fails, with this text and without a path of the server's
    check_fails "$2" bash -c "exec rsync -e '$world/patient_ssh' \"\$@\" >'$world/said' 2>&1 </dev/null" rsync "${@:3}"
    wait_for 20 "said: $1" grep "$1" "$world/said"
    names_no_path_of_ours
}
tells 'link_stat "/holiday/nope" failed: No such file' "a source that is not there" -a burnbox:holiday/nope "$world/none"
tells 'link_stat "/holiday/nope" failed: No such file' "the same, through the protocol" -a --stderr=client burnbox:holiday/nope "$world/none"
tells 'mkdir "/holiday/./no/such" failed: No such file' "a folder in a missing one" -a "$world/photos" burnbox:holiday/no/such/
tells 'mkdir "/loud/./no/such" failed: No such file' "with all messages" -avvvv "$world/photos" burnbox:loud/no/such/
up -avvvv burnbox:holiday "$world/none" >"$world/said" 2>&1
check "all messages of a sender" grep 'total size is' "$world/said"
names_no_path_of_ours

step "cut off"
mkdir "$world/large" && random_file "$world/large/a" 30000000 && random_file "$world/large/b" 200000 && : >"$world/large/BURN"
rsync -a --bwlimit=2000 -e "ssh -F $world/ssh_config" "$world/large/" burnbox:large/ </dev/null 2>/dev/null &
client=$!
temporary() { compgen -G "$inbox/alice/large/.a.*"; }
wait_for 20 "the transfer is under way" temporary
check_fails "a marker meanwhile is refused" ssh burnbox burn large
said 'rsync is still writing'
refused 'another rsync' "and so is a second one" -a "$world/photos" burnbox:large/
kill "$client"
wait "$client" || true
wait_for 20 "rsync is gone with its client" no_rsync_of "$server"
nobody_writes() { ! burnbox sessions | grep -q 'an rsync is writing'; }
wait_for 10 "the session is free again" nobody_writes
check_fails "nothing is sealed" folder_exists large-queued

check "a session with something in it" up -a "$world/photos" burnbox:part/
rsync -a --bwlimit=2000 -e "ssh -F $world/ssh_config" "$world/large/" burnbox:part/ </dev/null 2>/dev/null &
client=$!
part_temporary() { compgen -G "$inbox/alice/part/.a.*"; }
wait_for 20 "the transfer is under way" part_temporary
kill "$client"
wait "$client" || true
wait_for 20 "rsync is gone with its client" no_rsync_of "$server"
wait_for 10 "the session is free again" nobody_writes
rm -f "$inbox"/alice/part/.a.*  # rsync does it itself when it has the time
check_fails "what an rsync that was killed left is not sealed" ssh burnbox burn part
said 'did not end well'
check_fails "nor after a dry run" bash -c "rsync -an -e 'ssh -F $world/ssh_config' '$world/large/' burnbox:part/ && ssh -F '$world/ssh_config' burnbox burn part"
check "it is once an rsync ends well" up -a "$world/large/" burnbox:part/
wait_burned part

rsync -a --partial --bwlimit=2000 -e "ssh -F $world/ssh_config" "$world/large/" burnbox:large/ </dev/null 2>/dev/null &
client=$!
wait_for 20 "the transfer is under way" temporary
crashed=$server
crash_server
wait "$client" || true
wait_for 10 "rsync is gone with the server" no_rsync_of "$crashed"
start_server
wait_for 10 "the session is known" folder_exists large
check_fails "what came before the crash is not sealed" ssh burnbox burn large
said 'cut off'

step "what is cut off is whole when its content was sent again, and not before"
mkdir "$world/slow" && random_file "$world/slow/a" 8000000
random_file "$world/video" 8000000
check "the session is there" up -a "$world/photos/one" burnbox:mixed/
rsync -a --bwlimit=2000 -e "ssh -F $world/ssh_config" "$world/slow/" burnbox:mixed/d/ </dev/null 2>/dev/null &
client=$!
mixed_temporary() { compgen -G "$inbox/alice/mixed/d/.a.*"; }
wait_for 20 "an rsync is under way" mixed_temporary
setsid scp -F "$world/ssh_config" -l 8000 "$world/video" burnbox:mixed/ </dev/null >/dev/null 2>&1 &
upload=$!
begun() { [ -s "$inbox/alice/mixed/video" ]; }
wait_for 20 "and an upload beside it" begun
kill -9 "$upload"
wait "$upload" || true
check "the rsync ends well" wait "$client"
check_fails "the upload was cut off all the same" ssh burnbox burn mixed
said 'cut off'
head -c "$(stat -c %s "$inbox/alice/mixed/video")" /dev/urandom >"$world/video.part"
mkdir "$world/same" && mv "$world/video.part" "$world/same/video"
check "an rsync that sets times alone" up -a --size-only "$world/same/" burnbox:mixed/
check_fails "sent nothing of it" ssh burnbox burn mixed
said 'cut off'
check "one that sends it" up -a "$world/same/" burnbox:mixed/
check "does" cmp "$world/same/video" "$inbox/alice/mixed/video"
check "and then it is sealed" ssh burnbox burn mixed
wait_burned mixed

step "burn"
ssh -M -S "$world/master" -fN burnbox # a connection that sees the session under its old name
over_master() { rsync -e "ssh -F $world/ssh_config -S $world/master" "$@" </dev/null; }
check "sent again, marker and all" up -a "$world/large/" burnbox:large/
check "exit 0 is the promise" test -d "$inbox/alice/large-queued" -o -d "$inbox/alice/large-burned"
check "the marker again" over_master -a "$world/large/BURN" burnbox:large/
said 'large is already sealed'
check_fails "and nothing else" over_master -a "$world/photos" burnbox:large/
said 'large is sealed'
ssh -S "$world/master" -O exit burnbox 2>/dev/null
check "nothing of that stays" test -z "$(find "$inbox/alice" -name '.arriving-*')"
check "there is one session" test ! -e "$inbox/alice/large"
wait_burned large
rm "$world/large/BURN"
check "the disc is exact, and no temporary file is on it" disc_has large "$world/large"
check "a sealed session can be read" up -a burnbox:large-burned/ "$world/sealed"
check "receipt and all" test -s "$world/sealed/RECEIPT.txt"
refused 'sealed' "but not written" -a "$world/photos" burnbox:large-burned/
check "the list of sums seals too" bash -c "cd '$world/photos' && find . -type f ! -name SHA256SUMS -exec sha256sum {} + >'$world/SHA256SUMS' && mv '$world/SHA256SUMS' ."
check "rsync with the list in it" up -a "$world/photos/" burnbox:summed/
wait_burned summed
check "the disc is exact" disc_has summed "$world/photos"
check "no marker: data, then any file one step above" up -r "$world/back/photos" burnbox:old/
check "by a later connection" up /etc/issue burnbox:old/
wait_burned old
check_fails "no error in the log" grep -E ' error |\[error\]' "$log"
