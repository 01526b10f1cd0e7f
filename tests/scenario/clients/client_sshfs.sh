#!/usr/bin/env bash
# The inbox as a mounted file system, by sshfs: cp, mv, rm, df, and the marker by touch.
# Where only root may open the device it runs as root.
# shellcheck disable=SC2034 # lib.sh reads it
[ "$(stat -c %a /dev/fuse 2>/dev/null)" = 666 ] || needs_root=1
. "$(dirname "$0")/../lib.sh"

# Where nothing can be mounted there is nothing to test: containers and chroots have no FUSE device.
if ! { : <>/dev/fuse; } 2>/dev/null; then
    echo "skipped: /dev/fuse is missing or may not be opened here"
    exit 77
fi

start_server
tree=$world/photos
some_tree "$tree"
mount=$world/mount
mkdir "$mount"
unmount() { fusermount3 -u -z "$mount" 2>/dev/null || fusermount -u -z "$mount" 2>/dev/null || true; }
trap 'code=$?; unmount; set +e; (exit "$code"); end_world' EXIT
check "mount" sshfs -F "$world/ssh_config" -o auto_cache,dcache_timeout=1 alice@burnbox:/ "$mount"

step "as any file system"
mkdir "$mount/holiday"
check "cp -r with modes and times" cp -r --preserve=mode,timestamps "$tree" "$mount/holiday/"
check "all of it arrived" same_tree "$tree" "$inbox/alice/holiday/photos"
check "times are kept" test "$(stat -c %Y "$tree/one/byte")" = "$(stat -c %Y "$inbox/alice/holiday/photos/one/byte")"
check "it reads the same" same_tree "$tree" "$mount/holiday/photos"
printf 'more\n' >>"$mount/holiday/photos/one/with space.txt"
printf 'more\n' >>"$tree/one/with space.txt"
check "append" cmp "$tree/one/with space.txt" "$inbox/alice/holiday/photos/one/with space.txt"
cp "$tree/one/two/block" "$mount/holiday/photos/new"
check "mv" mv "$mount/holiday/photos/new" "$mount/holiday/photos/newer"
check "rm" rm "$mount/holiday/photos/newer"
check "a link that stays inside" ln -s one/byte "$mount/holiday/photos/link"
ln -s one/byte "$tree/link"
check_fails "one that leads out" ln -s /etc/passwd "$mount/holiday/photos/out"
check "df is the disc's room" test "$(df --output=size -B1 "$mount" | tail -n 1)" -le 4700372992

step "the marker"
check "touch" touch "$mount/holiday/BURN"
check "exact on the disc" burned_exact holiday "$tree" photos
burned_folder() { [ -s "$mount/holiday-burned/RECEIPT.txt" ]; }
wait_for 20 "the mount shows the burned folder" burned_folder
check "the receipt can be read" grep -q BURNBOX_0001 "$mount/holiday-burned/RECEIPT.txt"
unmount
