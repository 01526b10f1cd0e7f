#include "common/inbox/inbox.hpp"

#include <chrono>
#include <future>

#include "common/storage/posix_file_system.hpp"
#include "tests/unit/common/inbox/inbox_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;
using enum SessionState;

TEST_CASE("inbox: state folders are numbered, an open name is free or not") {
    InboxFixture f;
    CHECK(f.inbox.first_free_folder("alice", "holiday", FolderState::burned).value() ==
          "alice/holiday-burned");
    f.make_session_folder("holiday-burned");
    f.make_session_folder("holiday-burned-2");
    CHECK(f.inbox.first_free_folder("alice", "holiday", FolderState::burned).value() ==
          "alice/holiday-burned-3");
    CHECK(f.inbox.first_free_folder("alice", "holiday", FolderState::open).value() == "alice/holiday");
    f.make_session_folder("holiday");
    CHECK(f.inbox.first_free_folder("alice", "holiday", FolderState::open).error().code == Errc::exists);
}

TEST_CASE("inbox: a move renames the folder and the row says so; again changes nothing") {
    InboxFixture f;
    f.make_session_folder("holiday-queued");
    const SessionId id = f.add_row("holiday", "holiday-queued", "", burned);
    for (int i = 0; i < 2; ++i) {
        REQUIRE(f.inbox.move(id, FolderState::burned).has_value());
        CHECK(f.row(id).folder == "holiday-burned");
        CHECK(f.row(id).folder_next.empty());
        f.memory.crash();
        CHECK(f.text("holiday-burned/data.bin") == "data.bin of holiday-queued");
        CHECK_FALSE(f.there("holiday-queued"));
    }
}

TEST_CASE("inbox: a move cut anywhere, by a failure or by power loss, can be ended; nothing is ever lost") {
    for (const auto mode : {FaultPlan::Mode::once, FaultPlan::Mode::from_then_on}) {
        for (std::uint64_t n = 1;; ++n) {
            InboxFixture f;
            f.make_session_folder("holiday-queued");
            f.make_session_folder("holiday-burned");  // an older one of that name
            const SessionId id = f.add_row("holiday", "holiday-queued", "", burned, "holiday-2");
            f.plan.fail_at(n, EIO, mode);
            const Status moved = f.inbox.move(id, FolderState::burned);
            CAPTURE(f.plan.where());
            const bool hit = f.plan.hit();
            CHECK(moved.has_value() == !hit);
            f.plan.fail_nothing();
            if (mode == FaultPlan::Mode::from_then_on) f.memory.crash();
            REQUIRE(f.inbox.finish_move(f.row(id)).has_value());
            REQUIRE(f.inbox.move(id, FolderState::burned).has_value());
            CHECK(f.row(id).folder == "holiday-burned-2");
            CHECK(f.text("holiday-burned-2/data.bin") == "data.bin of holiday-queued");
            CHECK(f.text("holiday-burned/data.bin") == "data.bin of holiday-burned");
            CHECK_FALSE(f.there("holiday-queued"));
            if (!hit) break;
        }
    }
}

TEST_CASE("inbox: when both names are there, the one that belongs to another session decides") {
    InboxFixture f;
    SUBCASE("the rename was done, and a new session took the old name") {
        f.make_session_folder("holiday");
        f.make_session_folder("holiday-queued");
        const SessionId id = f.add_row("holiday", "holiday", "holiday-queued", queued);
        REQUIRE(f.inbox.finish_move(f.row(id)).has_value());
        CHECK(f.row(id).folder == "holiday-queued");
        CHECK(f.text("holiday/data.bin") == "data.bin of holiday");
    }
    SUBCASE("the rename was not done, and another session has the new name") {
        f.make_session_folder("holiday");
        f.make_session_folder("holiday-queued");
        (void)f.add_row("holiday", "holiday-queued", "", queued);
        const SessionId id = f.add_row("holiday", "holiday", "holiday-queued", queued, "holiday-2");
        REQUIRE(f.inbox.finish_move(f.row(id)).has_value());
        CHECK(f.row(id).folder == "holiday-queued-2");
        CHECK(f.text("holiday-queued-2/data.bin") == "data.bin of holiday");
        CHECK(f.text("holiday-queued/data.bin") == "data.bin of holiday-queued");
    }
}

TEST_CASE("inbox: a missing folder is an error, not a new folder") {
    InboxFixture f;
    const SessionId id = f.add_row("holiday", "holiday-queued", "", queued);
    CHECK(f.inbox.write_status(f.row(id), [] { return "waits"; }).error().code == Errc::not_found);
    CHECK(f.inbox.move(id, FolderState::failed).error().code == Errc::not_found);
    CHECK(f.row(id).folder == "holiday-queued");
}

TEST_CASE("inbox: a place that is away is none of those that are there") {
    InboxFixture f;
    const StagingArea watched = StagingArea::watched("/srv/incoming");
    CHECK(f.inbox.places().there.size() == 1);
    CHECK(f.inbox.places().all);
    f.inbox.area_is_away(watched, "mount its disk");
    CHECK(f.inbox.places().there.size() == 1);
    CHECK_FALSE(f.inbox.places().all);
    MemoryFileSystem back;
    f.inbox.add_area(watched, back);
    CHECK(f.inbox.places().there.size() == 2);
    CHECK(f.inbox.places().all);
}

TEST_CASE("inbox: STATUS.txt is replaced as a whole and removed without a fuss") {
    InboxFixture f;
    f.make_session_folder("holiday-queued");
    const SessionId id = f.add_row("holiday", "holiday-queued", "", queued);
    REQUIRE(f.inbox.write_status(f.row(id), [] { return "burns"; }).has_value());
    CHECK(f.text("holiday-queued/STATUS.txt") == "burns");
    for (int i = 0; i < 2; ++i) CHECK(f.inbox.remove_own_file(f.row(id), "STATUS.txt").has_value());
    CHECK_FALSE(f.there("holiday-queued/STATUS.txt"));
}

TEST_CASE("inbox: no STATUS.txt is written any more when the session has ended or was taken back") {
    InboxFixture f;
    for (const SessionState ended : {burned, failed, withdrawn}) {
        const std::string name(to_string(ended));
        f.make_session_folder(name + "-queued");
        const SessionId id = f.add_row(name, name + "-queued", "", ended);
        REQUIRE(f.inbox.remove_own_file(f.row(id), "STATUS.txt").has_value());
        CHECK(f.inbox.write_status(f.row(id), [] { return "verifying"; }).has_value());
        CHECK_FALSE(f.there(name + "-queued/STATUS.txt"));
    }
}

TEST_CASE("inbox: a STATUS.txt that was put together earlier never takes the place of a later one") {
    InboxFixture f;
    const auto posix = open_posix_file_system(f.folder.path()).value();
    REQUIRE(make_folders(*posix, "alice/holiday-queued", 0755).has_value());
    Inbox inbox(*posix, *f.real);
    const SessionRow row = f.row(f.add_row("holiday", "holiday-queued", "", burning));
    std::future<bool> later;
    const Status earlier = inbox.write_status(row, [&] {
        later = std::async(std::launch::async, [&] {
            return inbox.write_status(row, [] { return "both parts are burned"; }).has_value();
        });
        later.wait_for(std::chrono::milliseconds(100));  // in vain: it is not its turn
        return "one part is burned";
    });
    CHECK(earlier.has_value());
    CHECK(later.get());
    CHECK(read_file(*posix, "alice/holiday-queued/STATUS.txt", 100) == "both parts are burned");
}
