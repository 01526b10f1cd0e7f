#include "server/startup/lost_sessions.hpp"

#include <doctest/doctest.h>

#include <utility>

#include "common/inbox/reconcile.hpp"
#include "common/session/receipt.hpp"
#include "common/storage/durable_file.hpp"
#include "server/startup/record_again.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"
#include "tests/support/server/quiet_services.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

const std::map<std::string, std::string> kFiles = {{"a.txt", "one"}, {"folder/b.txt", "two"}};

std::optional<SessionRow> find(BurnerHouse& house, const std::string& name) {
    return *house.catalogue->find_session("alice", name);
}

}  // namespace

TEST_CASE("lost sessions: what was sealed since is queued again, from its seal record and its folder") {
    BurnerHouse house;
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    const Sha256 content = find(house, "s1")->content_digest;
    const std::string seal = find(house, "s1")->seal_id;
    house.put_catalogue_back("old");
    REQUIRE_FALSE(find(house, "s1"));
    house.repair();
    const auto row = find(house, "s1");
    REQUIRE(row);
    CHECK(row->state == SessionState::queued);
    CHECK(row->folder == "s1-queued");
    CHECK(row->seal_id == seal);
    CHECK(row->content_digest == content);
    CHECK(row->marker_name == "BURN");
    house.run();
    CHECK(find(house, "s1")->state == SessionState::burned);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/s1") == 1);
}

TEST_CASE("lost sessions: what has failed since waits for its person again, and can be tried once more") {
    BurnerHouse house;
    house.copy_catalogue("old");
    const SessionId id = house.queue("s1", kFiles);
    must(house.catalogue->step(id, SessionState::queued, SessionState::failed, "three times"));
    house.run();
    house.repair();
    REQUIRE(house.exists("alice/s1-failed/a.txt"));
    house.put_catalogue_back("old");
    house.repair();
    const auto row = find(house, "s1");
    REQUIRE(row);
    CHECK(row->state == SessionState::failed);
    CHECK(row->folder == "s1-failed");
    CHECK(row->reason.find("FAILED.txt") != std::string::npos);
    must(house.catalogue->step(row->id, SessionState::failed, SessionState::queued, "once more"));
    house.run();
    CHECK(find(house, "s1")->state == SessionState::burned);
    CHECK(find(house, "s1")->folder == "s1-burned");
}

TEST_CASE("lost sessions: without its seal record too it is sealed anew from its files") {
    BurnerHouse house;
    house.copy_state("old");
    house.queue("s1", kFiles);
    const Sha256 content = find(house, "s1")->content_digest;
    house.put_state_back("old");
    house.repair();
    const auto row = find(house, "s1");
    REQUIRE(row);
    CHECK(row->content_digest == content);
    CHECK(row->marker_name == "BURN");
    house.run();
    CHECK(find(house, "s1")->state == SessionState::burned);
}

TEST_CASE("lost sessions: a session that waits has its record again when an older state folder is put back") {
    BurnerHouse house;
    const SessionId id = house.queue("s1", kFiles);
    const Sha256 content = house.row(id).content_digest;
    SUBCASE("it is gone") {
        must(house.state_fs.remove("seals/seal-1.jsonl"));
    }
    SUBCASE("it is damaged") {
        must(replace_file(house.state_fs, "seals/seal-1.jsonl", "nonsense"));
    }
    SUBCASE("it is gone, and so is the marker's file") {
        must(house.state_fs.remove("seals/seal-1.jsonl"));
        must(house.inbox_fs.remove("alice/s1-queued/BURN"));
    }
    house.repair();
    CHECK(house.catalogue->sessions("alice")->size() == 1);
    CHECK(house.row(id).state == SessionState::queued);
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.row(id).content_digest == content);
    CHECK(house.row(id).folder == "s1-burned");
    CHECK(must(house.verify(id, "BURNBOX_0001")).mismatches.empty());
}

TEST_CASE("lost sessions: between two copies no record is made that may be another than the first one's") {
    BurnerHouse house({"a", "b"}, 2);
    const SessionId id = house.queue("s1", kFiles);
    while (house.catalogue->copies(id)->empty()) must(house.burner->run_once(0));
    must(house.state_fs.remove("seals/seal-1.jsonl"));
    house.repair();
    house.run_patiently();
    REQUIRE(house.row(id).state == SessionState::failed);
    const auto refused =
        upload::seal_what_is_there(*house.inbox, *house.catalogue, house.state_fs, house.row(id));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("disc BURNBOX_0001 holds a part or a copy of it") !=
          std::string::npos);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::open);
}

TEST_CASE("lost sessions: what is not what was sealed is sealed anew when a person asks for it") {
    BurnerHouse house;
    const SessionId id = house.queue("s1", kFiles);
    must(house.state_fs.remove("seals/seal-1.jsonl"));
    must(replace_file(house.inbox_fs, "alice/s1-queued/a.txt", "another"));
    house.repair();
    house.run();
    REQUIRE(house.row(id).state == SessionState::failed);
    CHECK(house.row(id).reason.find("`burnbox retry alice/s1` seals what its folder holds") !=
          std::string::npos);
    const std::string done =
        must(upload::seal_what_is_there(*house.inbox, *house.catalogue, house.state_fs, house.row(id)));
    CHECK(done.find("not what was sealed then: files 3 (then 2), bytes 12 (then 6)") != std::string::npos);
    must(house.catalogue->step(id, SessionState::failed, SessionState::queued, ""));
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    CHECK(house.row(id).bytes == 12);
    CHECK(must(upload::seal_what_is_there(*house.inbox, *house.catalogue, house.state_fs, house.row(id)))
              .empty());
}

TEST_CASE("lost sessions: what was sealed anew is the session that an attempt was for, and no second one") {
    BurnerHouse house({"tray", "spare"}, 2);
    house.copy_state("without it");
    house.queue("s1", kFiles);
    house.drives[0]->during_write = [&] {
        house.copy_catalogue("while it burns");
        return Status();
    };
    while (house.catalogue->copies(find(house, "s1")->id)->empty()) must(house.burner->run_once(0));
    house.put_state_back("without it");
    house.repair();
    REQUIRE(find(house, "s1"));
    house.put_catalogue_back("while it burns");
    house.repair();
    CHECK(find(house, "s1")->state == SessionState::burning);
    CHECK(find(house, "s1")->folder == "s1-queued");
    CHECK(house.catalogue->sessions("alice")->size() == 1);
    house.run_patiently();
    CHECK(find(house, "s1")->state == SessionState::burned);
    CHECK(find(house, "s1")->folder == "s1-burned");
    CHECK(house.catalogue->copies(find(house, "s1")->id)->size() == 2);
    for (auto& [drive, shelf] : house.shelves)
        for (const auto& [label, disc] : shelf.discs) {
            CHECK(house.disc(label).state == DiscState::open);
            CHECK(shelf.times_burned(label, "alice/s1") == 1);
        }
}

TEST_CASE("lost sessions: a session burned since is not burned again, whether its disc is there or not") {
    BurnerHouse house;
    house.queue("s1", kFiles);
    house.copy_catalogue("old");
    house.run();
    const bool disc_is_there = [] {
        bool is_there = true;
        SUBCASE("there") {}
        SUBCASE("away") {
            is_there = false;
        }
        return is_there;
    }();
    if (!disc_is_there) house.shelves["tray"].discs.clear();
    house.put_catalogue_back("old");
    house.repair();
    CHECK(find(house, "s1")->folder == "s1-burned");
    house.run();
    CHECK(find(house, "s1")->state == (disc_is_there ? SessionState::burned : SessionState::queued));
    CHECK(house.shelves["tray"].discs.size() == (disc_is_there ? 1 : 0));
}

TEST_CASE(
    "lost sessions: a burned session whose folder got its name after the copy was made is not forgotten") {
    BurnerHouse house;
    house.queue("s1", kFiles);
    while (find(house, "s1")->state != SessionState::burned) must(house.burner->run_once(0));
    REQUIRE(find(house, "s1")->folder == "s1-queued");
    house.copy_catalogue("burned, not renamed");  // as old as the newest, by discs and attempts
    house.run();
    REQUIRE(find(house, "s1")->folder == "s1-burned");
    house.put_catalogue_back("burned, not renamed");
    house.repair();
    CHECK(find(house, "s1")->folder == "s1-burned");
    CHECK(house.catalogue->sessions("alice")->size() == 1);
}

TEST_CASE("lost sessions: a burned session that the catalogue does not know keeps its name") {
    BurnerHouse house;
    house.copy_state("old");
    house.queue("s1", kFiles);
    house.run();
    const auto discs = std::exchange(house.shelves["tray"].discs, {});
    house.put_state_back("old");
    house.repair();
    auto row = find(house, "s1");
    REQUIRE(row);
    CHECK(row->state == SessionState::burned);
    CHECK(row->folder == "s1-burned");
    CHECK(row->files_count == 2);
    CHECK(row->reason.find("its receipt says that it is on BURNBOX_0001") == 0);
    CHECK(house.catalogue->disc_names("alice").value() == std::vector<std::string>{"s1"});
    house.shelves["tray"].discs = discs;
    house.restart();
    house.run();
    row = find(house, "s1");
    CHECK(house.catalogue->copies(row->id)->size() == 1);
    CHECK(row->reason.empty());
}

TEST_CASE("lost sessions: a folder's name that another session took later is not the older one's") {
    BurnerHouse house;
    house.queue("s1", kFiles);
    house.copy_catalogue("old");
    house.run();
    // Sent again under the same name, with another content.
    must(house.inbox_fs.rename("alice/s1-burned", "alice/s1-burned-2", RenameMode::no_replace));
    house.clock.advance(std::chrono::seconds(5));
    const SessionId first = find(house, "s1")->id;
    must(house.catalogue->set_folder(first, "s1-burned-2"));
    {
        SealedSession sealed{"alice", "s1-2", house.clock.now(), {"BURN", "go", Sha256::of("go")}, {}};
        must(make_folders(house.inbox_fs, "alice/s1-queued", 0755));
        must(replace_file(house.inbox_fs, "alice/s1-queued/new.txt", "new"));
        sealed.manifest.entries = {{.path = "new.txt",
                                    .type = FileType::file,
                                    .mode = 0644,
                                    .mtime = house.clock.now(),
                                    .size_bytes = 3,
                                    .sha256 = Sha256::of("new")}};
        must(replace_file(house.state_fs, "seals/later.jsonl", to_seal_record(sealed)));
    }
    house.put_catalogue_back("old");
    house.repair();
    CHECK(find(house, "s1")->folder == "s1-burned-2");
    const auto later = find(house, "s1-2");
    REQUIRE(later);
    CHECK(later->folder == "s1-queued");
    CHECK(later->seal_id == "later");
    house.run();
    CHECK(find(house, "s1")->state == SessionState::burned);
    CHECK(find(house, "s1-2")->state == SessionState::burned);
}

TEST_CASE("lost sessions: an older copy of the inbox is not burned again") {
    BurnerHouse house;
    house.queue("s1", kFiles);
    const std::string seal = find(house, "s1")->seal_id;
    house.run();
    REQUIRE(find(house, "s1")->state == SessionState::burned);
    const auto rename = [&](const std::string& from, const std::string& to) {
        must(house.inbox_fs.rename("alice/" + from, "alice/" + to, RenameMode::no_replace));
    };
    SUBCASE("in place of the one that is there") {
        rename("s1-burned", "s1-queued");
        must(house.inbox_fs.remove("alice/s1-queued/RECEIPT.txt"));
        must(house.inbox_fs.remove("alice/s1-queued/receipt.json"));
        house.repair();
        CHECK(find(house, "s1")->folder == "s1-queued");
        house.restart();
        house.run();
        CHECK(house.exists("alice/s1-burned/RECEIPT.txt"));
        CHECK_FALSE(house.exists("alice/s1-queued"));
    }
    SUBCASE("beside it") {
        must(house.inbox_fs.make_folder("alice/s1-queued", 0700));
        must(house.inbox_fs.make_folder("alice/s1-queued/folder", 0700));
        for (const auto& [path, content] : kFiles)
            must(replace_file(house.inbox_fs, "alice/s1-queued/" + path, content));
        house.repair();
        house.run();
        CHECK(house.exists("alice/s1-burned/a.txt"));
        CHECK(house.exists("alice/s1-failed/a.txt"));
        CHECK(house.text("alice/s1-failed/FAILED.txt").find("just the same is sealed already, as alice/s1") !=
              std::string::npos);
    }
    CHECK(house.catalogue->sessions("alice")->size() == 1);
    CHECK(find(house, "s1")->seal_id == seal);
    CHECK(find(house, "s1")->folder == "s1-burned");
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/s1") == 1);
}

TEST_CASE("lost sessions: nothing is made of an empty folder, nor of one that is called otherwise") {
    BurnerHouse house;
    must(make_folders(house.inbox_fs, "alice/empty-queued", 0755));
    must(make_folders(house.inbox_fs, "alice/open", 0755));
    must(replace_file(house.inbox_fs, "alice/open/a", "a"));
    const UploadServices services{
        quiet_services(house.current, house.clock, *house.catalogue, house.state_fs, *house.events),
        *house.inbox};
    must(upload::find_lost_sessions(services, {"alice"}));
    CHECK(house.catalogue->sessions("")->empty());
}
