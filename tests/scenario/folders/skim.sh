#!/usr/bin/env bash
# A skimmed folder: what is new becomes a session by itself, over changes by the programs people use, restarts and kills; the sessions copied
# over each other are the folder.
. "$(dirname "$0")/../lib.sh"

backup=$world/backup
mkdir "$backup"
configure() { # every
    write_config <<YAML
skim:
  - {from: $backup, every: $1, account: lab, session: "backup-%Y%m%dT%H%M%SZ", exclude: ["*.tmp"], min_age: 0s}
YAML
    sed -i 's/^accounts:/accounts:\n  lab: {}/' "$config"
}
skim() { check "${1}" burnbox skim --once; }
burned() { burnbox sessions --json | jq '[.[] | select(.account == "lab" and .state == "burned")] | length'; }
wait_sessions() { wait_for 60 "$1 sessions are burned" eval "[ \"\$(burned)\" = $1 ]"; }
# All sessions of the newest disc over each other, oldest first, without what each says is removed.
replay() {
    extract "$(newest_image)" "$world/disc"
    rm -rf "$world/replayed" && mkdir "$world/replayed"
    local session removed
    while IFS= read -r session; do
        sed -n 's/^Removed-Since-Previous: //p' "$world/disc/lab/$session/bag-info.txt" | while IFS= read -r removed; do
            rm "$world/replayed/$removed"
        done
        cp -a "$world/disc/lab/$session/data/backup/." "$world/replayed/"
    done < <(burnbox sessions --json | jq -r '.[] | select(.account == "lab") | .session')
    find "$world/replayed" "$backup" -depth -type d -empty -delete
}
is_replayed() { replay && diff -r --no-dereference --exclude='*.tmp' "$world/replayed" "$backup"; }

step "overlaps, and folders that are not there, are found by check"
configure 1d
sed "s|from: $backup|from: $inbox/alice|" "$config" >"$world/bad.yaml"
check_fails "in the inbox" "$BURNBOX" check -c "$world/bad.yaml"
said "overlaps inbox_dir"
sed "s|from: $backup|from: $world/nowhere|" "$config" >"$world/bad.yaml"
check_fails "missing" "$BURNBOX" check -c "$world/bad.yaml"
said "nowhere.*is it mounted"
check "the configuration" burnbox check
said "skim +$backup +account lab; every"
check_exit 3 "without a server" burnbox skim --once
check_exit 2 "without --once" burnbox skim

step "what is there at first, then what is new"
some_tree "$backup"
echo half >"$backup/half.tmp"
start_server
wait_sessions 1
check "five files" test "$(burnbox sessions --json | jq '.[0].files_count')" = 5
skim "nothing is new"
said "$backup: nothing new"
cp -a "$backup/one" "$backup/copy"
rm "$backup/empty"
mv "$backup/one/two" "$backup/three"
skim "copied, removed, moved"
said "files, .* sealed as lab/backup-20"
wait_sessions 2
check "replayed, it is the folder" is_replayed

step "rsync -t with times of the past, and a touch that changes nothing"
mkdir "$world/source"
echo new-content >"$world/source/byte"
touch -d 1999-01-01 "$world/source/byte"
rsync -rt "$world/source/" "$backup/one/"
touch "$backup/copy/byte"
skim "one file"
said ": 1 files"
wait_sessions 3
check "replayed, it is the folder" is_replayed

step "killed in the middle of a run, twice: nothing twice, nothing missed"
folders() { find "$inbox/lab" -mindepth 1 -maxdepth 1 ! -name '.*' | wc -l; }
began_2() { [ "$(folders)" -gt "$before" ]; }  # it is sealed
began_1() { compgen -G "$inbox/lab/.arriving-*" || began_2; }
for round in 1 2; do
    before=$(folders)
    head -c 60M /dev/urandom >"$backup/large-$round"
    burnbox skim --once >/dev/null 2>&1 &
    asker=$!
    wait_for 20 "it is on its way" "began_$round"
    crash_server
    wait "$asker" || true
    start_server
    wait_sessions $((3 + round))
done
skim "nothing is new"
said "nothing new"
check "replayed, it is the folder" is_replayed
check "each file is on the disc once" test "$(burnbox find '**/large-*' --json | jq length)" = 2
check "nothing arrives any more" test -z "$(compgen -G "$inbox/lab/.arriving-*")"

step "what can't be taken is named, and stops nothing"
mkfifo "$backup/pipe"
ln -s /etc/passwd "$backup/way-out"
echo more >"$backup/more"
check_exit 1 "a pipe and a link that leads out" burnbox skim --once
said "left out: pipe"
said "left out: link way-out"
said ": 1 files"
rm "$backup/pipe" "$backup/way-out"
wait_sessions 6
stop_server

step "by itself, every second"
configure 1s
start_server
echo again >"$backup/again"
wait_sessions 7
check "replayed, it is the folder" is_replayed
