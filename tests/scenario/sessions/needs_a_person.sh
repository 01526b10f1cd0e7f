#!/usr/bin/env bash
# Sessions that can't go on before a person has done something: `sessions` says what, a signal too, and it goes on when it is done. One whose
# folder was removed on the server is let go of.
. "$(dirname "$0")/../lib.sh"

if [ "$(id -u)" = 0 ]; then
    echo "root may do everything: not run"
    exit 77
fi
watched=$world/incoming
mkdir "$watched"
write_config <<YAML
watch:
  - {path: $watched, account: alice, settle: 200ms}
YAML
says() { burnbox sessions | grep -q "$1.*$2"; }
signal() { grep -q "$1" "$state/signals/BURN_FAILED"; }
no_signal() { [ ! -e "$state/signals/BURN_FAILED" ]; }
is() { [ "$(burnbox sessions --json | jq -r --arg name "$1" '.[] | select(.session == $name) | .state')" = "$2" ]; }
some_tree "$world/tree"
queue_without_disc() { # NAME: sealed, and no drive takes it yet
    [ -d "$discs.off" ] || mv "$discs" "$discs.off"
    scp -qr "$world/tree" "burnbox:$1/"
    ssh burnbox burn "$1" >/dev/null
}
disc_is_back() { mv "$discs.off" "$discs"; }

start_server
step "failed, and its folder was removed on the server"
queue_without_disc gone
printf y >"$inbox/alice/gone-queued/tree/one/byte"
disc_is_back
wait_for 60 "failed" is gone failed
check "the signal stands" signal alice/gone
rm -rf "$inbox/alice/gone-failed"
check "the list says that its folder is gone, and what to do" says alice/gone 'its folder gone-failed is gone.*cancel alice/gone'
check "cancel lets go of it" burnbox cancel alice/gone
said "gone is given up"
wait_for 20 "the signal is gone" no_signal
check "its name is free" scp -qr "$world/tree" burnbox:gone/
check "and it is burned" ssh burnbox burn gone --wait

step "waits, and its folder was removed on the server"
queue_without_disc waiting
rm -rf "$inbox/alice/waiting-queued"
check "cancel lets go of it" ssh burnbox cancel waiting
disc_is_back
check "it is no session any more" is waiting ''

step "a file that can't be read any more"
queue_without_disc closed
chmod 000 "$inbox/alice/closed-queued/tree/one"
disc_is_back
wait_for 60 "the list says what is closed" says alice/closed "closed-queued/tree/one: Permission denied; mend it with: sudo chmod"
wait_for 20 "a signal says it" signal "closed-queued/tree/one: Permission denied; mend it with"
chmod 755 "$inbox/alice/closed-queued/tree/one"
wait_burned closed
wait_for 20 "the signal is gone" no_signal

step "a receipt that can't be written"
queue_without_disc silent
chmod 555 "$inbox/alice/silent-queued"
disc_is_back
wait_for 60 "the list says what is closed" says alice/silent "burned, but its folder can't get its receipt: open .*silent-queued: Permission denied; mend it with: sudo chmod"
wait_for 20 "a signal says it" signal "silent-queued: Permission denied; mend it with"
check "the log names the session" grep -q 'session not finished session=alice/silent' "$log"
chmod 755 "$inbox/alice/silent-queued"
wait_burned silent
wait_for 20 "the signal is gone" no_signal
check "nor is it said any more" sh -c "! '$BURNBOX' sessions -c '$config' | grep 'its receipt'"

step "a sealed folder is removed while a new one of its open name is there"
mv "$discs" "$discs.off"
mkdir -p "$watched/again/d" && echo old >"$watched/again/d/file" && : >"$watched/again/BURN"
wait_for 60 "queued" is again queued
mkdir -p "$watched/again/d" && echo new >"$watched/again/d/file"
rm -rf "$watched/again-queued"
wait_for 20 "the sealed one has failed" says alice/again "failed.*its folder .* is missing"
check "the new one is as it was" test "$(cat "$watched/again/d/file")" = new
mv "$discs.off" "$discs"
: >"$watched/again/BURN"
wait_for 60 "the new one is burned" test -s "$watched/again-burned/RECEIPT.txt"
check "with its own content" grep -q "$(sha256sum <<<new | cut -d' ' -f1)" "$watched/again-burned/receipt.json"
wait_for 20 "no signal is left" no_signal

step "folders of burnbox's own files' names are refused"
mkdir -p "$world/odd/RECEIPT.txt" "$world/odd/d" && echo text >"$world/odd/RECEIPT.txt/x"
check_fails "by import" burnbox import "$world/odd" --session odd --account alice
said "RECEIPT.txt"
cp -r "$world/odd" "$watched/odd" && : >"$watched/odd/BURN"
wait_for 20 "in a watched folder" grep -q "burnbox itself writes files of these names.*RECEIPT.txt" "$watched/odd/REFUSED.txt"
rm -rf "$watched/odd"

step "a watched folder that is not configured any more"
mv "$discs" "$discs.off"
mkdir -p "$watched/left/d" && echo text >"$watched/left/d/file" && : >"$watched/left/BURN"
wait_for 60 "queued" is left queued
stop_server
cp "$config" "$world/kept"
sed -i '/^watch:/,$d' "$config"
start_server
disc_is_back
wait_for 60 "a signal says it" signal "not a watched folder any more"
stop_server
cp "$world/kept" "$config"
start_server
wait_for 60 "burned" is left burned
wait_for 20 "the signal is gone" no_signal
