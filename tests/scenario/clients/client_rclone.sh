#!/usr/bin/env bash
# rclone as it comes, told nothing about the server: copy, sync, check --download, then the marker and the burned folder.
. "$(dirname "$0")/../lib.sh"

start_server
tree=$world/photos
some_tree "$tree"
for i in $(seq 60); do random_file "$tree/one/$i" $((i * 700)); done

export RCLONE_CONFIG=$world/rclone.conf
cat >"$RCLONE_CONFIG" <<CONF
[burnbox]
type = sftp
host = ${address%:*}
port = ${address##*:}
user = alice
key_file = $world/alice
CONF
rclone() { command rclone --retries 1 --low-level-retries 1 "$@"; }

step "copy, sync, check"
check "copy" rclone copy --create-empty-src-dirs --transfers 8 "$tree" burnbox:holiday/photos
check "check --download finds no difference" rclone check --download "$tree" burnbox:holiday/photos
check "a second sync has nothing to do" rclone sync -v --create-empty-src-dirs "$tree" burnbox:holiday/photos
said 'nothing to transfer'
rm "$tree/one/7"
random_file "$tree/one/8" 90000
mv "$tree/one/9" "$tree/one/nine"
check "sync of what changed" rclone sync --create-empty-src-dirs "$tree" burnbox:holiday/photos
check "the server has just that" same_tree "$tree" "$inbox/alice/holiday/photos"
check "moveto" rclone moveto burnbox:holiday/photos/one/nine burnbox:holiday/photos/one/ten
mv "$tree/one/nine" "$tree/one/ten"
check "about says what fits" rclone about --json burnbox:
check "and that is at most a DVD" jq -e '.free > 4000000000 and .total <= 4700372992' "$world/check.out"

step "the marker, last and by itself"
: >"$world/BURN"
check "copy of the marker" rclone copy "$world/BURN" burnbox:holiday
check "exact on the disc" burned_exact holiday "$tree" photos
check "the burned folder is there" rclone lsf burnbox:
said '^holiday-burned/$'
check "nothing was uploaded twice" test "$(rclone lsf burnbox: | wc -l)" = 1
check "the receipt can be read" rclone cat burnbox:holiday-burned/RECEIPT.txt
said BURNBOX_0001
check "the data too" rclone check --download "$tree" burnbox:holiday-burned/photos
