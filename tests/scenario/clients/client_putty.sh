#!/usr/bin/env bash
# PuTTY's psftp and pscp, by SFTP and by the old protocol.
. "$(dirname "$0")/../lib.sh"

start_server
tree=$world/photos
some_tree "$tree"
check "PuTTY's form of the key" puttygen "$world/alice" -o "$world/alice.ppk" -O private

ssh burnbox help >/dev/null
print=$(ssh-keygen -l -f "$world/known_hosts" | cut -d ' ' -f 2)
common=(-batch -hostkey "$print" -P "${address##*:}" -i "$world/alice.ppk")
export HOME=$world # where PuTTY keeps what it remembers
psftp_do() { printf '%s\n' "$@" >"$world/batch" && psftp "${common[@]}" -be -b "$world/batch" "alice@${address%:*}" </dev/null && true; }
pscp() { command pscp -q "${common[@]}" "$@" </dev/null; }
remote() { printf 'alice@%s:%s' "${address%:*}" "$1"; }

step "psftp"
check "put -r" psftp_do "mkdir holiday" "cd holiday" "put -r $tree photos"
check "all of it arrived" same_tree "$tree" "$inbox/alice/holiday/photos"
check "get -r" psftp_do "cd holiday" "get -r photos $world/back"
check "exact" same_tree "$tree" "$world/back"
head -c 1000000 "$tree/Übergrößen/big.bin" >"$world/part"
check "put, reput" psftp_do "cd holiday/photos" "put $world/part part" "reput $tree/Übergrößen/big.bin part"
check "exact" cmp "$tree/Übergrößen/big.bin" "$inbox/alice/holiday/photos/part"
check "mv, chmod, ls, rm" psftp_do "cd holiday/photos" "mv part whole" "chmod 600 whole" "ls" "rm whole"
said 'rw-------.* whole'
psftp_do "put $tree/one/byte byte" >"$world/check.out" 2>&1 || true
said 'plain file directly in the inbox|permission denied'
check "a plain file in the inbox was refused" test ! -e "$inbox/alice/byte"

step "pscp"
check "the folders" psftp_do "mkdir holiday/by-sftp" "mkdir holiday/by-scp"
for mode in -sftp -scp; do
    check "$mode -r up" pscp "$mode" -r -p "$tree" "$(remote "holiday/by$mode/")"
    check "$mode: all of it arrived" same_tree "$tree" "$inbox/alice/holiday/by$mode/photos"
    check "$mode down" pscp "$mode" "$(remote "holiday/by$mode/photos/Übergrößen/big.bin")" "$world/back.bin"
    check "$mode: exact" cmp "$tree/Übergrößen/big.bin" "$world/back.bin"
done

step "the marker"
: >"$world/BURN"
check "pscp" pscp "$world/BURN" "$(remote holiday/)"
mkdir -p "$world/all"/by-{sftp,scp}
for name in . by-sftp by-scp; do cp -r "$tree" "$world/all/$name/"; done
check "exact on the disc" burned_exact holiday "$world/all"
check "the burned folder is there" psftp_do ls
said 'holiday-burned'
check "the receipt can be fetched" pscp -scp "$(remote holiday-burned/RECEIPT.txt)" "$world/"
check "it names the disc" grep -q BURNBOX_0001 "$world/RECEIPT.txt"
