// A session that burnbox fills itself: unseen until it is sealed, gone without a trace when it is not, and
// whichever operation fails, either sealed as its answer says or not there at all.
#include "server/seal/intake_session.hpp"

#include <doctest/doctest.h>

#include "common/session/sealed_session.hpp"
#include "common/storage/durable_file.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

upload::SealContent put_file(upload::IntakeSession& intake, const std::string& content) {
    upload::SealContent sealed;
    const Status put =
        replace_file(intake.fs(), join_path(intake.folder(), "a"), content, Durability::visible);
    if (put)
        sealed.manifest.entries.push_back(
            {.path = "a", .mode = 0640, .size_bytes = content.size(), .sha256 = Sha256::of(content)});
    return sealed;
}

Result<SessionRow> bring(UploadHouse& house, const std::string& name, const std::string& content = "aaa") {
    BB_TRY(const auto intake, house.uploads->begin_intake("alice", name, content.size()));
    upload::SealContent sealed = put_file(*intake, content);
    if (sealed.manifest.entries.empty()) return fail(Errc::io, "not put");
    return intake->seal(std::move(sealed), false);
}

}  // namespace

TEST_CASE("intake session: it is sealed under its name, with what its content says") {
    UploadHouse house;
    const auto row = bring(house, "holiday");
    REQUIRE_MESSAGE(row, row.error().message);
    CHECK(row->disc_name == "holiday");
    CHECK(row->folder == "holiday-queued");
    CHECK(house.names("alice") == std::vector<std::string>{"holiday-queued"});
    CHECK(house.text("alice/holiday-queued/a") == "aaa");
    CHECK(house.rows().size() == 1);
    CHECK(house.wakes > 0);
}

TEST_CASE("intake session: no client sees it or gets into it before it is sealed") {
    UploadHouse house;
    const auto intake = house.uploads->begin_intake("alice", "holiday", 3);
    REQUIRE(intake);
    const auto content = put_file(**intake, "aaa");
    const auto client = house.connect();
    CHECK(list(*client, "/").empty());
    const std::string hidden = (*intake)->folder().substr(5);  // without "alice"
    CHECK(get(*client, hidden + "/a") != "aaa");
    CHECK_FALSE(client->info(hidden, true));
    CHECK(put(*client, hidden + "/b", "bbb") != "ok");
    CHECK(contains(burn(*client, hidden.substr(1)), "there is no open session"));
    CHECK(rename(*client, hidden, "/mine") != "ok");
    CHECK(house.names((*intake)->folder()) == std::vector<std::string>{"a"});
}

TEST_CASE("intake session: dropped without a seal, nothing of it is left and its bytes are free again") {
    UploadHouse house;
    house.alice().quota_bytes = 10;
    house.start();
    {
        const auto intake = house.uploads->begin_intake("alice", "holiday", 8);
        REQUIRE(intake);
        (void)put_file(**intake, "aaaaaaaa");
        CHECK(house.uploads->begin_intake("alice", "other", 3).error().code == Errc::quota);
        CHECK(contains(put(*house.connect(), "/x/y", "abc"), "accounts.alice.quota"));
    }
    CHECK(house.names("alice") == std::vector<std::string>{"x"});
    CHECK(bring(house, "second", "0123456789"));
    CHECK_FALSE(bring(house, "third", "0"));  // queued bytes count
}

TEST_CASE("intake session: an open session of the same name stays the account's own") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/mine", "m") == "ok");
    REQUIRE(bring(house, "holiday"));
    CHECK(get(*client, "/holiday/mine") == "m");
    CHECK(put(*client, "/holiday/more", "n") == "ok");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed as holiday-2");
}

TEST_CASE("intake session: an account without the right to upload may be given sessions") {
    UploadHouse house;
    house.alice().rights.upload = false;
    house.start();
    CHECK(bring(house, "holiday"));
}

TEST_CASE("intake session: a refusal says why and leaves nothing") {
    UploadHouse house;
    house.fits = fail(Errc::does_not_fit, "too large");
    const auto row = bring(house, "holiday");
    REQUIRE_FALSE(row);
    CHECK(contains(row.error().message, "too large"));
    CHECK(house.names("alice").empty());
    CHECK(house.rows().empty());
}

TEST_CASE("intake session: cancelled, it is an open session like any other") {
    UploadHouse house;
    REQUIRE(bring(house, "holiday"));
    const auto client = house.connect();
    CHECK(cancel(*client, "holiday") == "ok: holiday is open again");
    CHECK(get(*client, "/holiday/a") == "aaa");
    CHECK(burn(*client, "holiday") == "ok: holiday is sealed");
}

TEST_CASE(
    "intake session: whichever operation fails, it is sealed as the answer says, or nothing of it is left") {
    for (const auto mode : {FaultPlan::Mode::once, FaultPlan::Mode::from_then_on}) {
        for (std::uint64_t n = 1;; ++n) {
            CAPTURE(n);
            UploadHouse house;
            house.plan.fail_at(n, Errc::io, mode);
            const bool acknowledged = bring(house, "holiday").has_value();
            const bool reached = house.plan.hit();
            CAPTURE(house.plan.where());
            house.plan.fail_nothing();
            house.power_cut();
            const auto rows = house.rows();
            REQUIRE(rows.size() <= 1);
            if (acknowledged) REQUIRE(rows.size() == 1);
            // Not acknowledged and yet there: only when the process died in between.
            if (!acknowledged && mode == FaultPlan::Mode::once) CHECK(rows.empty());
            if (rows.empty()) {
                CHECK(house.names("alice").empty());
            } else {
                CHECK(rows.front().state == SessionState::queued);
                CHECK(house.names("alice") == std::vector<std::string>{"holiday-queued"});
                CHECK(house.text("alice/holiday-queued/a") == "aaa");
            }
            if (!reached) break;
        }
    }
}
