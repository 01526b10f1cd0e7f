#include "server/lease/lease_rule.hpp"

#include <doctest/doctest.h>

namespace burnbox::upload {
namespace {

WalkEntry file(std::string path, std::uint64_t inode = 1, std::uint64_t size = 1) {
    WalkEntry entry{.path = std::move(path), .info = {}, .link_target = {}};
    entry.info.inode = inode;
    entry.info.size_bytes = size;
    return entry;
}

}  // namespace

TEST_CASE("lease rule: new and different files are changed, others and folders are not") {
    const Stamps before = file_stamps({file("a"), file("b"), file("c")});
    WalkEntry folder = file("d");
    folder.info.type = FileType::folder;
    const auto changed = changed_files(before, {file("a"), file("b", 2), file("c", 1, 2), folder, file("e")});
    CHECK(changed == std::vector<std::size_t>{1, 2, 4});
}

TEST_CASE("lease rule: folders and links are the same when only rsync's prefix differs") {
    WalkEntry link = file("l");
    link.info.type = FileType::symlink;
    link.link_target = "a";
    WalkEntry munged = link;
    munged.link_target = "/rsyncd-munged/a";
    CHECK(folders_and_links({file("a"), link}) == folders_and_links({munged}));
    munged.link_target = "/rsyncd-munged/b";
    CHECK(folders_and_links({link}) != folders_and_links({munged}));
    WalkEntry folder = file("l");
    folder.info.type = FileType::folder;
    CHECK(folders_and_links({folder}) != folders_and_links({link}));
    CHECK(folders_and_links({file("a")}).empty());
}

TEST_CASE("lease rule: burnbox's own names count as usurped unless burnbox wrote them itself") {
    const Stamps before = file_stamps({file("REFUSED.txt")});
    const Stamps after = file_stamps({file("BURN.refused"), file("REFUSED.txt", 2), file("STATUS.txt")});
    CHECK(usurped_names(before, after, false) ==
          std::vector<std::string>{"BURN.refused", "REFUSED.txt", "STATUS.txt"});
    CHECK(usurped_names(before, after, true) == std::vector<std::string>{"STATUS.txt"});
    CHECK(usurped_names(before, before, false).empty());
}

TEST_CASE("lease rule: only rsync's prefix makes a link's target another one") {
    CHECK(unmunged_target("/rsyncd-munged/a/b") == "a/b");
    CHECK(unmunged_target("/rsyncd-munged//etc/passwd") == "/etc/passwd");
    CHECK(unmunged_target("a/b").empty());
    CHECK(unmunged_target("/rsyncd-munge").empty());
}

TEST_CASE("lease rule: a temporary file is a leftover only beside the file it was for") {
    const std::vector<WalkEntry> entries = {file("a.jpg"), file("d/b")};
    CHECK(is_rsync_leftover(".a.jpg.Xy12ab", entries));
    CHECK(is_rsync_leftover("d/.b.ABCDEF", entries));
    CHECK(!is_rsync_leftover(".c.jpg.Xy12ab", entries));
    CHECK(!is_rsync_leftover("a.jpg.Xy12ab", entries));
    CHECK(!is_rsync_leftover(".a.jpg.Xy12a", entries));
    CHECK(!is_rsync_leftover(".a.jpg.Xy1-ab", entries));
    CHECK(!is_rsync_leftover("..ABCDEF", entries));
    CHECK(!is_rsync_leftover("", entries));
}

TEST_CASE("lease rule: the marker is at the top, and a checksum list only when nothing else asks") {
    const SessionConfig config;
    CHECK(brought_marker(config, {"SHA256SUMS", "BURN", "x"}) == "BURN");
    CHECK(brought_marker(config, {"SHA256SUMS", "x"}) == "SHA256SUMS");
    CHECK(brought_marker(config, {"x/BURN", ".BURN.Ab12cd"}).empty());
}

}  // namespace burnbox::upload
