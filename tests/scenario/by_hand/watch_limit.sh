#!/usr/bin/env bash
# A watched folder when the kernel has no inotify watches left: the log says so, and sessions are found by looking from time to time. The
# server runs in a user namespace of its own, which can be given a limit. Takes a minute or two.
. "$(dirname "$0")/../lib.sh"

program=$BURNBOX
cat >"$world/limited" <<'SH'
#!/bin/sh
exec unshare --user --map-root-user sh -c 'echo 20 >/proc/sys/user/max_inotify_watches && exec "$0" "$@"' "$PROGRAM" "$@"
SH
chmod +x "$world/limited"
export PROGRAM=$program BURNBOX=$world/limited
watched=$world/incoming
mkdir "$watched"
write_config <<YAML
watch:
  - {path: $watched, account: lab, settle: 300ms}
YAML
sed -i 's/^accounts:/accounts:\n  lab: {}/' "$config"
start_server
BURNBOX=$program

step "more folders than watches"
mkdir -p "$watched/many"
(cd "$watched/many" && seq 50 | xargs mkdir)
wait_for 20 "the log says so, with the remedy" grep -q 'not wholly watched.*max_user_watches' "$log"

step "what appears where nobody watches is found all the same"
for name in first second; do
    mkdir -p "$watched/$name/data/deep/deeper"
    echo "$name" >"$watched/$name/data/deep/deeper/file"
    : >"$watched/$name/BURN"
done
echo last >"$watched/many/50/file"
: >"$watched/many/BURN"
for name in first second many; do
    wait_for 120 "$name is burned" test -s "$watched/$name-burned/receipt.json"
done
check "everything is on the disc" test "$(bsdtar -xOf "$(newest_image)" lab/many/data/50/file)" = last
