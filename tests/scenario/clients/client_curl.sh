#!/usr/bin/env bash
# curl, by sftp:// and by scp://: up, down, append, and the marker.
. "$(dirname "$0")/../lib.sh"

start_server
tree=$world/tree
mkdir -p "$tree/deep"
random_file "$tree/by sftp" 1500001
random_file "$tree/by-scp" 1500002
random_file "$tree/deep/er" 10
: >"$tree/empty"

curl() { command curl -sS -k -u alice: --key "$world/alice" --pubkey "$world/alice.pub" "$@"; }
url() { printf '%s://%s/%s' "$1" "$address" "$2"; } # sftp|scp PATH

step "up"
check "sftp:// makes the folders on its way" curl --ftp-create-dirs -T "$tree/by sftp" "$(url sftp holiday/data/by%20sftp)"
check "scp://" curl -T "$tree/by-scp" "$(url scp holiday/data/by-scp)"
check "a folder deeper" curl --ftp-create-dirs -T "$tree/deep/er" "$(url sftp '~/holiday/data/deep/er')"
check "an empty file" curl -T "$tree/empty" "$(url sftp holiday/data/empty)"
check "all of it arrived" same_tree "$tree" "$inbox/alice/holiday/data"

step "down"
for scheme in sftp scp; do
    check "$scheme://" curl -o "$world/back" "$(url $scheme holiday/data/by-scp)"
    check "exact" cmp "$tree/by-scp" "$world/back"
done
check "a range" curl -r 1000-1999 -o "$world/back" "$(url sftp holiday/data/by-scp)"
check "exact" cmp <(tail -c +1001 "$tree/by-scp" | head -c 1000) "$world/back"
check "a folder's list" curl "$(url sftp holiday/)"
said ' data'

step "append and quote"
head -c 700000 "$tree/by-scp" >"$world/first"
tail -c +700001 "$tree/by-scp" >"$world/rest"
check "the first part" curl -T "$world/first" "$(url sftp holiday/data/pieces)"
check "--append" curl --append -T "$world/rest" "$(url sftp holiday/data/pieces)"
check "exact" cmp "$tree/by-scp" "$inbox/alice/holiday/data/pieces"
check "rename and remove" curl -Q "rename /holiday/data/pieces /holiday/data/moved" -Q "rm /holiday/data/moved" "$(url sftp holiday/)"

step "the marker"
: >"$world/BURN"
check "by scp://" curl -T "$world/BURN" "$(url scp holiday/BURN)"
check "exact on the disc" burned_exact holiday "$tree" data
check "the burned folder is there" curl "$(url sftp '')"
said 'holiday-burned'
check "the receipt can be read" curl "$(url sftp holiday-burned/RECEIPT.txt)"
said BURNBOX_0001
