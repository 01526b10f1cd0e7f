// Operation N fails, for every N from the first byte to the marker's answer; then the power goes.
#include <doctest/doctest.h>

#include "common/session/sealed_session.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

// The upload of one session with its marker; whether the marker was acknowledged.
bool send(UploadHouse& house) {
    const auto client = house.connect();
    (void)shown(client->make_folder("/holiday/photos", 0755));
    if (put(*client, "/holiday/photos/a", "aaa") != "ok") return false;
    if (put(*client, "/holiday/b", "bbb") != "ok") return false;
    return put(*client, "/holiday/BURN", "m").starts_with("ok");
}

void check_promise(UploadHouse& house, bool acknowledged) {
    const auto rows = house.rows();
    REQUIRE(rows.size() <= 1);
    if (acknowledged) REQUIRE(rows.size() == 1);
    for (const SessionRow& row : rows) {
        CHECK(row.state == SessionState::queued);
        CHECK(row.folder_next.empty());
        CHECK(house.exists("alice/" + row.folder));
        const auto text = read_file(house.state_fs, "seals/" + row.seal_id + ".jsonl", 1 << 20);
        REQUIRE(text);
        const auto sealed = parse_seal_record(*text);
        REQUIRE(sealed);
        for (const ManifestEntry& entry : sealed->manifest.entries)
            if (entry.type == FileType::file)
                CHECK(Sha256::of(house.text("alice/" + row.folder + "/" + entry.path)) == entry.sha256);
    }
}

}  // namespace

TEST_CASE(
    "seal: whichever operation fails, an acknowledged session survives the power cut, and no other is sealed "
    "twice") {
    for (const auto mode : {FaultPlan::Mode::once, FaultPlan::Mode::from_then_on}) {
        for (std::uint64_t n = 1;; ++n) {
            CAPTURE(n);
            UploadHouse house;
            house.plan.fail_at(n, Errc::io, mode);
            const bool acknowledged = send(house);
            const bool reached = house.plan.hit();
            CAPTURE(house.plan.where());
            house.plan.fail_nothing();
            house.power_cut();
            check_promise(house, acknowledged);
            // What was not sealed can be sent again.
            if (house.rows().empty()) {
                CHECK(send(house));
                check_promise(house, true);
            }
            if (!reached) break;
        }
    }
}

TEST_CASE("seal: after one failed operation the same client may send its marker again, without a restart") {
    for (std::uint64_t n = 1;; ++n) {
        CAPTURE(n);
        UploadHouse house;
        const auto client = house.connect();
        CHECK(put(*client, "/holiday/a", "aaa") == "ok");
        house.plan.fail_at(n, Errc::io, FaultPlan::Mode::once);
        const std::string first = put(*client, "/holiday/BURN", "m");
        const bool reached = house.plan.hit();
        CAPTURE(house.plan.where());
        CAPTURE(first);
        const bool disk_failed = house.plan.where() == "syncfs";
        house.plan.fail_nothing();
        if (disk_failed) {  // which file it has lost nobody knows
            CHECK(put(*house.connect(), "/holiday/BURN", "m").find("cut off in the middle: a") !=
                  std::string::npos);
            CHECK(put(*house.connect(), "/holiday/a", "aaa") == "ok");
        }
        const bool was_received = !contains(first, "alice/holiday/BURN");
        if (was_received && !first.starts_with("ok")) CHECK(contains(first, "again"));
        if (!first.starts_with("ok")) CHECK(put(*house.connect(), "/holiday/BURN", "m").starts_with("ok"));
        CHECK(house.rows().size() == 1);
        CHECK(house.text("alice/holiday-queued/a") == "aaa");
        if (!reached) break;
    }
}

TEST_CASE(
    "seal: when only the end of the folder's move can't be noted, that is done once the catalogue is well "
    "again") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    house.plan.fail_next("catalogue end move", 2);
    CHECK(put(*client, "/holiday/BURN", "m") == "ok: holiday is sealed");
    CHECK(house.rows().at(0).folder_next == "holiday-queued");
    SUBCASE("at once") {}
    SUBCASE("at the second time") {
        house.plan.fail_next("catalogue end move");
        house.publish(EventKind::catalogue_error_cleared, "");
        CHECK(house.rows().at(0).folder_next == "holiday-queued");
    }
    house.publish(EventKind::catalogue_error_cleared, "");
    CHECK(house.rows().at(0).folder == "holiday-queued");
    CHECK(house.rows().at(0).folder_next.empty());
    CHECK(house.wakes >= 2);
}

TEST_CASE("seal: a folder that could not be renamed keeps no word of having been queued") {
    UploadHouse house;
    const auto client = house.connect();
    CHECK(put(*client, "/holiday/a", "aaa") == "ok");
    house.plan.fail_next("rename alice/holiday to alice/holiday-queued");
    const std::string answer = put(*client, "/holiday/BURN", "m");
    REQUIRE(house.plan.hit());
    CHECK(contains(answer, "it is not sealed: try again"));
    CHECK(house.names("alice/holiday") == std::vector<std::string>{"BURN", "a"});
}
