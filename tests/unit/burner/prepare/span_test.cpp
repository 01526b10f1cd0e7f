// Sessions larger than a disc, on drives of a test: parts, discs, and what fails between them.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "common/storage/durable_file.hpp"
#include "tests/support/must.hpp"
#include "tests/unit/burner/prepare/span_house.hpp"

namespace burnbox::test {
namespace {

constexpr const char* kThird = "alice/holiday/part-3-of-3";

}  // namespace

TEST_CASE("span: a session larger than a disc is burned over as many as it needs, every file once") {
    const auto house = make_house();
    const SessionId id = house->queue("holiday", five_files());
    const SessionId small = house->queue("small", {{"x", "1"}});
    house->run();
    CHECK(house->row(id).state == SessionState::burned);
    CHECK(house->row(id).folder == "holiday-burned");
    CHECK(house->row(small).state == SessionState::burned);
    CHECK(house->row(small).parts == 0);
    CHECK(discs_of(*house, id).size() == 3);
    Files wanted = five_files();
    wanted["x"] = "1";
    CHECK(all_on_discs(*house) == wanted);
    const std::string receipt = house->text("alice/holiday-burned/receipt.json");
    CHECK(receipt.find("\"parts\": 3") != std::string::npos);
    CHECK(receipt.find(R"({"path":"part-3-of-3/data/photos/e")") != std::string::npos);
    CHECK(house->text("alice/holiday-burned/RECEIPT.txt").find("Part 3 of 3: disc BURNBOX_0003") !=
          std::string::npos);
    CHECK_FALSE(house->exists("alice/holiday-burned/STATUS.txt"));
    CHECK_FALSE(house->exists("alice/holiday-burned/BURN"));
}

TEST_CASE("span: without the key, and for sessions that fit, nothing is split") {
    const auto house = make_house();
    house->config.burn.span = false;
    house->restart();
    const SessionId large = house->queue("holiday", five_files());
    house->run_patiently(3);
    CHECK(house->row(large).parts == 0);
    CHECK(house->row(large).state == SessionState::failed);
    CHECK(house->row(large).reason.find("does not fit on a blank disc") != std::string::npos);
}

TEST_CASE("span: parts wait for the next blank, STATUS.txt says which is where, and a restart goes on") {
    const auto house = make_house();
    house->shelves["tray"].blanks = 1;
    const SessionId id = house->queue("holiday", five_files());
    house->run();
    CHECK(house->row(id).state == SessionState::burning);
    CHECK(house->row(id).reason.starts_with("part 2 of 3: "));
    const std::string status = house->text("alice/holiday-queued/STATUS.txt");
    CHECK(status.find("session: alice/holiday\n") != std::string::npos);
    CHECK(status.find("part 1 of 3: on disc BURNBOX_0001\n") != std::string::npos);
    CHECK(status.find("part 2 of 3: queued: ") != std::string::npos);
    CHECK(status.find("no blank disc is left; put one in") != std::string::npos);
    CHECK(std::ranges::count(house->event_names(), "no_disc") >= 1);
    house->shelves["tray"].blanks = 1;
    house->config.burn.span = false;  // what is split stays split
    house->restart();
    house->run_patiently(2);
    CHECK(house->row(id).state == SessionState::burning);
    house->shelves["tray"].blanks = 5;
    house->run_patiently(2);
    CHECK(house->row(id).state == SessionState::burned);
    CHECK(all_on_discs(*house) == five_files());
}

TEST_CASE("span: a crash after every operation of the catalogue burns nothing twice and loses nothing") {
    bool hit = true;
    for (std::uint64_t n = 1; hit; ++n) {
        INFO("operation ", n);
        const auto house = make_house();
        const SessionId id = house->queue("holiday", five_files());
        house->catalogue_faults.fail_at(n, EIO, FaultPlan::Mode::from_then_on);
        for (int i = 0; i < 12; ++i)
            static_cast<void>(house->burner->prepare_once()), static_cast<void>(house->burner->run_once(0));
        hit = house->catalogue_faults.hit();
        house->catalogue_faults.fail_nothing();
        house->crash();
        house->run_patiently(4);
        CHECK(house->row(id).state == SessionState::burned);
        CHECK(all_on_discs(*house) == five_files());
        CHECK(house->row(id).parts == 3);
        REQUIRE(n < 1000);
    }
}

TEST_CASE("span: when a drive hangs the part goes to the other one, alone") {
    const auto house = make_house({"tray", "spare"});
    const SessionId id = house->queue("holiday", five_files());
    unsigned writes = 0;
    house->drives[0]->during_write = [&]() -> Status {
        if (++writes < 2) return {};
        return fail(Errc::timeout, "the worker was ended");
    };
    house->drives[0]->before_adjudicate = [] { return fail(Errc::timeout, "the worker was ended"); };
    house->run_patiently(6);
    CHECK(house->row(id).state == SessionState::burned);
    std::set<std::string> drives;
    const auto copies = house->catalogue->copies(id).value();
    for (const DiscSessionRow& copy : copies) drives.insert(copy.drive);
    CHECK(drives == std::set<std::string>{"tray", "spare"});
    CHECK(all_on_discs(*house) == five_files());
}

TEST_CASE("span: two copies of every part, on different drives") {
    const auto house = make_house({"tray", "spare"}, 2);
    const SessionId id = house->queue("holiday", five_files());
    house->run_patiently(2);
    CHECK(house->row(id).state == SessionState::burned);
    CHECK(house->catalogue->copies(id).value().size() == 6);
    CHECK(all_on_discs(*house, 2) == five_files());
}

TEST_CASE(
    "span: a damaged file fails the session with the part's number; mended, only what is missing is burned") {
    const auto house = make_house();
    const SessionId id = house->queue("holiday", five_files());
    static_cast<void>(house->burner->prepare_once());
    static_cast<void>(house->burner->run_once(0));
    const auto write = [&](const std::string& content) {
        auto file = house->inbox_fs.open("alice/" + house->row(id).folder + "/photos/e",
                                         {.write = true, .create = true, .truncate = true});
        REQUIRE(file.has_value());
        REQUIRE((*file)->write_at(std::as_bytes(std::span(content)), 0).has_value());
    };
    write("something else");
    house->run_patiently(3);
    CHECK(house->row(id).state == SessionState::failed);
    CHECK(house->row(id).folder == "holiday-failed");
    CHECK(house->row(id).reason.starts_with("part 3 of 3: "));
    const std::string told = house->text("alice/holiday-failed/FAILED.txt");
    CHECK(told.find("can't be taken back") != std::string::npos);
    CHECK(told.find("burnbox retry alice/holiday") != std::string::npos);
    write(std::string(kFileBytes, 'e'));
    REQUIRE(house->catalogue->step(id, SessionState::failed, SessionState::queued, "").has_value());
    house->burner->wake();
    house->run_patiently(3);
    CHECK(house->row(id).state == SessionState::burned);
    CHECK(house->row(id).folder == "holiday-burned");
    CHECK(all_on_discs(*house) == five_files());
    CHECK(house->shelves["tray"].times_burned("BURNBOX_0003", kThird) == 1);
}

TEST_CASE("span: recovery data is made for each part, in its own bag, and nothing of it is left") {
    const auto house = make_house();
    house->config.burn.redundancy = 10;
    house->shelves["tray"].capacity_bytes = 6 * kMiB;  // two files and their recovery data
    house->restart();
    const SessionId id = house->queue("holiday", five_files());
    house->run_patiently(2);
    CHECK(house->row(id).state == SessionState::burned);
    unsigned with_recovery = 0;
    for (const auto& [label, disc] : house->shelves["tray"].discs)
        for (const FakeDiscSession& session : disc.sessions)
            if (session.entries.contains(session.sessions.front() + "/par2/set-0001.par2")) ++with_recovery;
    CHECK(with_recovery == 3);
    CHECK(list_folder(house->state_fs, "recovery").value().empty());
    CHECK(house->text("alice/holiday-burned/RECEIPT.txt").find("alice/holiday/part-2-of-3'/par2") ==
          std::string::npos);
    CHECK(house->text("alice/holiday-burned/RECEIPT.txt").find("Part 2, on disc BURNBOX_0002") !=
          std::string::npos);
}

TEST_CASE("span: parts have discs to themselves when sessions lie at the root") {
    const auto house = make_house();
    house->config.burn.layout = Layout::root;
    house->restart();
    const SessionId id = house->queue("holiday", five_files());
    house->run_patiently(2);
    CHECK(house->row(id).state == SessionState::burned);
    CHECK(discs_of(*house, id).size() == 3);
    for (const auto& [label, disc] : house->shelves["tray"].discs)
        CHECK(disc.sessions.front().entries.contains("parts.tsv"));
}

TEST_CASE("span: parts are never held back for a batch, and nothing is burned with them") {
    const auto house = make_house();
    house->config.burn.batch = {std::chrono::minutes(30), 5, 0};
    house->restart();
    const SessionId id = house->queue("holiday", five_files());
    house->run();
    CHECK(house->row(id).state == SessionState::burned);
    for (const auto& [label, disc] : house->shelves["tray"].discs)
        for (const FakeDiscSession& session : disc.sessions) CHECK(session.sessions.size() == 1);
}

TEST_CASE("span: what is burned is let go only when every part was read back and no disc is suspect") {
    const auto house = make_house();
    house->config.session.keep_burned = {KeepBurned::How::for_time, std::chrono::milliseconds(1)};
    house->restart();
    const SessionId id = house->queue("holiday", five_files());
    house->shelves["tray"].blanks = 2;
    house->run_patiently(3);
    CHECK(house->exists("alice/holiday-queued/photos/a"));  // on its disc, but the session is not
    house->shelves["tray"].blanks = 2;
    house->run_patiently(3);
    CHECK(house->row(id).state == SessionState::burned);
    CHECK_FALSE(house->exists("alice/holiday-burned/photos"));
    CHECK(house->exists("alice/holiday-burned/receipt.json"));
}

TEST_CASE("span: at the marker only a file that fits on no disc is refused, by name") {
    const auto house = make_house();
    Manifest manifest;
    for (const char name : {'a', 'b', 'c'}) {
        ManifestEntry entry;
        entry.path = std::string(1, name), entry.size_bytes = 2 * kMiB;
        manifest.entries.push_back(entry);
    }
    CHECK(house->burner->check_fits("default", manifest).has_value());
    manifest.entries[1].size_bytes = 4 * kMiB;
    const auto refused = house->burner->check_fits("default", manifest);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::does_not_fit);
    CHECK(refused.error().message.starts_with("b alone needs "));
    house->config.burn.span = false;
    house->restart();
    const auto whole = house->burner->check_fits("default", manifest);
    REQUIRE_FALSE(whole.has_value());
    CHECK(whole.error().message.find("burn.span: true") != std::string::npos);
}

TEST_CASE(
    "span: a part that a disc would not show as it was sent fails the session before anything is burned") {
    const auto house = make_house();
    house->prover.answer = [](const BurnJob& job) -> Result<Proof> {
        if (job.sessions.at(0).seal_record.ends_with(".part-2.jsonl"))
            return Proof{{{"photos/c", "its time differs"}}};
        return Proof{};
    };
    const SessionId id = house->queue("holiday", five_files());
    house->run();
    CHECK(house->row(id).state == SessionState::failed);
    CHECK(house->row(id).parts == 0);
    CHECK(house->row(id).reason ==
          "holiday/part-2-of-3 would not be on a disc as it was sent: photos/c: its time differs");
    CHECK(house->shelves["tray"].discs.empty());
}

TEST_CASE("span: a proof of a part that can't run now is asked for again later") {
    const auto house = make_house();
    bool gone = true;
    house->prover.answer = [&](const BurnJob&) -> Result<Proof> {
        if (gone) return fail(Errc::unreachable, "the spawner is gone");
        return Proof{};
    };
    const SessionId id = house->queue("holiday", five_files());
    house->run_patiently(3);
    CHECK(house->row(id).state == SessionState::queued);
    CHECK(house->shelves["tray"].discs.empty());
    gone = false;
    house->run_patiently();
    CHECK(house->row(id).state == SessionState::burned);
    CHECK(all_on_discs(*house) == five_files());
}

TEST_CASE("span: a session that can't be looked at waits with its reason, and those behind it go on") {
    const auto house = make_house();
    const SessionId first = house->queue("first", {{"f", "1"}});
    const SessionId second = house->queue("second", {{"f", "2"}});
    const std::string record = must(read_file(house->state_fs, "seals/seal-1.jsonl", 1U << 20U));
    REQUIRE(house->state_fs.remove("seals/seal-1.jsonl"));
    REQUIRE(house->state_fs.make_folder("seals/seal-1.jsonl", 0700));
    house->run_patiently(3);
    CHECK(house->row(second).state == SessionState::burned);
    CHECK(house->row(first).state == SessionState::queued);
    CHECK(house->row(first).reason.find("seal-1.jsonl") != std::string::npos);
    CHECK(house->text("alice/first-queued/STATUS.txt").find("seal-1.jsonl") != std::string::npos);
    REQUIRE(house->state_fs.remove_folder("seals/seal-1.jsonl"));
    REQUIRE(replace_file(house->state_fs, "seals/seal-1.jsonl", record));
    house->run_patiently(10);
    CHECK(house->row(first).state == SessionState::burned);
}

TEST_CASE(
    "span: a session that is to have fewer copies is let go when each part has as many as it was promised") {
    const auto house = make_house({"tray", "spare"}, 2);
    house->config.session.keep_burned = {KeepBurned::How::for_time, std::chrono::hours(1)};
    house->shelves["spare"].blanks = 1;
    const SessionId id = house->queue("holiday", five_files());
    house->run_patiently(3);
    REQUIRE(house->row(id).state == SessionState::burning);
    PoolConfig& pool = house->config.pools["default"];
    pool.drives = {"tray"}, pool.copies = 1;
    house->restart();
    house->run();
    const auto accepted = house->burner->accept_fewer_copies(id);
    REQUIRE(accepted.has_value());
    CHECK(accepted->find("with 1 copy instead of 2") != std::string::npos);
    house->run_patiently(2);
    REQUIRE(house->row(id).state == SessionState::burned);
    REQUIRE(house->catalogue->copies(id).value().size() == 4);
    house->clock.advance(std::chrono::hours(2));
    house->run_patiently(2);
    CHECK_FALSE(house->exists("alice/holiday-burned/photos"));
}

TEST_CASE(
    "span: what fits on the discs of one pool is split when a person gives it to one with smaller discs") {
    const auto house = make_house({"tray", "spare"});
    house->shelves["tray"].capacity_bytes = 64 * kMiB;
    house->shelves["tray"].blanks = 0;
    house->config.pools["default"].drives = {"tray"};
    house->config.pools["small"] = {.name = "small", .drives = {"spare"}, .copies = 1};
    house->restart();
    const SessionId id = house->queue("holiday", five_files());
    house->run_patiently(2);
    REQUIRE(house->row(id).state == SessionState::queued);
    REQUIRE(house->row(id).parts == 0);
    REQUIRE(house->burner->accept_fewer_copies(id, "small").has_value());
    house->run_patiently(3);
    CHECK(house->row(id).parts == 3);
    CHECK(house->row(id).state == SessionState::burned);
    CHECK(all_on_discs(*house) == five_files());
}

TEST_CASE("span: the parts that wait when their pool has another name say so, and a person is asked") {
    const auto house = make_house();
    house->shelves["tray"].blanks = 1;
    const SessionId id = house->queue("holiday", five_files());
    house->run();
    REQUIRE(house->row(id).state == SessionState::burning);
    house->config.pools["other"] = {.name = "other", .drives = {"tray"}, .copies = 1};
    house->config.pools.erase("default");
    house->restart();
    house->run_patiently(2);
    CHECK(house->row(id).reason.find("no pool default any more") != std::string::npos);
    CHECK(house->row(id).reason.find("`burnbox retry alice/holiday --pool NAME`") != std::string::npos);
    CHECK(house->text("alice/holiday-queued/STATUS.txt").find("no pool default any more") !=
          std::string::npos);
    CHECK(std::ranges::count(house->event_names(), "burn_failed") == 1);
    REQUIRE(house->burner->accept_fewer_copies(id, "other").has_value());
    house->shelves["tray"].blanks = 5;
    house->run_patiently(3);
    CHECK(house->row(id).state == SessionState::burned);
    CHECK(std::ranges::count(house->event_names(), "burn_failed_cleared") == 1);
}

}  // namespace burnbox::test
