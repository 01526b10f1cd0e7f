#!/usr/bin/env bash
# paramiko, the SFTP of Python programs: put and get with their checks, check-file over ranges, renames, several channels at once.
. "$(dirname "$0")/../lib.sh"

start_server
mkdir "$world/data"
random_file "$world/data/big" 3000017

run_client() { /usr/bin/python3 - "${address%:*}" "${address##*:}" "$world" <<'PYTHON'
import hashlib, os, stat, sys, threading
import paramiko

host, port, world = sys.argv[1], int(sys.argv[2]), sys.argv[3]
data = open(f"{world}/data/big", "rb").read()
transport = paramiko.Transport((host, port))
transport.connect(username="alice", pkey=paramiko.Ed25519Key.from_private_key_file(f"{world}/alice"))
sftp = paramiko.SFTPClient.from_transport(transport)

def refused(what, call):
    try:
        call()
    except (IOError, OSError, paramiko.SSHException) as error:
        print("refused:", what, error)
        return
    sys.exit(f"not refused: {what}")

sftp.mkdir("holiday")
sftp.mkdir("holiday/data")
sftp.put(f"{world}/data/big", "holiday/data/big", confirm=True)
sftp.get("holiday/data/big", f"{world}/back")
assert open(f"{world}/back", "rb").read() == data

with sftp.open("holiday/data/big") as file:
    sha = lambda piece: hashlib.sha256(piece).digest()
    assert file.check("sha256") == sha(data), "the whole file"
    assert file.check("sha256", 1000, 5000) == sha(data[1000:6000]), "a range"
    assert file.check("sha256", 2999999) == sha(data[2999999:]), "from an offset to the end"
    blocks = file.check("sha256", 100, 2500000, 1 << 20)
    assert blocks == b"".join(sha(data[at:min(at + (1 << 20), 2500100)]) for at in range(100, 2500100, 1 << 20)), "blocks"
    refused("blocks of one byte", lambda: file.check("sha256", 0, 0, 1))
    refused("beyond the end", lambda: file.check("sha256", 4000000))
    refused("a digest that is not computed", lambda: file.check("md5"))
    assert file.readv([(0, 10), (2999990, 27)]).__next__() == data[:10]

with sftp.open("holiday/data/pieces", "wb") as file:  # backwards
    file.seek(1500000)
    file.write(data[1500000:])
    file.seek(0)
    file.write(data[:1500000])
sftp.posix_rename("holiday/data/pieces", "holiday/data/again")
with sftp.open("holiday/data/again") as file:
    assert file.check("sha256") == hashlib.sha256(data).digest()
sftp.chmod("holiday/data/again", 0o600)
sftp.utime("holiday/data/again", (1000000000, 1000000000))
info = sftp.stat("holiday/data/again")
assert stat.S_IMODE(info.st_mode) == 0o600 and info.st_mtime == 1000000000
sftp.symlink("again", "holiday/data/link")
assert sftp.readlink("holiday/data/link") == "again"
refused("a link out of the session", lambda: sftp.symlink("/etc/passwd", "holiday/data/out"))
refused("a reserved name", lambda: sftp.mkdir("holiday-burned"))
with sftp.open("holiday/data/shrunk", "wb") as file:
    file.write(data[:100000])
    file.truncate(50000)
assert sftp.listdir("holiday/data") and sorted(sftp.listdir("holiday/data")) == ["again", "big", "link", "shrunk"]
sftp.remove("holiday/data/link")

def upload(number):  # a channel of its own each, on the one connection
    channel = paramiko.SFTPClient.from_transport(transport)
    with channel.open(f"holiday/data/channel{number}", "wb") as file:
        file.set_pipelined(True)
        for at in range(0, len(data), 32768):
            file.write(data[at:at + 32768])
    channel.close()

threads = [threading.Thread(target=upload, args=(number,)) for number in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
with sftp.open("holiday/BURN", "wb"):
    pass
transport.close()
PYTHON
}

step "one program's work"
check "it goes through" run_client
for name in again channel0 channel1 channel2 channel3 channel4 channel5; do cp "$world/data/big" "$world/data/$name"; done
head -c 50000 "$world/data/big" >"$world/data/shrunk"
step "the disc"
check "exact" burned_exact holiday "$world/data" data
