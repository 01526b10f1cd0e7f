#include "server/watch/watch_rule.hpp"

#include <doctest/doctest.h>

using namespace burnbox;
using watch::find_marker;
using Entries = std::vector<upload::WalkEntry>;

namespace {

upload::WalkEntry entry(const std::string& path, FileType type, int changed) {
    upload::WalkEntry made{.path = path, .info = {}, .link_target = {}};
    made.info.type = type;
    made.info.ctime = Timestamp(std::chrono::seconds(changed));
    return made;
}
upload::WalkEntry file(const std::string& path, int changed) {
    return entry(path, FileType::file, changed);
}
upload::WalkEntry folder(const std::string& path, int changed) {
    return entry(path, FileType::folder, changed);
}

std::string marker(const Entries& entries, const SessionConfig& config = {},
                   std::string_view last_changed = "") {
    return find_marker(config, entries, last_changed).value_or("(none)");
}

}  // namespace

TEST_CASE("watch rule: a named marker at the top counts, whatever its time") {
    CHECK(marker({file("BURN", 1), folder("d", 5), file("d/x", 9)}) == "BURN");
    CHECK(marker({file("BURN", 1), file("SHA256SUMS", 5)}) == "BURN");
    CHECK(marker({file("SHA256SUMS", 5), file("x", 6)}) == "SHA256SUMS");
    CHECK(marker({folder("d", 5), file("d/BURN", 9)}) == "(none)");
    CHECK(marker({folder("BURN", 5), file("BURN/x", 9)}) == "(none)");
    CHECK(marker({entry("BURN", FileType::symlink, 9), folder("d", 5), file("d/x", 5)}) == "(none)");
}

TEST_CASE("watch rule: the only file beside data two levels deep, newer than everything else") {
    CHECK(marker({folder("d", 5), file("d/x", 5), file("issue", 9)}) == "issue");
    CHECK(marker({folder("d", 5), file("d/x", 9), file("issue", 5)}) == "(none)");
    CHECK(marker({folder("d", 9), file("d/x", 5), file("issue", 8)}) == "(none)");
    CHECK(marker({folder("d", 5), file("issue", 9)}) == "(none)");  // no data yet
    CHECK(marker({file("a", 5), folder("d", 5), file("d/x", 5), file("issue", 9)}) == "(none)");
    CHECK(marker({file("a", 5), file("issue", 9)}) == "(none)");
    SessionConfig off;
    off.any_file = false;
    CHECK(marker({folder("d", 5), file("d/x", 5), file("issue", 9)}, off) == "(none)");
}

TEST_CASE("watch rule: temporary names of copying programs are no markers, and stand in nobody's way") {
    for (const char* const name : {".issue.x7Tq2A",
                                   "a.part",
                                   "b.filepart",
                                   "c.tmp",
                                   "Thumbs.db",
                                   "~$x.docx",
                                   "x.crdownload",
                                   "X.TMP",
                                   ".swp",
                                   ".x.swp",
                                   "x.swp",
                                   "4913",
                                   "#recycle",
                                   ".rsync~",
                                   "x.!ut",
                                   "x.!qB",
                                   ".fuse_hidden00012",
                                   ".nfs0001",
                                   "~lock.x.odt#",
                                   ".~lock.x.odt#",
                                   "x.download",
                                   "x.aria2",
                                   "x.opdownload",
                                   "Thumbs.db:encryptable",
                                   "THUMBS.DB",
                                   "@eaDir",
                                   ".DS_Store",
                                   "._x",
                                   "$RECYCLE.BIN",
                                   "System Volume Information",
                                   "x~",
                                   "X.PART",
                                   "#x#",
                                   "lost+found",
                                   "Desktop.ini"})
        CHECK(marker({folder("d", 5), file("d/x", 5), file(name, 9)}) == "(none)");
    CHECK(marker({file(".DS_Store", 6), folder("d", 5), file("d/x", 5), file("issue", 9)}) == "issue");
    CHECK(marker({folder("d", 5), file("d/.x.part", 9), file("issue", 8)}) == "(none)");
    CHECK(marker({folder("d", 5), file("d/x", 5), file("caf\xE9", 9)}) == "(none)");
    const Entries waste = {folder("d", 5), file("d/x", 5), file("issue", 9)};
    CHECK(find_marker({}, waste, "", "holiday") == "issue");
    CHECK_FALSE(find_marker({}, waste, "", "#recycle"));
    CHECK(find_marker({}, {file("BURN", 9), file("x", 5)}, "", "#Recycle") == "BURN");
}

TEST_CASE("watch rule: times that are the same are decided by who was seen last") {
    const Entries tied = {folder("d", 5), file("d/x", 5), file("issue", 5)};
    CHECK(marker(tied) == "(none)");
    CHECK(marker(tied, {}, "d/x") == "(none)");
    CHECK(marker(tied, {}, "issue") == "issue");
}

TEST_CASE("watch rule: quiet is counted from the newest change of all") {
    CHECK(watch::newest_change({folder("d", 5), file("d/x", 7), file("issue", 6)}) ==
          Timestamp(std::chrono::seconds(7)));
}
