#include "common/inbox/reconcile.hpp"

#include "common/inbox/withdraw.hpp"
#include "tests/unit/common/inbox/inbox_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;
using enum SessionState;

namespace {

void repair_twice(InboxFixture& f) {  // the second time changes nothing
    for (int i = 0; i < 2; ++i) {
        const Status repaired = reconcile_inboxes(f.inbox, *f.catalogue, {"alice", "nobody"});
        REQUIRE_MESSAGE(repaired.has_value(), (repaired ? "" : repaired.error().message));
    }
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("repair: a sealed session whose folder was not renamed yet becomes queued") {
    InboxFixture f;
    f.make_session_folder("holiday");
    const SessionId id = f.add_row("holiday", "holiday", "holiday-queued", queued);
    repair_twice(f);
    CHECK(f.row(id).folder == "holiday-queued");
    CHECK(f.row(id).state == queued);
    CHECK(f.text("holiday-queued/data.bin") == "data.bin of holiday");
}

TEST_CASE("repair: a withdrawn session gets back to its open name without a marker, and its row goes") {
    InboxFixture f;
    f.make_session_folder("holiday-queued");
    (void)f.add_row("holiday", "holiday-queued", "", withdrawn);
    repair_twice(f);
    CHECK(f.real->sessions("").value().empty());
    CHECK(f.text("holiday/data.bin") == "data.bin of holiday-queued");
    CHECK(f.there("holiday/BURN.refused"));
    CHECK_FALSE(f.there("holiday/BURN"));
    CHECK_FALSE(f.there("holiday/STATUS.txt"));
    CHECK_FALSE(f.there("holiday-queued"));
}

TEST_CASE("repair: a withdrawal cut anywhere is ended, with its content and the marker") {
    for (std::uint64_t n = 1;; ++n) {
        InboxFixture f;
        f.make_session_folder("holiday-failed");
        REQUIRE(replace_file(f.memory, "alice/holiday-failed/BURN.refused", "an older one").has_value());
        const SessionId id = f.add_row("holiday", "holiday-failed", "", failed);
        REQUIRE(f.real->step(id, failed, withdrawn, "").has_value());
        f.plan.fail_at(n, EIO, FaultPlan::Mode::from_then_on);
        const auto done = finish_withdrawal(f.inbox, *f.catalogue, f.row(id));
        CAPTURE(f.plan.where());
        const bool hit = f.plan.hit();
        CHECK(done.has_value() == !hit);
        f.plan.fail_nothing();
        f.memory.crash();
        repair_twice(f);
        CHECK(f.real->sessions("").value().empty());
        CHECK(f.text("holiday/data.bin") == "data.bin of holiday-failed");
        CHECK(f.text("holiday/BURN-2.refused") == "BURN of holiday-failed");
        CHECK(f.text("holiday/BURN.refused") == "an older one");
        CHECK(list_folder(f.memory, "alice").value().size() == 1);
        if (!hit) break;
    }
}

TEST_CASE("repair: a withdrawn session never lands in a new session of its name") {
    InboxFixture f;
    f.make_session_folder("holiday-queued");
    f.make_session_folder("holiday");
    (void)f.add_row("holiday", "holiday-queued", "", withdrawn);
    repair_twice(f);
    CHECK(f.text("holiday/data.bin") == "data.bin of holiday");
    CHECK(f.text("holiday-2/data.bin") == "data.bin of holiday-queued");
}

TEST_CASE("repair: a queued folder that the catalogue does not know says so, and can be renamed back") {
    InboxFixture f;
    f.make_session_folder("holiday-queued");
    f.make_session_folder("holiday-failed");
    f.make_session_folder("known-queued");
    (void)f.add_row("known", "known-queued", "", queued);
    repair_twice(f);
    CHECK_FALSE(f.there("holiday-queued"));
    CHECK(f.text("holiday-failed-2/data.bin") == "data.bin of holiday-queued");
    CHECK(has(f.text("holiday-failed-2/FAILED.txt"), "no record"));
    CHECK(
        has(f.text("holiday-failed-2/FAILED.txt"), "rename the folder back to holiday and send the marker"));
    CHECK_FALSE(f.there("holiday-failed/FAILED.txt"));
    CHECK(f.there("known-queued"));
}

TEST_CASE("repair: a queued session whose folder is gone fails and says why") {
    InboxFixture f;
    const SessionId id = f.add_row("holiday", "holiday-queued", "", queued);
    const SessionId cut = f.add_row("other", "other", "other-queued", queued);
    repair_twice(f);
    CHECK(f.row(id).state == failed);
    CHECK(has(f.row(id).reason, "missing"));
    CHECK(has(f.row(id).reason, "put it back and say `burnbox retry alice/holiday`"));
    CHECK(f.row(cut).state == failed);
}

TEST_CASE("repair: what was burning when its folder went is left to the burner, which can ask the disc") {
    InboxFixture f;
    const SessionId burns = f.add_row("a", "a-queued", "", burning);
    const SessionId verifies = f.add_row("b", "b-queued", "", verifying);
    repair_twice(f);
    CHECK(f.row(burns).state == burning);
    CHECK(f.row(verifies).state == verifying);
}

TEST_CASE("repair: a burned or failed session that its account deleted is forgotten as a folder only") {
    InboxFixture f;
    const SessionId id = f.add_row("holiday", "holiday-burned", "", burned);
    repair_twice(f);
    CHECK(f.row(id).state == burned);
    CHECK(f.row(id).folder.empty());
}

TEST_CASE("repair: the folder's name catches up with the row") {
    InboxFixture f;
    f.make_session_folder("bad-queued");
    f.make_session_folder("again-failed");
    f.make_session_folder("done-queued");
    const SessionId bad = f.add_row("bad", "bad-queued", "", failed);
    const SessionId again = f.add_row("again", "again-failed", "", queued);
    const SessionId done = f.add_row("done", "done-queued", "", burned);
    repair_twice(f);
    CHECK(f.row(bad).folder == "bad-failed");
    CHECK(has(f.text("bad-failed/FAILED.txt"), "Reason: why"));
    CHECK(f.row(again).folder == "again-queued");
    CHECK(f.row(done).folder == "done-queued");  // the burner writes the receipt first
}

TEST_CASE("repair: it can be cut by a crash anywhere and be done again") {
    for (std::uint64_t n = 1;; ++n) {
        InboxFixture f;
        f.make_session_folder("orphan-queued");
        f.make_session_folder("bad-queued");
        f.make_session_folder("new");
        const SessionId bad = f.add_row("bad", "bad-queued", "", failed);
        const SessionId fresh = f.add_row("new", "new", "new-queued", queued);
        f.plan.fail_at(n, EIO, FaultPlan::Mode::from_then_on);
        const Status repaired = reconcile_inboxes(f.inbox, *f.catalogue, {"alice"});
        CAPTURE(f.plan.where());
        const bool hit = f.plan.hit();
        CHECK(repaired.has_value() == !hit);
        f.plan.fail_nothing();
        f.memory.crash();
        repair_twice(f);
        CHECK(f.row(bad).folder == "bad-failed");
        CHECK(f.row(fresh).folder == "new-queued");
        CHECK(f.text("bad-failed/data.bin") == "data.bin of bad-queued");
        CHECK(f.text("new-queued/data.bin") == "data.bin of new");
        CHECK(f.text("orphan-failed/data.bin") == "data.bin of orphan-queued");
        CHECK(list_folder(f.memory, "alice").value().size() == 3);
        if (!hit) break;
    }
}
