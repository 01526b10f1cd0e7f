#!/usr/bin/env bash
# Every key of `limits:` refuses what goes beyond it and leaves everybody else alone. It names itself to whoever is refused, and in the
# log where SSH has no place for a reason.
. "$(dirname "$0")/../lib.sh"

write_config <<'YAML'
limits: {connections: 6, per_address: 5, unauthenticated: 2, login_grace: 3s, auth_tries: 2, channels: 3, handles: 4, sessions: 3, files: 9,
         window: 64 KiB, idle: 3s}
YAML
start_server
random_file "$world/file" 1000

run_client() { /usr/bin/python3 - "${address%:*}" "${address##*:}" "$world" "$log" "$server" <<'PYTHON'
import socket, struct, sys, time
import paramiko

host, port, world, log, server = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]
key = paramiko.Ed25519Key.from_private_key_file(f"{world}/alice")
def connect(sock=None):
    transport = paramiko.Transport(sock or (host, port))
    transport.connect(username="alice", pkey=key)
    return transport

def connect_when_there_is_room(source):  # those that hung up just now may still be counted
    deadline = time.monotonic() + 20
    while True:
        try:
            return connect(socket.create_connection((host, port), source_address=(source, 0)))
        except (paramiko.SSHException, OSError, EOFError):
            assert time.monotonic() < deadline, "places are not given back"

def named(text, limit):
    assert limit in text, f"{limit} is not in: {text!r}"
    print("ok", limit)

def logged(limit):
    deadline = time.monotonic() + 20
    while limit not in open(log).read():
        assert time.monotonic() < deadline, f"{limit} is not in the log"
        time.sleep(0.02)
    print("ok", limit)

def said_by(sock):  # everything until the server closes
    sock.settimeout(20)
    got = b""
    try:
        while True:
            more = sock.recv(4096)
            if not more:
                break
            got += more
    except ConnectionResetError:
        pass
    return got.decode("latin-1")

def refusal(channel, limit):
    text = b""
    channel.settimeout(20)
    while b"\n" not in text: text += channel.recv_stderr(4096)
    named(text.decode(), limit)

# Strangers: the third makes the first go; one that says nothing goes when its time is over.
strangers = [socket.create_connection((host, port)) for _ in range(3)]
named(said_by(strangers[0]), "limits.unauthenticated: the place is needed for others, log in sooner")
named(said_by(strangers[2]), "limits.login_grace")
for stranger in strangers: stranger.close()

# More connections than one address may have, all of them logged in.
guests = [connect() for _ in range(5)]
named(said_by(socket.create_connection((host, port))), "limits.per_address")
elsewhere = connect(socket.create_connection((host, port), source_address=("127.0.0.2", 0)))
named(said_by(socket.create_connection((host, port), source_address=("127.0.0.3", 0))), "limits.connections")
elsewhere.close()
for guest in guests[1:]: guest.close()
guest = guests[0]

# Of one connection: channels, then open files. Whoever goes on asking is told once, until a channel is free again.
def opened(transport):
    deadline = time.monotonic() + 20
    while True:
        try:
            return transport.open_session()
        except paramiko.ChannelException:  # those before are still being closed
            assert time.monotonic() < deadline, "channels are not given back"

def refused(transport):
    try:
        transport.open_session()
        sys.exit("a fourth channel was opened")
    except paramiko.ChannelException as error:
        assert error.code == 1, error

channels = [guest.open_session() for _ in range(3)]
for _ in range(50): refused(guest)
refusal(channels[2], "limits.channels")
assert open(log).read().count("limits.channels") == 1, "told again and again"
assert not any(channel.recv_stderr_ready() for channel in channels), "told again, or somebody else too"
for channel in channels: channel.close()
channels = [opened(guest) for _ in range(3)]
refused(guest)
refusal(channels[2], "limits.channels")
for channel in channels: channel.close()

def sftp_of(transport):
    channel = opened(transport)
    channel.invoke_subsystem("sftp")
    return paramiko.SFTPClient(channel), channel

sftp, channel = sftp_of(guest)
sftp.mkdir("one")
files = [sftp.open(f"one/{i}", "wb") for i in range(4)]
try:
    sftp.open("one/4", "wb")
    sys.exit("a fifth file was opened")
except IOError:
    refusal(channel, "limits.handles")
for file in files: file.close()
for i in range(5):
    sftp.open(f"one/more{i}", "wb").close()
try:
    sftp.open("one/tenth", "wb")
    sys.exit("a tenth file was made")
except IOError:
    refusal(channel, "limits.files")
sftp.mkdir("two"), sftp.mkdir("three")
try:
    sftp.mkdir("four")
    sys.exit("a fourth session was begun")
except IOError:
    refusal(channel, "limits.sessions")
assert sorted(sftp.listdir("/")) == ["one", "three", "two"]

# A client that never reads answers, and sends on beyond its window.
greedy = connect_when_there_is_room("127.0.0.2")
channel = greedy.open_session()
channel.invoke_subsystem("sftp")
channel.sendall(struct.pack(">IBI", 5, 1, 3))
open_body = struct.pack(">I", 1) + struct.pack(">I", 6) + b"/one/0" + struct.pack(">II", 3, 0)
channel.sendall(struct.pack(">IB", len(open_body) + 1, 3) + open_body)
channel.out_window_size = 1 << 30
stat = struct.pack(">I", 2) + struct.pack(">I", 1) + b"/"
packet = struct.pack(">IB", len(stat) + 1, 17) + stat
try:
    channel.settimeout(20)
    for _ in range(4000): channel.sendall(packet * 2000)
    # A libssh from 0.11 on leaves by itself what is beyond the window.
    status = dict(line.split(":", 1) for line in open(f"/proc/{server}/status"))
    assert int(status["VmRSS"].split()[0]) < 200_000, "the flood was taken"
    print("ok limits.window")
except (OSError, EOFError, paramiko.SSHException):
    logged("limits.window")
assert sftp.listdir("/"), "the others go on"

# Who does nothing goes.
quiet = connect_when_there_is_room("127.0.0.2")
# Nor does it help to ask for something and not to take the answer.
deaf = connect_when_there_is_room("127.0.0.2")
deaf._sanitize_window_size = lambda size: 64
deaf_channel = deaf.open_session()
deaf_channel.exec_command("help")
deadline = time.monotonic() + 20
while quiet.is_active() or deaf.is_active():
    assert time.monotonic() < deadline, "still connected"
    time.sleep(0.02)
logged("limits.idle")

# Login tries, last: the address waits after it.
for user in ("alice", "nobody"):
    transport = paramiko.Transport((host, port))
    transport.start_client(timeout=20)
    wrong = paramiko.Ed25519Key.from_private_key_file(f"{world}/stranger")
    for _ in range(2):
        try:
            transport.auth_publickey(user, wrong)
            sys.exit("a stranger's key opened")
        except (paramiko.SSHException, EOFError):
            pass
logged("limits.auth_tries")
PYTHON
}
new_key stranger
new_key second
check "each limit" run_client
for limit in unauthenticated login_grace per_address connections channels handles files sessions window idle auth_tries; do
    said "ok limits\\.$limit"
done

step "what OpenSSH's client shows its person"
mkfifo "$world/silence"
exec 8<>"$world/silence"
wait_for 20 "a login works again" ssh burnbox status
command ssh -F "$world/ssh_config" burnbox -s sftp <&8 >"$world/check.out" 2>&1 || true
said 'limits\.idle: '
command ssh -F "$world/ssh_config" -o User=bob -i "$world/stranger" -i "$world/second" burnbox help >"$world/check.out" 2>&1 <&8 || true
said 'limits\.auth_tries: '
