// What every Catalogue does with sessions and discs. Outcomes are checked on the catalogue opened anew
// wherever durability is the point.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "tests/contract/catalogue_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

TEST_CASE("catalogue: a session is read back as it was added, after a restart too") {
    TemporaryCatalogue catalogue;
    const SessionRow row = session_row("holiday");
    const SessionId id = catalogue->add_session(row).value();
    catalogue.reopen();
    const SessionRow read = catalogue->session(id).value();
    CHECK(read.id == id);
    CHECK(read.account == row.account);
    CHECK(read.name == row.name);
    CHECK(read.disc_name == row.disc_name);
    CHECK(read.pool == row.pool);
    CHECK(read.state == SessionState::queued);
    CHECK(read.folder == row.folder);
    CHECK(read.folder_next == row.folder_next);
    CHECK(read.seal_id == row.seal_id);
    CHECK(read.content_digest == row.content_digest);
    CHECK(read.marker_name == row.marker_name);
    CHECK(read.marker_sha256 == row.marker_sha256);
    CHECK(read.bytes == row.bytes);
    CHECK(read.files_count == row.files_count);
    CHECK(read.sealed_at == row.sealed_at);
    CHECK_FALSE(read.burned_at.has_value());
    CHECK_FALSE(read.verified_at.has_value());
    CHECK(read.reason == row.reason);
}

TEST_CASE("catalogue: a disc name is taken once in an account, in any case") {
    TemporaryCatalogue catalogue;
    REQUIRE(catalogue->add_session(session_row("Holiday")).has_value());
    CHECK(catalogue->add_session(session_row("hOLIDAY")).error().code == Errc::exists);
    CHECK(catalogue->add_session(session_row("holiday", "bob")).has_value());
    SessionRow second = session_row("holiday");
    second.disc_name = "holiday-2";
    CHECK(catalogue->add_session(second).has_value());
    CHECK(catalogue->disc_names("alice").value() == std::vector<std::string>{"Holiday", "holiday-2"});
    CHECK(catalogue->disc_names("carol").value().empty());
}

TEST_CASE("catalogue: sessions are found by disc name and by folder") {
    TemporaryCatalogue catalogue;
    const SessionId id = catalogue->add_session(session_row("holiday")).value();
    CHECK(catalogue->find_session("alice", "HOLIDAY").value()->id == id);
    CHECK_FALSE(catalogue->find_session("bob", "holiday").value().has_value());
    CHECK(catalogue->find_session_by_folder("alice", "holiday").value()->id == id);
    CHECK(catalogue->find_session_by_folder("alice", "holiday-queued").value()->id ==
          id);  // on its way there
    REQUIRE(catalogue->end_move(id).has_value());
    CHECK_FALSE(catalogue->find_session_by_folder("alice", "holiday").value().has_value());
    CHECK(catalogue->find_session_by_folder("alice", "holiday-queued").value()->id == id);
    CHECK_FALSE(catalogue->find_session_by_folder("alice", "").value().has_value());
    CHECK(catalogue->session(99).error().code == Errc::not_found);
}

TEST_CASE("catalogue: lists are in the order of sealing") {
    TemporaryCatalogue catalogue;
    const SessionId late = catalogue->add_session(session_row("late", "alice", 20)).value();
    const SessionId early = catalogue->add_session(session_row("early", "alice", 10)).value();
    const SessionId other = catalogue->add_session(session_row("other", "bob", 15)).value();
    const auto ids = [](const Result<std::vector<SessionRow>>& rows) {
        std::vector<SessionId> list;
        for (const SessionRow& row : rows.value()) list.push_back(row.id);
        return list;
    };
    CHECK(ids(catalogue->sessions("")) == std::vector{early, other, late});
    CHECK(ids(catalogue->sessions("alice")) == std::vector{early, late});
    CHECK(ids(catalogue->sessions_in_state(SessionState::queued)) == std::vector{early, other, late});
    CHECK(ids(catalogue->sessions_in_state(SessionState::burned)).empty());
}

TEST_CASE("catalogue: a step happens from the state it names, or not at all") {
    TemporaryCatalogue catalogue;
    const SessionId id = catalogue->add_session(session_row("holiday")).value();
    const Status wrong = catalogue->step(id, SessionState::failed, SessionState::queued, "retried");
    CHECK(wrong.error().code == Errc::conflict);
    CHECK(catalogue->session(id).value().reason == "waits for a disc");
    CHECK(catalogue->step(id, SessionState::queued, SessionState::burned, "").error().code == Errc::invalid);
    REQUIRE(catalogue->step(id, SessionState::queued, SessionState::failed, "folder is missing").has_value());
    catalogue.reopen();
    CHECK(catalogue->session(id).value().state == SessionState::failed);
    CHECK(catalogue->session(id).value().reason == "folder is missing");
    CHECK(catalogue->step(99, SessionState::queued, SessionState::failed, "").error().code ==
          Errc::not_found);
}

TEST_CASE("catalogue: of two that step the same session one gets a conflict") {
    TemporaryCatalogue catalogue;
    const SessionId id = catalogue->add_session(session_row("holiday")).value();
    std::atomic<int> done = 0, conflicts = 0;
    const auto race = [&](SessionState to) {
        const Status status = catalogue->step(id, SessionState::queued, to, "");
        if (status)
            ++done;
        else if (status.error().code == Errc::conflict)
            ++conflicts;
    };
    std::thread cancels(race, SessionState::withdrawn), burns(race, SessionState::burning);
    cancels.join();
    burns.join();
    CHECK(done == 1);
    CHECK(conflicts == 1);
}

TEST_CASE("catalogue: two threads add sessions at once and none is lost") {
    TemporaryCatalogue catalogue;
    constexpr int kEach = 50;
    const auto add = [&](const std::string& account) {
        for (int i = 0; i < kEach; ++i)
            (void)catalogue->add_session(session_row("s" + std::to_string(i), account));
    };
    std::thread first(add, "alice"), second(add, "bob");
    first.join();
    second.join();
    CHECK(catalogue->sessions("").value().size() == 2 * kEach);
}

TEST_CASE("catalogue: a move is an intent, then done; ending it twice changes nothing") {
    TemporaryCatalogue catalogue;
    const SessionId id = catalogue->add_session(session_row("holiday")).value();
    REQUIRE(catalogue->end_move(id).has_value());
    REQUIRE(catalogue->begin_move(id, "holiday-burned").has_value());
    catalogue.reopen();
    CHECK(catalogue->session(id).value().folder == "holiday-queued");
    CHECK(catalogue->session(id).value().folder_next == "holiday-burned");
    REQUIRE(catalogue->end_move(id).has_value());
    REQUIRE(catalogue->end_move(id).has_value());
    CHECK(catalogue->session(id).value().folder == "holiday-burned");
    CHECK(catalogue->session(id).value().folder_next.empty());
    REQUIRE(catalogue->begin_move(id, "elsewhere").has_value());
    REQUIRE(catalogue->set_folder(id, "").has_value());
    CHECK(catalogue->session(id).value().folder.empty());
    CHECK(catalogue->session(id).value().folder_next.empty());
    CHECK(catalogue->begin_move(99, "x").error().code == Errc::not_found);
    CHECK(catalogue->end_move(99).error().code == Errc::not_found);
    CHECK(catalogue->set_folder(99, "x").error().code == Errc::not_found);
}

TEST_CASE("catalogue: the reason of a waiting session can change") {
    TemporaryCatalogue catalogue;
    const SessionId id = catalogue->add_session(session_row("holiday")).value();
    REQUIRE(catalogue->set_reason(id, "insert a blank DVD+R").has_value());
    CHECK(catalogue->session(id).value().reason == "insert a blank DVD+R");
    CHECK(catalogue->session(id).value().state == SessionState::queued);
    CHECK(catalogue->set_reason(99, "x").error().code == Errc::not_found);
}

TEST_CASE("catalogue: only withdrawn sessions are removed, and their name is free again") {
    Bench bench;
    Catalogue& catalogue = *bench.catalogue;
    CHECK(catalogue.remove_session(bench.session).error().code == Errc::conflict);
    REQUIRE(catalogue.step(bench.session, SessionState::queued, SessionState::withdrawn, "").has_value());
    REQUIRE(catalogue.remove_session(bench.session).has_value());
    CHECK(catalogue.session(bench.session).error().code == Errc::not_found);
    CHECK(catalogue.remove_session(bench.session).error().code == Errc::not_found);
    const SessionId again = catalogue.add_session(session_row("holiday")).value();
    CHECK(again != bench.session);  // numbers are never used again
}

TEST_CASE("catalogue: a session that failed an attempt can be taken back and removed") {
    Bench bench;
    const AttemptId attempt = bench.verifying_attempt();
    REQUIRE(bench.catalogue->attempt_failed(attempt, bench.disc, {bench.session}, {"read-back differed"})
                .has_value());
    REQUIRE(
        bench.catalogue->step(bench.session, SessionState::failed, SessionState::withdrawn, "").has_value());
    CHECK(bench.catalogue->remove_session(bench.session).has_value());
}

TEST_CASE("catalogue: a session with a copy on a disc is not taken back while it waits for the next") {
    Bench bench;
    bench.burn(bench.disc, bench.session, {file_row("/alice/holiday/data/a.jpg")}, 1, 2);
    REQUIRE(bench.state(bench.session) == SessionState::queued);
    const Status refused =
        bench.catalogue->step(bench.session, SessionState::queued, SessionState::withdrawn, "");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::conflict);
    CHECK(refused.error().message.contains("a copy of it is on disc BURNBOX_0001 already"));
    CHECK(bench.state(bench.session) == SessionState::queued);
}

TEST_CASE(
    "catalogue: what a disc holds stays listed when its session failed before the last copy and was "
    "withdrawn") {
    Bench bench;
    bench.burn(bench.disc, bench.session, {file_row("/alice/holiday/data/a.jpg")}, 1, 2);
    REQUIRE(bench.catalogue->step(bench.session, SessionState::queued, SessionState::failed, "").has_value());
    REQUIRE(
        bench.catalogue->step(bench.session, SessionState::failed, SessionState::withdrawn, "").has_value());
    REQUIRE(bench.catalogue->remove_session(bench.session).has_value());
    const auto listed = bench.catalogue->disc_sessions(bench.disc.id).value();
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].session_name == "holiday");
    CHECK(listed[0].session == 0);
    CHECK(bench.catalogue->find("alice", "a.jpg", 10).value().size() == 1);
    CHECK(bench.catalogue->disc_names("alice").value() == std::vector<std::string>{"holiday"});
    CHECK(bench.catalogue->add_session(session_row("HOLIDAY")).error().code == Errc::exists);
}

TEST_CASE("catalogue: a disc is read back as it was added and updated") {
    Bench bench;
    DiscRow row = bench.disc;
    row.state = DiscState::suspect;
    row.reason = "scratched";
    row.free_bytes = 5;
    row.sessions_used = 3;
    row.sessions_left = 150;
    row.next_lba = 4'000'000'000;
    row.head_digest = std::string(64, 'b');
    row.is_image = true;
    row.location = "/elsewhere";
    row.drive = "other";
    row.label = "CHANGED";
    REQUIRE(bench.catalogue->update_disc(row).has_value());
    bench.catalogue.reopen();
    CHECK_FALSE(bench.catalogue->find_disc("CHANGED").value().has_value());
    const DiscRow read = bench.catalogue->find_disc("BURNBOX_0001").value().value();
    CHECK(read.id == bench.disc.id);
    CHECK(read.label == bench.disc.label);  // label and serial never change
    CHECK(read.serial == bench.disc.serial);
    CHECK(read.pool == "default");
    CHECK(read.drive == "other");
    CHECK(read.medium == "dvd+r");
    CHECK(read.media_id == "MCC-004");
    CHECK(read.location == "/elsewhere");
    CHECK(read.state == DiscState::suspect);
    CHECK(read.reason == "scratched");
    CHECK(read.capacity_bytes == bench.disc.capacity_bytes);
    CHECK(read.free_bytes == 5);
    CHECK(read.sessions_used == 3);
    CHECK(read.sessions_left == 150);
    CHECK(read.next_lba == 4'000'000'000);
    CHECK(read.head_digest == row.head_digest);
    CHECK(read.is_image);
    CHECK(read.created_at == bench.disc.created_at);
    row.id = 99;
    CHECK(bench.catalogue->update_disc(row).error().code == Errc::not_found);
}

TEST_CASE("catalogue: labels are unique in their first 16 characters") {
    TemporaryCatalogue catalogue;
    REQUIRE(catalogue->add_disc(disc_row("ARCHIVE_2026_0001_A", 2)).has_value());
    CHECK(catalogue->add_disc(disc_row("ARCHIVE_2026_0001_A")).error().code == Errc::exists);
    CHECK(catalogue->add_disc(disc_row("ARCHIVE_2026_0002_A", 1)).error().code == Errc::exists);
    CHECK(catalogue->add_disc(disc_row("ARCHIVE_0002", 1)).has_value());
    const auto discs = catalogue->discs().value();
    REQUIRE(discs.size() == 2);
    CHECK(discs[0].label == "ARCHIVE_0002");
    // One that bears another one's label.
    CHECK(catalogue->add_disc(disc_row("ARCHIVE_2026_0001_A~2b1f7a52", 3)).has_value());
    CHECK(catalogue->add_disc(disc_row("ARCHIVE_2026_0001_A~3b1f7a52", 4)).has_value());
    CHECK(catalogue->add_disc(disc_row("ARCHIVE_2026_0001_A~2b1f7a52", 5)).error().code == Errc::exists);
}

// While it lives no file of this process can grow.
class FullDisk {
  public:
    FullDisk() {
        getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit none{0, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &none);
    }
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST_CASE("catalogue: trouble with the database is told to whoever asked, answers are not") {
    const TempFolder folder;
    std::vector<std::string> told;
    auto catalogue = Catalogue::open("sqlite3://" + folder / "catalogue.sqlite",
                                     [&](const Error& error) { told.push_back(error.message); });
    REQUIRE(catalogue.has_value());
    REQUIRE((*catalogue)->add_session(session_row("holiday")));
    CHECK_FALSE((*catalogue)->add_session(session_row("holiday")));
    CHECK_FALSE((*catalogue)->session(4711));
    CHECK((*catalogue)->check_writable());
    CHECK(told.empty());
    Status written;
    {
        const FullDisk nothing_can_grow;
        written = (*catalogue)->check_writable();
    }
    REQUIRE_FALSE(written);
    CHECK(told == std::vector<std::string>{written.error().message});
}
