#!/usr/bin/env bash
# A watched folder, filled by the programs people already use: rsync, cp, mv, tar, scp through the system's own sshd. The predecessor's
# habits work unchanged: data two levels deep, then any one file beside it.
. "$(dirname "$0")/../lib.sh"

watched=$world/incoming
mkdir "$watched"
write_config <<YAML
watch:
  - {path: $watched, account: alice, settle: 300ms}
YAML
start_server
tree=$world/photos
some_tree "$tree"

watched_burned() { [ -s "$watched/$1/RECEIPT.txt" ] && [ -s "$watched/$1/receipt.json" ]; }
wait_watched() { wait_for 60 "$1 is burned" watched_burned "$1-burned"; }
# The file system keeps times in steps: the marker comes in a later one than the data, as it does by hand.
tick() {
    touch "$world/then"
    until touch "$world/now" && [ "$world/now" -nt "$world/then" ]; do :; done
}
on_disc() { # SESSION FOLDER: the session's payload on its disc
    extract "$discs/$(jq -r '.copies[0].disc' "$watched/$1-burned/receipt.json").iso" "$world/disc"
    same_tree "$2" "$world/disc/alice/$1/data/$(basename "$2")"
}
reason_of() { burnbox sessions --json | jq -r --arg name "$1" '.[] | select(.session == $name and .state == "open") | .reason'; }
reason_is() { reason_of "$1" | grep -q "$2"; }

step "cp -r and any one file beside the data"
echo "Debian GNU/Linux 12" >"$world/issue"
mkdir "$watched/holiday"
cp -r "$tree" "$watched/holiday/photos"
tick
cp "$world/issue" "$watched/holiday/"
wait_watched holiday
check "exact on the disc" on_disc holiday "$tree"
check "the marker is gone from the folder" test ! -e "$watched/holiday-burned/issue"
check "and its bytes are on the disc" cmp "$world/issue" "$world/disc/alice/holiday/marker/issue"
check "the bag is whole" bag_is_whole "$world/disc/alice/holiday"
check "the payload stays" same_tree "$tree" "$watched/holiday-burned/photos"

step "a named marker, mv, and a session without a marker"
mkdir "$world/named" "$watched/waiting"
cp -r "$tree" "$world/named/photos"
: >"$world/named/BURN"
cp -r "$tree" "$watched/waiting/photos"
mv "$world/named" "$watched/named"
wait_watched named
check "exact" on_disc named "$tree"
wait_for 20 "the other one says what it waits for" reason_is waiting "no marker yet: send BURN"
check "and is as it was" same_tree "$tree" "$watched/waiting/photos"
check "a person may ask for it" burnbox burn alice/waiting --wait
said "waiting"
check "exact" on_disc waiting "$tree"

step "tar, with several files beside the folder: data, until a marker says more"
mkdir "$watched/tarred"
(cd "$tree/.." && tar -cf - photos && true) | tar -C "$watched/tarred" -xf -
tick
echo one >"$watched/tarred/one"
echo two >"$watched/tarred/two"
wait_for 20 "two files are no marker" reason_is tarred "no marker yet"
: >"$watched/tarred/BURN"
wait_watched tarred
check "both are on the disc" sh -c "cd '$watched/tarred-burned' && test -e one -a -e two"

step "a checksum list that is wrong is refused, then mended"
mkdir "$watched/listed"
cp -r "$tree" "$watched/listed/photos"
(cd "$watched/listed" && find photos -type f -exec sha256sum {} + >"$world/sums" && sed 's/^./0/; s/^0\(.*\)/f\1/' "$world/sums" >SHA256SUMS)
wait_for 20 "refused" test -e "$watched/listed/REFUSED.txt"
check "the list is kept aside" test -e "$watched/listed/SHA256SUMS.refused"
cp "$world/sums" "$watched/listed/SHA256SUMS"
wait_watched listed
check "the list stays in the data" test -e "$watched/listed-burned/SHA256SUMS"

if command -v rsync >/dev/null; then
    step "rsync: its temporary names are no markers, whatever the options"
    for options in "-r" "-a --partial" "-r --inplace"; do
        name=rsync$(printf %s "$options" | tr -cd a-z)
        # shellcheck disable=SC2086
        check "rsync $options" rsync $options "$tree" "$watched/$name/"
        tick
        check "its marker" rsync "$world/issue" "$watched/$name/"
        wait_watched "$name"
        check "exact" on_disc "$name" "$tree"
    done
fi

step "a file that is open for writing holds the marker up"
mkdir -p "$watched/busy/data"
exec 9>"$watched/busy/data/slow"
echo first >&9
: >"$watched/busy/BURN"
wait_for 20 "it says who writes" reason_is busy "still being written: data/slow"
echo second >&9
exec 9>&-
wait_watched busy
check "all of it is there" grep -q second "$watched/busy-burned/data/slow"

sshd=$(command -v sshd || true)
# Whom sshd lets in it gives to his shell, and who runs this may have none: nobody, as a rule.
may_log_in() { "$(getent passwd "$(id -un)" | cut -d: -f7)" -c true; }
if [ -n "$sshd" ] && [ -x "$sshd" ] && command -v rsync >/dev/null && may_log_in >/dev/null 2>&1; then
    step "the predecessor's way through the system's own sshd: rsync -r, then scp /etc/issue"
    ssh-keygen -q -t ed25519 -N '' -f "$world/sshd_key"
    cp "$world/alice.pub" "$world/authorized"
    port=$((20000 + RANDOM % 20000))
    cat >"$world/sshd_config" <<CONF
ListenAddress 127.0.0.1:$port
HostKey $world/sshd_key
AuthorizedKeysFile $world/authorized
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
PidFile $world/sshd.pid
Subsystem sftp internal-sftp
CONF
    [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
    "$sshd" -D -e -f "$world/sshd_config" >"$world/sshd.log" 2>&1 &
    own_sshd=$!
    cat >"$world/old_ssh" <<CONF
Host server
    HostName 127.0.0.1
    Port $port
    User $(id -un)
    IdentityFile $world/alice
    IdentitiesOnly yes
    UserKnownHostsFile $world/known_old
    StrictHostKeyChecking accept-new
    BatchMode yes
    LogLevel ERROR
CONF
    wait_for 20 "sshd answers" command ssh -F "$world/old_ssh" server true
    check "rsync -r" rsync -r -e "ssh -F $world/old_ssh" "$tree" "server:$watched/session/"
    tick
    check "scp /etc/issue" command scp -F "$world/old_ssh" "$world/issue" "server:$watched/session/"
    wait_watched session
    check "exact" on_disc session "$tree"
    check "the marker is gone" test ! -e "$watched/session-burned/issue"
    kill "$own_sshd"
    wait "$own_sshd" 2>/dev/null || true
else
    echo "  (no sshd, no rsync or no shell to log in to here: that part was not run)"
fi

if command -v curl >/dev/null && /usr/bin/python3 -c 'import pyftpdlib' 2>/dev/null; then
    step "an FTP server from Debian"
    port=$((20000 + RANDOM % 20000))
    /usr/bin/python3 -m pyftpdlib -i 127.0.0.1 -p "$port" -w -d "$watched" -u lab -P secret >"$world/ftp.log" 2>&1 &
    ftp=$!
    put() { curl -sS --ftp-create-dirs -T "$1" "ftp://lab:secret@127.0.0.1:$port/$2"; }
    wait_for 20 "it answers" curl -s "ftp://lab:secret@127.0.0.1:$port/"
    random_file "$world/large" 20000000
    check "a file" put "$world/large" ftp/data/large
    tick
    check "a marker" put "$world/issue" ftp/issue
    wait_watched ftp
    check "exact" cmp "$world/large" "$watched/ftp-burned/data/large"
    check "the marker is gone" test ! -e "$watched/ftp-burned/issue"
    kill "$ftp"
    wait "$ftp" 2>/dev/null || true
else
    echo "  (no curl or no python3-pyftpdlib here: FTP was not run)"
fi

step "nothing was burned twice"
check "one disc session each" test "$(burnbox sessions --json | jq '[.[] | select(.state == "burned") | .session] | length')" = \
    "$(find "$watched" -maxdepth 1 -name '*-burned' | wc -l)"
