#!/usr/bin/env bash
# burn.span: a session larger than a CD-R goes to several, by whole files; killed in between, nothing is burned twice or lost.
. "$(dirname "$0")/../lib.sh"

with_blanks() {
    write_config cd-r "$1" <<'YAML'
burn: {span: true}
YAML
}

with_blanks 1
check "the configuration is good" burnbox check
start_server
tree=$world/films
mkdir -p "$tree/2024/raw" "$tree/2025" "$tree/empty folder" "$world/send"
for film in 2024/raw/a.mov 2024/raw/b.mov 2025/c.mov; do
    random_file "$tree/$film" 1000000
    truncate -s 355M "$tree/$film"
done
echo notes >"$tree/2024/notes.txt"
echo last >"$tree/zz.txt"
truncate -s 710M "$world/send/long.mov"
: >"$world/send/BURN"

step "a file that fits on no disc is refused by name"
scp -r "$tree" burnbox:holiday/
scp "$world/send/long.mov" burnbox:holiday/films/
check_fails "the marker is refused" scp "$world/send/BURN" burnbox:holiday/
said 'long\.mov alone needs .*7[0-9][0-9]\.[0-9] MiB'
said 'a file is never split'
check "REFUSED.txt says it too" grep -q 'long\.mov' "$inbox/alice/holiday/REFUSED.txt"
sftp_do "rm holiday/films/long.mov" >/dev/null
rm "$world/send/long.mov"

step "without it, three discs are needed, and one is there"
check "the marker is accepted" scp "$world/send/BURN" burnbox:holiday/
status=$inbox/alice/holiday-queued/STATUS.txt
wait_for 120 "the first part is on its disc" grep -q '^part 1 of 3: on disc BURNBOX_0001$' "$status"
wait_for 30 "the second waits for a disc and says so" grep -qiE '^part 2 of 3: queued: .*blank' "$status"
check "so does the list" bash -c "'$BURNBOX' sessions -c '$config' | grep -E 'holiday +burning.*part 2 of 3'"
check "and the signal" grep -q 'alice/holiday' "$state/signals/NO_DISC"
check_exit 1 "it can't be cancelled any more" ssh burnbox cancel holiday
said 'is burning: only a queued session can be cancelled'
check "no receipt yet" test ! -e "$inbox/alice/holiday-queued/RECEIPT.txt"

step "killed while the second part burns"
crash_server
with_blanks 9
start_server
wait_for 60 "it burns" grep -q 'attempt began.*part-2-of-3' "$log"
crash_server
start_server
wait_burned holiday
check "there is one receipt for three discs" test "$(jq '[.copies[].disc] | unique | length' "$inbox/alice/holiday-burned/receipt.json")" = 3
check "for people too" grep -q '^Part 3 of 3: disc ' "$inbox/alice/holiday-burned/RECEIPT.txt"
check "the signal is gone" test ! -e "$state/signals/NO_DISC"

step "each disc by itself, and all of them together"
mkdir "$world/union"
while read -r number disc; do
    extract "$discs/$disc.iso" "$world/disc"
    bag=$world/disc/alice/holiday/part-$number-of-3
    check "part $number on $disc is a whole bag" bag_is_whole "$bag"
    check "its manifest is right" bash -c "cd '$bag' && sha256sum -c --quiet --strict manifest-sha256.txt"
    check "it says which part it is" grep -qx "Bag-Count: $number of 3" "$bag/bag-info.txt"
    check "and what the others hold" test "$(cut -f 1 "$bag/parts.tsv" | tail -n 3 | tr '\n' ' ')" = '1 2 3 '
    check "$disc is no larger than a CD-R" test "$(stat -c %s "$discs/$disc.iso")" -le 736966656
    grep '^Bag-Group-Identifier: ' "$bag/bag-info.txt" >>"$world/groups"
    (cd "$bag/data" && find . -type f) >>"$world/files"
    cp -rl "$bag/data/." "$world/union/"
done < <(jq -r '.copies[] | "\(.part) \(.disc)"' "$inbox/alice/holiday-burned/receipt.json")
check "they are one group" test "$(sort -u "$world/groups" | wc -l) $(wc -l <"$world/groups")" = "1 3"
check "no file is on two discs" test -z "$(sort "$world/files" | uniq -d)"
check "together they are what was sent" same_tree "$tree" "$world/union/films"
check "the receipt's own lines check a part" bash -c "export TMPDIR='$world/tmp'; $(
    sed -n '/^Disc .* is an image file/,/^or unpack/p' "$inbox/alice/holiday-burned/RECEIPT.txt" | head -n 6 | grep '^  ')"

step "which disc has what"
check "find names the disc" bash -c "'$BURNBOX' find 'c.mov' --json -c '$config' | jq -e '.[0].disc == \"$(
    jq -r '.files[] | select(.path | endswith("c.mov")) | .part' "$inbox/alice/holiday-burned/receipt.json" |
        while read -r part; do jq -r ".copies[] | select(.part == $part) | .disc" "$inbox/alice/holiday-burned/receipt.json"; done)\"'"
check "verify reads every part" burnbox verify alice/holiday
said 'part-1-of-3: ok'
said 'part-3-of-3: ok'
check "nothing was burned twice" test "$(burnbox discs --json | jq '[.[].sessions[].session] | length')" = 3
