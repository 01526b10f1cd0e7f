#!/usr/bin/env bash
# burn.redundancy: recovery data on the disc mends what can't be read any more, by the lines of the receipt alone.
. "$(dirname "$0")/../lib.sh"

command -v par2 >/dev/null || fail "missing: par2 (packaging/test installs it)"
write_config dvd+r <<'YAML'
burn: {redundancy: 20}
YAML
start_server
mkdir -p "$world/photos/sub"
random_file "$world/photos/sub/big.bin" 1500001
: >"$world/photos/empty"
echo small >"$world/photos/sub/ümlaut *?[x].txt"
echo dot >"$world/photos/.hidden"
# shellcheck disable=SC1003
echo slash >"$world/photos/sub/back\\slash"
scp -r "$world/photos" burnbox:holiday/
check "it is burned" ssh burnbox burn holiday --wait
image=$(newest_image)
extract "$image" "$world/disc"
bag=$world/disc/alice/holiday
check "the bag is whole" bag_is_whole "$bag"
check "its tag manifest lists the recovery data" grep -q 'par2/set-0001.par2' "$bag/tagmanifest-sha256.txt"
check "what par2 can't name is said" grep -q 'back\\\\slash' "$bag/par2/NOT-PROTECTED.txt"
check "par2 finds nothing wrong" par2 verify -q -B "$bag" "$bag/par2/set-0001.par2"
check "it finds all other files" test "$(par2 verify -q -B "$bag" "$bag"/par2/set-0001.par2 | grep -c '^Target: "data/.* found')" = 3
check "nothing is left in state_dir" test -z "$(ls "$state/recovery")"
check "burnbox finds nothing wrong" burnbox verify BURNBOX_0001

step "sectors are lost"
lba=$(jq -r '.files[] | select(.path | endswith("big.bin")) | .lba' "$inbox/alice/holiday-burned/receipt.json")
small=$(jq -r '.files[] | select(.path | endswith("txt")) | .lba' "$inbox/alice/holiday-burned/receipt.json")
lose() { dd if=/dev/zero of="$image" bs=2048 seek="$1" count="$2" conv=notrunc status=none; }  # LBA SECTORS
lose $((lba + 10)) 70
lose $((lba + 300)) 1
lose "$small" 1
check_exit 1 "burnbox sees it" burnbox verify BURNBOX_0001
said 'big.bin'
said 'repairable'
cp "$inbox/alice/holiday-burned/RECEIPT.txt" "$world/receipt"
# The lines below the heading that are indented are commands.
sed -n '/^IF SOME/,/^burnbox /p' "$world/receipt" | grep '^  ' >"$world/repair.sh"
check "the receipt has the lines" test -s "$world/repair.sh"
check "they work" env TMPDIR="$world/tmp" bash -eux "$world/repair.sh"
repaired=$(find "$world/tmp" -path '*data/photos' -type d)
check "the big file is mended" cmp "$world/photos/sub/big.bin" "$repaired/sub/big.bin"
check "the small one too" cmp "$world/photos/sub/ümlaut *?[x].txt" "$repaired/sub/ümlaut *?[x].txt"

step "more than that is lost"
lose "$lba" 500
check_exit 1 "burnbox sees it" burnbox verify BURNBOX_0001
said 'NOT repairable'

step "cancelled, cut off and without the program"
stop_server
mkdir "$world/bin"
for tool in nice touch stat env setsid tail sed head cat grep sleep; do  # what starting the server takes
    ln -s "$(command -v $tool)" "$world/bin/$tool"
done
printf '#!/bin/sh\nwhile :; do sleep 1; done\n' >"$world/bin/par2" && chmod +x "$world/bin/par2"
par2_runs() { pgrep -f "$world/bin/par2 create"; }
par2_ended() { ! par2_runs; }
nothing_left() { [ -z "$(ls "$state/recovery")" ]; }
PATH=$world/bin:$PATH start_server
scp -r "$world/photos" burnbox:second/
check "sealed" ssh burnbox burn second
wait_for 20 "par2 runs" par2_runs
wait_for 20 "STATUS.txt says what it does" grep -q 'recovery data' "$inbox/alice/second-queued/STATUS.txt"
check "it can be cancelled" ssh burnbox cancel second
wait_for 20 "par2 has ended" par2_ended
wait_for 20 "nothing is left of it" nothing_left
check "sealed again" ssh burnbox burn second
wait_for 20 "it works on it" grep -q 'recovery data' "$inbox/alice/second-queued/STATUS.txt"
crash_server
rm "$world/bin/par2"
PATH=$world/bin start_server
wait_for 20 "STATUS.txt says that the program is missing" grep -q 'apt-get install par2' "$inbox/alice/second-queued/STATUS.txt"
check_fails "so does check" env PATH="$world/bin" "$BURNBOX" check -c "$config"
said 'par2'
stop_server
start_server
wait_burned second
check "both are fine on the disc" burnbox verify second
