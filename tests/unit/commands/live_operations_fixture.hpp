// The commands of a running server, on uploads and a burner that only note what they are asked.
#pragma once

#include <doctest/doctest.h>

#include <thread>

#include "common/catalogue/catalogue.hpp"
#include "common/storage/durable_file.hpp"
#include "server/operations/live_operations.hpp"
#include "tests/support/server/kept_answer.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"

namespace burnbox::test {

// Uploads and burner that only note what they are asked; the catalogue is a real one.
struct OperationsFixture {
    test::TempFolder folder;
    std::unique_ptr<Catalogue> catalogue;
    test::MemoryFileSystem fs;
    Inbox inbox;
    Events events;
    std::vector<OpenSessionStatus> open;
    std::vector<DriveStatus> drives;
    std::vector<std::string> asked;
    std::function<Result<std::string>(const std::string& account, const std::string& session)> seal;
    std::optional<LiveOperations> operations;

    OperationsFixture() : catalogue(open_catalogue()), inbox(fs, *catalogue) {
        operations.emplace(OperationServices{
            .catalogue = *catalogue,
            .inbox = inbox,
            .events = events,
            .open_sessions = [this] { return open; },
            .burn =
                [this](const OpenSessionStatus& one, bool again, Done done) {
                    asked.push_back("burn " + one.watched_folder + one.account + "/" + one.name +
                                    (again ? " again" : ""));
                    done(seal(one.account, one.name));
                },
            .cancel =
                [this](const std::string& account, const std::string& session, Done done) {
                    asked.push_back("cancel " + account + "/" + session);
                    done(session + " is open again");
                },
            .drives = [this] { return drives; },
            .verify = [](const DiscSessionRow&, BurnObserver& observer) -> Result<VerifyReport> {
                observer.progress({.done_bytes = 55, .total_bytes = 100});
                return VerifyReport{
                    .files_checked = 2, .bytes_checked = 100, .files = {}, .mismatches = {"a.jpg differs"}};
            },
            .wake_burner = [this] { asked.push_back("wake"); },
            .burn_now = [this](SessionId session) { asked.push_back("burn now " + std::to_string(session)); },
            .by_hand = [this](Burner::ByHand what, const std::string& drive) -> Result<std::string> {
                asked.push_back(std::to_string(static_cast<int>(what)) + " by hand " + drive);
                if (drive != "tray") return fail(Errc::not_found, "there is no drive " + drive);
                return std::string("done with it");
            },
            .accept_fewer_copies = [this](SessionId, const std::string& pool) -> Result<std::string> {
                asked.push_back("fewer copies " + pool);
                if (pool == "gone") return fail(Errc::invalid, "there is no pool gone");
                return std::string("alice/holiday is burned, with 1 copy instead of 2");
            }});
    }
    ~OperationsFixture() { operations.reset(); }

    std::unique_ptr<Catalogue> open_catalogue() {
        auto opened = Catalogue::open("sqlite3://" + folder / "catalogue.sqlite");
        REQUIRE(opened);
        return std::move(*opened);
    }

    SessionId add(const std::string& account, const std::string& name, const std::string& disc_name,
                  SessionState state, const std::string& session_folder) {
        SessionRow row;
        row.account = account;
        row.name = name;
        row.disc_name = disc_name;
        row.pool = "default";
        row.copies = 1;
        row.folder = session_folder;
        row.seal_id = account + disc_name;
        row.bytes = 10;
        row.files_count = 1;
        const auto id = catalogue->add_session(row);
        REQUIRE(id);
        if (state == SessionState::failed)
            REQUIRE(catalogue->step(*id, SessionState::queued, state, "the disc broke"));
        REQUIRE(make_folders(fs, account + "/" + session_folder, 0755));
        return *id;
    }

    // One attempt on a new disc, up to this state.
    AttemptId burn(SessionId id, SessionState until, const std::string& label) {
        DiscRow disc;
        disc.label = label;
        disc.serial = label;
        const auto disc_id = catalogue->add_disc(disc);
        REQUIRE(disc_id);
        disc.id = *disc_id;
        AttemptRow attempt;
        attempt.disc = *disc_id;
        attempt.sessions = {id};
        attempt.disc_session = 1;
        const auto attempt_id = catalogue->begin_attempt(attempt);
        REQUIRE(attempt_id);
        if (until == SessionState::burning) return *attempt_id;
        REQUIRE(catalogue->attempt_written(*attempt_id, 0, 10, ""));
        if (until == SessionState::verifying) return *attempt_id;
        const FileRow file{.path = "/alice/holiday/data/a.jpg", .size_bytes = 10, .sha256 = {}, .lba = 5};
        REQUIRE(catalogue->attempt_verified(*attempt_id, disc, {{.id = id, .files = {file}}},
                                            system_clock().now(), system_clock().now()));
        return *attempt_id;
    }

    std::shared_ptr<test::KeptAnswer> run(const std::string& account, std::vector<std::string> argv) {
        auto sink = std::make_shared<test::KeptAnswer>();
        operations->run({.account = account, .argv = std::move(argv)}, sink);
        return sink;
    }
    void happened(EventKind kind) {
        events.publish({.kind = kind,
                        .time = {},
                        .account = "alice",
                        .session = "holiday",
                        .disc = "",
                        .drive = "",
                        .message = ""});
    }
};

}  // namespace burnbox::test
