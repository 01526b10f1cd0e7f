#include <doctest/doctest.h>

#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

struct Linked {
    UploadHouse house;
    std::unique_ptr<Client> client = house.connect();

    Linked() {
        REQUIRE(put(*client, "/holiday/a", "aaa") == "ok");
        REQUIRE(shown(client->make_folder("/holiday/sub", 0755)) == "ok");
        REQUIRE(put(*client, "/holiday/sub/b", "bbb") == "ok");
        REQUIRE(put(*client, "/other/x", "xxx") == "ok");
    }
};

}  // namespace

TEST_CASE("links: relative ones inside the session are kept as they are, and followed for reading") {
    Linked linked;
    Client& client = *linked.client;
    CHECK(shown(client.make_symlink("../a", "/holiday/sub/up")) == "ok");
    CHECK(shown(client.make_symlink("sub", "/holiday/dir")) == "ok");
    CHECK(client.read_symlink("/holiday/sub/up").value() == "../a");
    CHECK(client.info("/holiday/sub/up", false).value().type == FileType::symlink);
    CHECK(client.info("/holiday/sub/up", true).value().size_bytes == 3);
    CHECK(client.info("/holiday/dir", true).value().type == FileType::folder);
    CHECK(get(client, "/holiday/sub/up") == "aaa");
    CHECK(get(client, "/holiday/dir/b") == "bbb");
    CHECK(list(client, "/holiday/dir") == std::vector<std::string>{"b", "up"});
    CHECK(burn(client, "holiday") == "ok: holiday is sealed");
}

TEST_CASE("links: whatever could leave the session is refused, circles end") {
    Linked linked;
    Client& client = *linked.client;
    CHECK(contains(shown(client.make_symlink("/etc/passwd", "/holiday/l")), "links must be relative"));
    CHECK(contains(shown(client.make_symlink("../other/x", "/holiday/l")), "leads out of the session"));
    CHECK(
        contains(shown(client.make_symlink("sub/../../other/x", "/holiday/l")), "leads out of the session"));
    CHECK(shown(client.make_symlink("../a", "/holiday/sub/up")) == "ok");
    CHECK(contains(rename(client, "/holiday/sub/up", "/holiday/up"), "leads out of the session"));
    CHECK(shown(client.make_symlink("two", "/holiday/one")) == "ok");
    CHECK(shown(client.make_symlink("one", "/holiday/two")) == "ok");
    CHECK_FALSE(client.info("/holiday/one", true));
    CHECK(put(client, "/holiday/one", "x") != "ok");
}

TEST_CASE("links: a folder moved up with a link that then leads out is found at the seal") {
    Linked linked;
    Client& client = *linked.client;
    CHECK(shown(client.make_folder("/holiday/sub/deep", 0755)) == "ok");
    CHECK(shown(client.make_symlink("../../a", "/holiday/sub/deep/up")) == "ok");
    CHECK(rename(client, "/holiday/sub/deep", "/holiday/deep") == "ok");
    CHECK(contains(get(client, "/holiday/deep/up"), "leads out of the session"));
    CHECK(contains(burn(client, "holiday"), "link deep/up to \"../../a\": it leads out of the session"));
}

TEST_CASE("hard links: inside one open session, of whole files only") {
    Linked linked;
    Client& client = *linked.client;
    CHECK(hardlink(client, "/holiday/a", "/holiday/sub/l") == "ok");
    CHECK(get(client, "/holiday/sub/l") == "aaa");
    CHECK(hardlink(client, "/other/x", "/holiday/l") == "a hard link must stay inside its open session");
    CHECK(contains(hardlink(client, "/holiday/sub", "/holiday/l"), "is no complete file"));
    auto file = create(client, "/holiday/c");
    CHECK(contains(hardlink(client, "/holiday/c", "/holiday/l"), "is no complete file"));
    file.reset();
    CHECK(contains(hardlink(client, "/holiday/c", "/holiday/l"), "is no complete file"));
    CHECK(hardlink(client, "/holiday/missing", "/holiday/l") != "ok");
    CHECK(shown(client.remove("/holiday/c")) == "ok");
    CHECK(put(client, "/holiday/a", "changed") == "ok");
    REQUIRE(burn(client, "holiday") == "ok: holiday is sealed");
    CHECK(linked.house.text("alice/holiday-queued/sub/l") == "changed");
}
