#!/usr/bin/env bash
# What others could change decides who logs in and what is run: the server does not start on it, as sshd would not, and
# `check` has a line for each that mends it.
needs_root=1
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" = 0 ] && other=$(getent passwd nobody | cut -d: -f3) || other=

mkdir "$world/config"
config=$world/config/burnbox.yaml
printf '#!/bin/sh\n' >"$world/hook"
chmod 755 "$world/hook"
write_config <<YAML
hooks: [{on: [disc_full], run: [$world/hook]}]
YAML
mkdir "$world/config/accounts.d"
printf 'keys_file: %s\n' "$world/alice.pub" >"$world/config/accounts.d/bob.yaml"
start_server
stop_server
check_exit 0 "as it is made it is fine" burnbox check

# refused PATTERN: the server does not start, and `check` says the same with what mends it, which is done.
refused() {
    check_exit 1 "the server does not start" timeout 20 "$BURNBOX" serve -c "$config"
    said "$1"
    check_exit 1 "check says it" burnbox check
    said "$1.*mend it with: (chmod|chown)"
    eval "$(sed -n 's/.*mend it with: //p' "$world/check.out" | head -n 1)"
    check_exit 0 "mended as it says" burnbox check
}

for path in "$config" "$world/config" "$world/config/accounts.d" "$world/config/accounts.d/bob.yaml" "$world/hook" \
    "$state" "$state/seals" "$state/host_keys" "$state/catalogue.sqlite"; do
    step "${path#"$world"/} that everybody may write"
    chmod o+w "$path"
    refused "$path can be written by everybody"
done
step "a host key that others may read"
chmod 644 "$state/host_keys/ssh_host_ed25519_key"
refused "ssh_host_ed25519_key"
if [ -n "$other" ]; then
    for path in "$config" "$state" "$state/host_keys/ssh_host_ed25519_key" "$state/host_keys"; do
        step "${path#"$world"/} of somebody else"
        chown "$other" "$path"
        # Of root's own check whoever has the state_dir is trusted: it may be the server's user.
        check_exit 1 "the server does not start" timeout 20 "$BURNBOX" serve -c "$config"
        said "${path##*/} belongs to the user nobody"
        chown 0 "$path"
    done
    step "keys that people keep themselves"
    chown "$other" "$world/alice.pub"
    check_exit 0 "are fine" burnbox check
    chown 0 "$world/alice.pub"
fi
step "one account's own key file that everybody may write keeps nobody else out"
cp "$world/alice.pub" "$world/bob.pub"
sed -i "s|alice.pub|bob.pub|" "$world/config/accounts.d/bob.yaml"
chmod o+w "$world/bob.pub"
check_exit 1 "check says it" burnbox check
said "accounts.bob.keys_file: .*bob.pub can be written by everybody; mend it with: chmod"
start_server
check "alice is served" ssh burnbox status
check_fails "bob is not" ssh -l bob burnbox status
check "the log says so" grep -q 'keys not accepted.*account=bob' "$log"
check "status says so" sh -c "'$BURNBOX' status -c '$config' | grep -A1 'Keys that open nothing' | grep -q bob"
chmod o-w "$world/bob.pub"
check "mended, and reloaded" burnbox reload
check "bob is served" ssh -l bob burnbox status
step "lines of it that nobody accepts are passed over"
printf 'from="10.*" ssh-ed25519 AAAA\n' >>"$world/bob.pub"
check "reload goes on" burnbox reload
said "bob.pub:2:1: accounts.bob.keys_file: "
check "bob is served" ssh -l bob burnbox status
