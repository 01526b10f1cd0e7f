#include <fmt/format.h>

#include "common/bag/bag.hpp"

namespace burnbox {

std::string disc_readme(std::string_view label, std::string_view serial) {
    return fmt::format(R"(Disc {0}
Serial {1}

WHAT THIS DISC IS

This disc was written by burnbox, a program that burns uploaded files to
write-once discs. It needs no special program to be read: the file system is
ISO 9660 with Rock Ridge (for Linux, macOS, BSD) and Joliet (for Windows).

Files came in "sessions": one set of files that somebody uploaded together.
Every session has one folder, /ACCOUNT/SESSION, where ACCOUNT is who sent it.
The disc may have been written in several steps; every step shows all
sessions up to then, so the newest one shows everything.

Every session was read back from this disc after it was written and compared
with what had been received, byte by byte (by SHA-256 digests).

WHAT IS IN A SESSION'S FOLDER

It is a "bag" of the BagIt standard, version 1.0 (RFC 8493):

  data/                    the files as they were sent
  SHA256SUMS               the SHA-256 digest of every file in data/
  entries.jsonl            every entry with its type, permissions, owner, time,
                           size, digest and link target, one JSON object a line
  bag-info.txt             when it was packed, by what, how much it is
  bagit.txt, manifest-sha256.txt, tagmanifest-sha256.txt
                           what the BagIt standard asks for
  marker/                  the file that said "burn it", if there was one
  name-notes.tsv           names that some programs show changed, if there are any:
                           see below
  par2/                    recovery data, if the operator asked for it: see below

A session that was larger than a disc lies on several: each has a part of it, a
bag in /ACCOUNT/SESSION/part-2-of-3 or the like. parts.tsv in it says which
files the other parts hold, and all parts have one Bag-Group-Identifier in
bag-info.txt. The data/ folders of all parts, copied together, are the session.

A session that was a bag already when it was sent is here as it was, without
anything added. If the operator chose another layout, the session's folder
holds the files themselves, and SESSION.SHA256SUMS lies beside it; or the files
are at the top of the disc together with SHA256SUMS.

HOW TO CHECK IT

On Linux, with the disc in the first drive:

  mount -o ro /dev/sr0 /mnt
  cd /mnt/ACCOUNT/SESSION
  sha256sum -c SHA256SUMS

Every line must end with "OK". A session of folders alone has no file to check:
its SHA256SUMS is empty, which sha256sum takes for an error. A session that was
a bag already has its digests in manifest-sha256.txt, or SESSION.SHA256SUMS lies
beside it. An image file of this disc is mounted with
"mount -o ro,loop FILE.iso /mnt", or unpacked without being root by

  xorriso -osirrox on -indev FILE.iso -extract / some/new/folder

On other systems any program that computes SHA-256 will do: each line of
SHA256SUMS is the digest in hexadecimal, two spaces, and the file's path. Where
a line begins with a backslash, \\ in its path stands for one backslash and
\n for a line feed. Programs that know BagIt check all of it at once.

PROGRAMS THAT SHOW IT WRONG

Linux cuts off names of 254 and 255 bytes where it mounts the disc: "sha256sum
-c" does not find these files then. Windows shows names changed that differ in
upper and lower case only, or that it does not allow; name-notes.tsv lists all
of these. bsdtar 3.6 does not read a disc that was written in several steps and
has names of more than 113 bytes. "isoinfo -x" and pycdlib read only a part of
a file of 4 GiB or more. xorriso shows all of it as it is.

IF SOME OF IT CAN'T BE READ ANY MORE

Sessions with recovery data have files in the format PAR2 (Parity Volume Set
2.0), in their folder par2/; those of a session that was a bag already, or of
another layout, lie in /RECOVERY/ACCOUNT/SESSION. They mend a copy of the
session, as long as not more of it is lost than recovery data is left:

  ddrescue -b 2048 /dev/sr0 disc.iso disc.map
  xorriso -osirrox on -indev disc.iso -extract / copy && chmod -R u+w copy
  cd copy/ACCOUNT/SESSION
  for s in par2/set-????.par2; do par2 repair -B . "$s"; done

(in /RECOVERY: in copy/ACCOUNT, with ../RECOVERY/ACCOUNT/SESSION/set-????.par2).
What was replaced stays beside it as NAME.1. Files without content, and those
that NOT-PROTECTED.txt lists, have no recovery data.

Owners are not kept in the disc's file system (everything belongs to number 0),
and permission to read was added for everybody unless the operator chose
otherwise; entries.jsonl has the original values.
)",
                       label, serial);
}

}  // namespace burnbox
