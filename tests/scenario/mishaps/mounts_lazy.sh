#!/usr/bin/env bash
# The disk of image_dir goes with `umount -l` in the middle of a burn, at many moments, and the server with it or not: no disc is lost, and
# everything goes on once it is mounted again. Needs a mount namespace of its own.
needs_root=1
if [ -z "${IN_NAMESPACE:-}" ]; then
    [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || { echo "needs root and a mount namespace"; exit 77; }
    exec env IN_NAMESPACE=1 unshare -m bash "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"

signals=$world/signals disk=$world/disk
end_mounts() {
    local code=$?
    set +e
    stop_server
    umount -l "$discs" "$disk" 2>/dev/null
    (exit "$code")
    end_world
}
trap end_mounts EXIT
mkdir "$disk" "$discs" "$world/tree"
mount -t tmpfs none "$disk"
write_config <<<"signals_dir: $signals"
random_file "$world/tree/large" 40000000
for ((i = 0; i < 300; i++)); do echo "$i" >"$world/tree/$i"; done
mount_disk() { mount --bind "$disk" "$discs"; }
state_of() { burnbox sessions --json | jq -r ".[] | select(.session == \"$1\").state"; }
burned() { [ "$(state_of "$1")" = burned ]; }
sealed() { [ -n "$(state_of "$1")" ]; }
disc_states() { burnbox discs --json | jq -r '[.[].state] | unique | join(" ")'; }
beneath() { umount -l "$discs" 2>/dev/null || true; ls -A "$discs"; }

# round NAME SECONDS HOW: the disk goes that long after the seal, the server by HOW (stays, term or kill).
round() {
    local name=$1 after=$2 how=$3
    start_server
    check "$name is sealed" burnbox import "$world/tree" --session "$name"
    sleep "$after"
    umount -l "$discs"
    case $how in
        stays) wait_for 15 "the signal stands" grep -q "$discs" "$signals/FOLDER_AWAY" ;;
        term) stop_server ;;
        kill)
            kill -9 "$server"
            wait "$server" 2>/dev/null || true
            server=
            ;;
    esac
    if [ "$how" != stays ]; then
        start_server
        wait_for 15 "the signal stands after the restart" grep -q "$discs" "$signals/FOLDER_AWAY"
    fi
    check "nothing was written beneath" test -z "$(beneath)"
    check "no drive is to blame" test ! -e "$signals/DRIVE_ERROR"
    mount_disk
    wait_for 60 "$name is burned" burned "$name"
    wait_for 15 "the signal is gone" test ! -e "$signals/FOLDER_AWAY"
    check "no disc is lost" test "$(disc_states)" = open
    check "it is on it" burnbox verify "$name"
    stop_server
}

mount_disk
number=0
for how in stays term kill; do
    for after in ${BURNBOX_MOMENTS:-0 0.05 0.1 0.2 0.3 0.5}; do
        number=$((number + 1))
        step "first burn, the disk goes after $after s, the server: $how"
        round "first$number" "$after" "$how"
        step "the same when it appends"
        round "next$number" "$after" "$how"
        check "one disc has both" test "$(find "$discs" -name '*.iso' -size +0 | wc -l)" = 1
        rm -rf "$state" "$inbox" "$disk"/* "$disk"/.burnbox-folder
    done
done
