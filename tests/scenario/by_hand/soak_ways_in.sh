#!/usr/bin/env bash
# Every way in at once: SFTP and scp clients, a watched folder that cp, rsync, tar and mv fill, the skimmer, rsync over
# SSH (some of them killed half-way and repeated), and imports. In the end every session is on exactly one disc, once,
# with the content that was sent, and the log has no error.
#     BURNBOX=build/release/burnbox TMPDIR=/somewhere/large tests/scenario/by_hand/soak_ways_in.sh [SECONDS]
# SECONDS: how long new sessions come (1200). SOAK_WAYS: which ways (sftp watch skim rsync import).
# Ways that this burnbox does not have are left out, and it says so.
. "$(dirname "$0")/../lib.sh"

duration=${1:-1200}
ways=${SOAK_WAYS:-"sftp watch skim rsync import"}
sent=$world/sent     # ACCOUNT.SESSION: the sums of what was sent, paths relative to the session
skimmed=$world/skimmed incoming=$world/incoming
mkdir "$sent" "$skimmed" "$incoming" "$world/trees"
: >"$world/BURN"
has_way() { [[ " $ways " == *" $1 "* ]]; }

write_config bd-r <<YAML
watch:
  - {path: $incoming, account: lab, settle: 2s}
YAML
sed -i 's|^accounts:|&\n  lab: {}|' "$config"
if has_way import && ! "$BURNBOX" import --help 2>&1 | grep -q -- --session; then
    echo "this burnbox does not import: left out"
    ways=${ways/import/}
fi
if has_way skim; then
    cp "$config" "$world/with_skim.yaml"
    cat >>"$world/with_skim.yaml" <<YAML
skim:
  - {from: $skimmed, every: 5s, account: lab, session: "skim-%Y%m%dT%H%M%SZ", min_age: 1s}
YAML
    if "$BURNBOX" check -c "$world/with_skim.yaml" >/dev/null 2>&1; then
        mv "$world/with_skim.yaml" "$config"
    else
        echo "this burnbox does not skim: left out"
        ways=${ways/skim/}
    fi
fi
start_server
deadline=$((SECONDS + duration))
time_left() { [ "$SECONDS" -lt "$deadline" ]; }

# tree NAME: a small tree of random content, never the same twice.
tree() {
    local top=$world/trees/$1 i
    mkdir -p "$top/data/deep er/Übung"
    for ((i = 0; i < 1 + RANDOM % 12; i++)); do
        head -c $((RANDOM * (1 + RANDOM % 40))) /dev/urandom >"$top/data/file $i"
    done
    echo "$1 $RANDOM" >"$top/data/deep er/Übung/note"
    : >"$top/data/empty"
}
# note ACCOUNT NAME: what the disc must hold.
note() { (cd "$world/trees/$2" && find . -type f ! -name BURN -print0 | sort -z | xargs -0 sha256sum) >"$sent/$1.$2"; }
burned_in() { [ -s "$1-burned/receipt.json" ]; }
wait_in() { wait_for 300 "$1 is burned" burned_in "$1" && rm -rf "$world/trees/${1##*/}"; }
up() { command rsync -e "ssh -F $world/ssh_config" "$@" </dev/null; }

run_sftp() {
    local n=0 name
    while time_left; do
        name=sftp-$((++n))
        tree "$name" && note alice "$name"
        case $((n % 4)) in
            0) sftp_do "mkdir $name" "put -r \"$world/trees/$name/data\" $name/data" "put $world/BURN $name/" >/dev/null ;;
            1) scp -q -r "$world/trees/$name/data" "burnbox:$name/" && ssh burnbox burn "$name" --wait >/dev/null 2>&1 ;;
            2) scp -q -O -r "$world/trees/$name/data" "burnbox:$name/" && ssh burnbox burn "$name" >/dev/null ;;
            3) scp -q -r "$world/trees/$name/data" "burnbox:$name/" &&
                (cd "$world/trees/$name" && find . -type f -exec sha256sum {} +) >"$world/list.sftp" &&
                (cd "$world/trees/$name" && cp "$world/list.sftp" SHA256SUMS && note alice "$name") &&
                sftp_do "put $world/list.sftp $name/SHA256SUMS" >/dev/null 2>&1 ;;
        esac
        wait_in "$inbox/alice/$name"
    done
}

run_watch() {
    local n=0 name
    while time_left; do
        name=watch-$((++n))
        tree "$name" && note lab "$name"
        case $((n % 4)) in
            0) cp -r "$world/trees/$name" "$incoming/" && touch "$incoming/$name/BURN" ;;
            1) command rsync -r "$world/trees/$name/data" "$incoming/$name/" && touch "$incoming/$name/BURN" ;;
            2) mkdir "$incoming/$name" && tar -C "$world/trees/$name" -cf - data | tar -C "$incoming/$name" -xf - &&
                touch "$incoming/$name/BURN" ;;
            3) cp -r "$world/trees/$name" "$world/trees/moving" && touch "$world/trees/moving/BURN" &&
                mv "$world/trees/moving" "$incoming/$name" ;;
        esac
        wait_in "$incoming/$name"
    done
}

run_rsync() {
    local n=0 name
    while time_left; do
        name=rsync-$((++n))
        tree "$name" && note alice "$name"
        if ((n % 3 == 0)); then # cut in the middle, then repeated
            timeout 0.$((1 + RANDOM % 9)) rsync -a --bwlimit=300 -e "ssh -F $world/ssh_config" "$world/trees/$name/" \
                "burnbox:$name/" </dev/null >/dev/null 2>&1 || true
            busy_again() { up -a "$world/trees/$name/" "burnbox:$name/" 2>/dev/null; }
            wait_for 60 "the same again" busy_again
            ssh burnbox burn "$name" >/dev/null
        elif ((n % 3 == 1)); then
            : >"$world/trees/$name/BURN"
            up -az "$world/trees/$name/" "burnbox:$name/" 2>/dev/null
        else
            up -a --partial-dir=.rsync-partial "$world/trees/$name/data" "burnbox:$name/"
            echo more >>"$world/trees/$name/data/deep er/Übung/note" && note alice "$name"
            up -a --delete "$world/trees/$name/data" "burnbox:$name/"
            ssh burnbox burn "$name" >/dev/null
        fi
        wait_in "$inbox/alice/$name"
    done
}

run_import() {
    local n=0 name
    while time_left; do
        name=import-$((++n))
        tree "$name" && note alice "$name"
        burnbox import "$world/trees/$name" --session "$name" --account alice >/dev/null 2>&1
        wait_in "$inbox/alice/$name"
    done
}

# Files come into the skimmed folder by new names, by changes and by renames; each content must be burned once.
run_skim() {
    local n=0 name
    while time_left; do
        name=skim-$((++n))
        tree "$name"
        mv "$world/trees/$name/data" "$skimmed/$name"
        ((n % 3)) || touch -d 2001-01-01 "$skimmed/$name/empty"
        ((n % 5)) || echo "changed $n" >>"$skimmed/skim-$((n - 1))/deep er/Übung/note"
        sleep $((1 + RANDOM % 3))
    done
}

pids=()
for way in $ways; do
    "run_$way" &
    pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
[ "$failed" = 0 ] || fail "a way in did not come to its end"
echo "  all clients ended after $SECONDS s"

step "everything comes to rest"
nothing_waits() { ! burnbox sessions --json | jq -e '.[] | select(.state != "burned")' >/dev/null; }
all_skimmed() { # every content of the skimmed folder is in a receipt
    find "$skimmed" -type f -exec sha256sum {} + | cut -c -64 | sort -u >"$world/want"
    burnbox find '*' --json | jq -r '.[].sha256' | sort -u | comm -13 - "$world/want" | grep -q . && return 1
    return 0
}
if has_way skim; then wait_for 120 "the skimmer took all" all_skimmed; fi
wait_for 300 "all sessions are burned" nothing_waits

step "what is on the discs"
mkdir "$world/found"
for image in "$discs"/*.iso; do
    extract "$image" "$world/disc"
    for bag in "$world"/disc/*/*/; do
        account=$(basename "$(dirname "$bag")") session=$(basename "$bag")
        bag_is_whole "$bag" || fail "the bag $account/$session on $image is damaged"
        (cd "$bag/data" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >>"$world/found/$account.$session"
    done
done
rm -rf "$world/disc"
count=0
for list in "$sent"/*; do
    cmp -s "$list" "$world/found/${list##*/}" || {
        diff "$list" "$world/found/${list##*/}" | head -5 >&2
        fail "${list##*/} is not on the discs once and identical"
    }
    rm "$world/found/${list##*/}"
    count=$((count + 1))
done
skims=$(find "$world/found" -name 'lab.skim-*' | wc -l)
if has_way skim; then
    # Every content of the folder was burned; a path comes again only when it changed.
    cat "$world"/found/lab.skim-* | sort | uniq -d | grep -v "/empty$" >"$world/twice" || true
    [ ! -s "$world/twice" ] || { head -5 "$world/twice" >&2; fail "files were skimmed twice"; }
    rm "$world"/found/lab.skim-*
fi
[ -z "$(ls "$world/found")" ] || fail "on the discs, and nobody sent it: $(find "$world/found" -type f | head -5)"
grep -E '(^| )(error|ERROR)( |$)|\[error\]' "$log" && fail "the log has errors"
echo "  $count sessions and $skims skimmed ones on $(ls "$discs" | wc -l) discs, $(du -sh "$discs" | cut -f 1), in $duration s"
for way in $ways; do echo "    $way: $(find "$sent" -name "*.$way-*" | wc -l)"; done
