#!/usr/bin/env bash
# lftp: mirror -R up, mirror down, resume, and the marker.
. "$(dirname "$0")/../lib.sh"

start_server
tree=$world/photos
some_tree "$tree"

lftp_do() {
    HOME=$world lftp -c "set sftp:connect-program 'ssh -a -x -F $world/ssh_config'; set net:max-retries 1; set cmd:fail-exit yes
        open sftp://alice:@burnbox; $1"
}

step "up and down"
check "mirror -R into a session that is not there yet" lftp_do "mirror -R $tree holiday/"
check "it lands one level down" same_tree "$tree" "$inbox/alice/holiday/photos"
check "in parallel, again: nothing to do" lftp_do "mirror -R -P 4 --dry-run $tree holiday/"
check_fails "but to ask for the folder itself, as it always does" grep -v '^mkdir -p' "$world/check.out"
check "mirror down" lftp_do "mirror holiday/photos $world/back"
check "exact" same_tree "$tree" "$world/back"
head -c 1000000 "$tree/Übergrößen/big.bin" >"$world/part"
check "a part" lftp_do "put -O holiday/photos $world/part"
check "is completed by put -c" lftp_do "put -c -O holiday/photos $tree/Übergrößen/big.bin -o part"
check "exact" cmp "$tree/Übergrößen/big.bin" "$inbox/alice/holiday/photos/part"
check "rm, mv, chmod" lftp_do "mv holiday/photos/part holiday/photos/whole; chmod 600 holiday/photos/whole; ls holiday/photos; rm holiday/photos/whole"
said 'rw-------.* whole'

step "the marker"
: >"$world/BURN"
check "put" lftp_do "put -O holiday/ $world/BURN"
check "exact on the disc" burned_exact holiday "$tree" photos
check "the burned folder is there" lftp_do "cls -1"
said '^holiday-burned'
check "the receipt can be read" lftp_do "cat holiday-burned/RECEIPT.txt"
said BURNBOX_0001
check_fails "a burned session takes nothing" lftp_do "put -O holiday-burned/ $world/BURN"
