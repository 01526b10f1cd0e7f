#!/usr/bin/env bash
# Every command: what it prints for people, what for programs, and its exit code.
. "$(dirname "$0")/../lib.sh"

start_server
some_tree "$world/tree"
scp -r "$world/tree" burnbox:one/
scp -r "$world/tree/one" burnbox:two/

step "help and usage"
check_exit 0 "--help" "$BURNBOX" --help
check_exit 0 "--version" "$BURNBOX" --version
for command in serve check status sessions discs drives find verify burn cancel; do
    check_exit 0 "$command --help" "$BURNBOX" "$command" --help
done
check_exit 2 "an unknown command" "$BURNBOX" frobnicate
check_exit 2 "an unknown option" "$BURNBOX" status --frobnicate
check_exit 2 "a missing operand" burnbox find

step "sessions"
check_exit 0 "for people" burnbox sessions
said 'one'
check "open ones are listed" test "$(burnbox sessions --json | jq -r 'map(select(.state == "open") | .account + "/" + .session) | sort | join(" ")')" = "alice/one alice/two"
check "with their keys" jq -e 'all(.[]; has("bytes") and has("files_count") and has("reason"))' <(burnbox sessions --json)

step "burn"
check_exit 0 "burn --wait by the administrator" burnbox burn alice/one --wait
said 'BURNBOX_0001'
check_exit 0 "burn again is answered with yes" ssh burnbox burn one
check_exit 0 "with --wait it prints the receipt" ssh burnbox burn one --wait
said 'BURNBOX_0001'
check_exit 1 "burn of nothing" burnbox burn alice/nothing
said 'nothing'
check_exit 1 "cancel of a burned one" burnbox cancel alice/one

step "discs"
check_exit 0 "for people" burnbox discs
said 'BURNBOX_0001'
check "for programs" test "$(burnbox discs --json | jq -r '.[] | "\(.label) \(.medium) \(.state) \(.sessions_left) \(.sessions[0].disc_session) \(.sessions[0].account)/\(.sessions[0].session)"')" = "BURNBOX_0001 dvd+r open 152 1 alice/one"
check "with serial and space" jq -e '.[0] | (.serial | length == 36) and .free_bytes > 4000000000' <(burnbox discs --json)

step "find"
check_exit 0 "by base name" burnbox find 'big.bin'
said 'BURNBOX_0001'
check "for programs" test "$(burnbox find '*.bin' --json | jq -r '.[] | "\(.account) \(.session) \(.disc) \(.disc_session) \(.size)"')" = "alice one BURNBOX_0001 1 3000001"
check_exit 1 "nothing found" burnbox find 'no such file'
check "nothing, for programs, is an empty array" test "$(burnbox find 'no such file' --json || true)" = "[]"

step "verify"
check_exit 0 "a disc" burnbox verify BURNBOX_0001
check_exit 0 "a session" burnbox verify alice/one
check_exit 1 "nothing" burnbox verify BURNBOX_9999
check_exit 1 "a session that is not burned" burnbox verify alice/two

step "status"
check_exit 0 "for people" burnbox status
said 'tray'
check "for programs" jq -e . <(burnbox status --json)

step "over SSH, for the account only"
new_key bob
cat >"$world/accounts" <<YAML
  bob: {keys_file: $world/bob.pub}
YAML
stop_server
sed -i "/^accounts:/r $world/accounts" "$config"
start_server
as_bob() { command ssh -F "$world/ssh_config" -o IdentityFile="$world/bob" -o User=bob -i "$world/bob" burnbox "$@" </dev/null; }
sed -i "s|^    IdentityFile .*||" "$world/ssh_config"
as_alice() { command ssh -F "$world/ssh_config" -i "$world/alice" burnbox "$@" </dev/null; }
check_exit 0 "status" as_alice status
check_exit 0 "find finds alice's file for alice" as_alice find '*.bin'
check_exit 1 "not for bob" as_bob find '*.bin'
check "bob sees no session of alice" test "$(as_bob sessions --json)" = "[]"
check_exit 1 "bob cannot burn alice's" as_bob burn alice/two
check_exit 1 "nor two" as_bob burn two
check_exit 0 "alice can" as_alice burn two --wait
check_fails "there is no shell" as_alice 'id; ls'
as_alice "" >"$world/check.out" 2>&1 || true # no command is no shell, but a word of help
said 'burnbox'
check_fails "administrators' commands are not served" as_alice verify BURNBOX_0001 --frobnicate

step "check"
check_exit 0 "a good configuration" "$BURNBOX" check -c "$config"
printf 'listen: [127.0.0.1:0]\nstate_dir: %s\nsesion: {any_file: true}\n' "$state" >"$world/bad.yaml"
check_exit 1 "an unknown key" "$BURNBOX" check -c "$world/bad.yaml"
said 'bad\.yaml:3:1: '
said 'sesion'
check_exit 1 "serve refuses it in the same words" "$BURNBOX" serve -c "$world/bad.yaml"
said 'bad\.yaml:3:1: '
printf 'burn:\n  verify: maybe\n' >"$world/bad.yaml"
check_exit 1 "a wrong type" "$BURNBOX" check -c "$world/bad.yaml"
said 'bad\.yaml:2:11: '
printf 'burn: {verify: true}\nburn: {verify: false}\n' >"$world/bad.yaml"
check_exit 1 "a duplicate key" "$BURNBOX" check -c "$world/bad.yaml"
said 'bad\.yaml:2:1: '
check_exit 1 "a missing file" "$BURNBOX" check -c "$world/none.yaml"
said 'none\.yaml'

step "no server"
stop_server
check_exit 3 "status" burnbox status
check_exit 3 "burn" burnbox burn alice/two
