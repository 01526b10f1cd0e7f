#!/usr/bin/env bash
# What people do with OpenSSH's sftp: put, get, ls, mkdir, rename, rm, put -r.
. "$(dirname "$0")/../lib.sh"

start_server
some_tree "$world/tree"
random_file "$world/file" 1000003

step "an open session is a file system"
check "put makes the session" sftp_do "put $world/file holiday/"
check "ls" sftp_do "ls -l holiday"
said '1000003 .*file'
check "get" sftp_do "get holiday/file $world/back"
check "exact" cmp "$world/file" "$world/back"
check "mkdir, rename, rm" sftp_do "mkdir holiday/a" "rename holiday/file holiday/a/moved" "ls holiday/a" "rm holiday/a/moved" "rmdir holiday/a"
# Before any folder is there: one plain file above folders, sent by a later connection, would be the predecessor's marker.
head -c 400000 "$world/file" >"$world/part"
check "resume" sftp_do "put $world/part holiday/resumed" "reput $world/file holiday/resumed"
check "resumed file is exact" cmp "$world/file" "$inbox/alice/holiday/resumed"
check "put -r" sftp_do "put -r $world/tree holiday"
check "get -r" sftp_do "get -r holiday/tree $world/tree-back"
check "exact" same_tree "$world/tree" "$world/tree-back"
check "pwd, df and chmod" sftp_do "pwd" "df" "chmod 600 holiday/resumed"
check "symlink" sftp_do "symlink tree/empty holiday/link" "ls -l holiday"
said 'link'

step "refusals"
check_fails "rm of nothing" sftp_do "rm holiday/nothing"
check_fails "rmdir of a full folder" sftp_do "rmdir holiday/tree"
check_fails "a plain file in the inbox" sftp_do "put $world/file /"
check_fails "a reserved name" sftp_do "mkdir holiday-burned"
check_fails "a name that begins with a dot" sftp_do "mkdir .hidden"
check_fails "STATUS.txt" sftp_do "put $world/file holiday/STATUS.txt"
check_fails "ls of a missing session" sftp_do "ls nothing"
check "looking creates nothing" test ! -e "$inbox/alice/nothing"
check "no way out by .." sftp_do "ls /../../.." "ls ../../.."
check "still only one session" test "$(ls -A "$inbox/alice")" = holiday

step "burn"
: >"$world/BURN"
check "put the marker" sftp_do "put $world/BURN holiday/"
wait_burned holiday
check "bsdtar reads the disc" extract "$(newest_image)" "$world/disc"
check "exact" same_tree "$world/tree" "$world/disc/alice/holiday/data/tree"
check "files beside folders are burned too" cmp "$world/file" "$world/disc/alice/holiday/data/resumed"
check_fails "a burned session is read-only" sftp_do "put $world/file holiday-burned/"
check "get from it" sftp_do "get holiday-burned/RECEIPT.txt $world/"
