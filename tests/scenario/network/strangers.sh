#!/usr/bin/env bash
# Who never logs in: what is no SSH client is closed at once, and neither key exchanges of strangers nor places that they
# hold, from one address or from many, keep anybody else out.
. "$(dirname "$0")/../lib.sh"
command -v python3 >/dev/null || { echo "missing: python3" >&2; exit 77; }

cat >"$world/stranger.py" <<'PY'
import os, socket, struct, sys, threading, time
host, port, what = sys.argv[1], int(sys.argv[2]), sys.argv[3]

def packet(payload):
    padding = 8 - (len(payload) + 5) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)

def names(*lists): return b"".join(struct.pack(">I", len(one)) + one.encode() for one in lists)

def hello(exchange):
    lists = names(exchange, "ssh-ed25519,rsa-sha2-512", "aes128-ctr", "aes128-ctr", "hmac-sha2-256", "hmac-sha2-256",
                  "none", "none", "", "")
    return b"SSH-2.0-stranger\r\n" + packet(b"\x14" + os.urandom(16) + lists + b"\0\0\0\0\0")

def begin(bits):
    if bits == 0: return packet(b"\x1e" + struct.pack(">I", 32) + os.urandom(32))
    number = b"\x01" + bytes(bits // 8 - 1)  # a power of 2 is of the subgroup; half of all others are refused at once
    return packet(b"\x1e" + struct.pack(">I", len(number)) + number)

kinds = {"curve25519-sha256": 0, "diffie-hellman-group14-sha256": 2048, "diffie-hellman-group16-sha512": 4096,
         "diffie-hellman-group18-sha512": 8192}

def connect(source=None):
    return socket.create_connection((host, port), 10, (source, 0) if source else None)

def closes_within(text, seconds):
    peer = connect()
    peer.sendall(text)
    peer.settimeout(seconds)
    try:
        while peer.recv(4096): pass
    except ConnectionResetError: pass
    except TimeoutError: sys.exit(1)

if what == "says":
    closes_within(sys.argv[4].encode().decode("unicode_escape").encode("latin1"), 2)
elif what == "byte-by-byte":
    peer = connect()
    for byte in b"SSH-2.0-slow\r\n":
        peer.sendall(bytes([byte]))
        time.sleep(0.02)
    peer.settimeout(5)
    got = b""
    while got.count(b"\n") < 1 or len(got) < 300: got += peer.recv(4096)  # our line, and the KEXINIT
elif what == "offered":  # EXCHANGE: the server begins it
    peer = connect()
    peer.sendall(hello(sys.argv[4]) + begin(kinds[sys.argv[4]]))
    peer.settimeout(20)
    answer = peer.makefile("rb")
    try:
        while not answer.readline().startswith(b"SSH-"): pass
        kind = 0
        while kind != 31:  # KEXDH_REPLY
            length = struct.unpack(">I", answer.read(4))[0]
            kind = answer.read(length)[1]
            if kind not in (20, 31): sys.exit(1)
    except (TimeoutError, ConnectionResetError, struct.error): sys.exit(1)
elif what == "flood":  # EXCHANGE SOURCE PER_SECOND SECONDS [stay]
    exchange, source, rate, seconds = sys.argv[4], sys.argv[5], int(sys.argv[6]), float(sys.argv[7])
    stay = len(sys.argv) > 8
    kept, began, sent = [], time.monotonic(), 0
    while time.monotonic() - began < seconds:
        try:
            peer = connect(source)
            peer.sendall(hello(exchange) + begin(kinds[exchange]))
            if stay: kept.append(peer)
            else: peer.close()
        except OSError: pass
        sent += 1
        time.sleep(max(0, began + sent / rate - time.monotonic()))
elif what == "crowd":  # PER_SECOND SECONDS FULL: each from another address; the file FULL says when they hold all places
    rate, seconds, full = int(sys.argv[4]), float(sys.argv[5]), sys.argv[6]
    kept, began, sent = [], time.monotonic(), 0
    while time.monotonic() - began < seconds:
        try:
            peer = connect(f"127.{1 + sent // 62500 % 99}.{sent // 250 % 250}.{sent % 250 + 1}")
            peer.sendall(b"SSH-2.0-stranger\r\n")
            kept.append(peer)
        except ConnectionRefusedError: break
        except OSError: pass
        sent += 1
        if len(kept) > 300: kept.pop(0).close()
        if sent == 150: open(full, "w").close()
        time.sleep(max(0, began + sent / rate - time.monotonic()))
PY
stranger() { python3 "$world/stranger.py" "${address%:*}" "${address##*:}" "$@"; }
login_ms() { # the time of one login from another address
    local began
    began=$(date +%s%3N)
    ssh -o BindAddress=127.0.0.3 burnbox status >/dev/null
    echo $(($(date +%s%3N) - began))
}
median_login_ms() { for _ in 1 2 3 4 5; do login_ms; done | sort -n | sed -n 3p; }
cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) * 1000 / hz }' "/proc/$server/stat"; }

start_server
check "somebody gets in" ssh burnbox status

step "who is no SSH client is closed at once"
check "SSH-1" stranger says 'SSH-1.5-old\r\n'
check "a web browser" stranger says 'GET / HTTP/1.1\r\n\r\n'
check "TLS" stranger says '\x16\x03\x01\x02\x00'
check "zeros" stranger says '\0\0\0\0'
check "a line without end" stranger says "SSH-2.0-$(printf 'x%.0s' {1..300})"
check "a slow one is waited for" stranger byte-by-byte

step "what costs the server much is not offered"
check "curve25519" stranger offered curve25519-sha256
check "group14" stranger offered diffie-hellman-group14-sha256
for exchange in group16 group18; do check_fails "$exchange" stranger offered "diffie-hellman-$exchange-sha512"; done

step "a flood of key exchanges from one address keeps nobody else out"
quiet=$(median_login_ms)
for exchange in curve25519-sha256 diffie-hellman-group14-sha256 diffie-hellman-group18-sha512; do
    for stay in "" stay; do
        python3 "$world/stranger.py" "${address%:*}" "${address##*:}" flood "$exchange" 127.0.0.2 100 60 $stay &
        flood=$!
        sleep 1
        before=$(cpu_ms) began=$(date +%s%3N)
        busy=$(median_login_ms)
        used=$(awk -v used="$(cpu_ms)" -v before="$before" -v ms=$(($(date +%s%3N) - began)) 'BEGIN { printf "%.0f", 100 * (used - before) / ms }')
        kill "$flood" 2>/dev/null || true
        wait "$flood" 2>/dev/null || true
        echo "     $exchange ${stay:-go away}: a login takes $busy ms (without the flood $quiet), the server uses $used % of a CPU"
        [ "$busy" -lt $((1000 + quiet)) ] || fail "a login takes $busy ms"
    done
done
check "who stayed without a login does not count for ever" ssh -o BindAddress=127.0.0.2 burnbox status

step "places that many addresses hold keep nobody out who logs in"
python3 "$world/stranger.py" "${address%:*}" "${address##*:}" crowd 60 300 "$world/full" &  # all places change hands in 1.7 s
crowd=$!
wait_for 60 "the places are held" test -e "$world/full"
worked=0
for i in {1..10}; do  # each from an address that nobody has logged in from
    if ssh -o BindAddress="127.0.0.$((100 + i))" -o ConnectTimeout=20 burnbox status >/dev/null 2>&1; then worked=$((worked + 1)); fi
done
kill "$crowd" 2>/dev/null || fail "the crowd had gone home"
wait "$crowd" 2>/dev/null || true
echo "     $worked of 10 logins worked"
[ "$worked" -ge 8 ] || fail "$worked of 10 logins worked"
