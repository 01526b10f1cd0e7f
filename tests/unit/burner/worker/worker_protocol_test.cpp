#include "burner/worker/worker_protocol.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

namespace {

template <typename T>
T there_and_back(const T& value) {
    const std::string line = to_line(WorkerLine(value));
    REQUIRE(line.ends_with('\n'));
    REQUIRE(line.find('\n') == line.size() - 1);
    auto parsed = parse_worker_line(line);
    REQUIRE(parsed);
    REQUIRE(std::holds_alternative<T>(*parsed));
    return std::get<T>(*parsed);
}

}  // namespace

TEST_CASE("worker protocol: a job arrives as it was sent") {
    WorkerJob job;
    job.operation = WorkerOperation::adjudicate;
    job.device = {"/srv/discs/BURNBOX_0001.iso", "bd-r"};
    job.burn.disc = {"BURNBOX_0001", "serial", 7, 4096, "digest", "TESTMED/01"};
    job.burn.sessions = {{"/state/seals/1.jsonl", "/inbox/alice/a b-queued"},
                         {"/state/seals/2.jsonl", "/inbox/\xc3\xbc"}};
    job.burn.layout = Layout::root;
    job.burn.modes = ModePolicy::keep;
    job.burn.just_burned = true;
    job.burn.tree = TreeArea{32, 210, Sha256::of("tree")};
    job.burn.close_disc = true;
    job.burn.rollback_file = "/state/rollback/x";
    job.disc_session = 8;
    job.start_lba = 5000;
    const auto line = to_line(job);
    REQUIRE(line);
    const auto parsed = parse_worker_job(*line);
    REQUIRE(parsed);
    CHECK(parsed->operation == job.operation);
    CHECK(parsed->device.path == job.device.path);
    CHECK(parsed->device.medium == "bd-r");
    CHECK(parsed->burn.disc.serial == "serial");
    CHECK(parsed->burn.disc.sessions_used == 7);
    CHECK(parsed->burn.disc.next_lba == 4096);
    CHECK(parsed->burn.disc.head_digest == "digest");
    REQUIRE(parsed->burn.sessions.size() == 2);
    CHECK(parsed->burn.sessions[1].folder == "/inbox/\xc3\xbc");
    CHECK(parsed->burn.layout == Layout::root);
    CHECK(parsed->burn.modes == ModePolicy::keep);
    CHECK(parsed->burn.just_burned);
    CHECK(parsed->burn.tree == job.burn.tree);
    CHECK(parsed->burn.close_disc);
    CHECK(parsed->burn.rollback_file == "/state/rollback/x");
    CHECK(parsed->disc_session == 8);
    CHECK(parsed->start_lba == 5000);
}

TEST_CASE("worker protocol: every operation arrives") {
    using enum WorkerOperation;
    for (const WorkerOperation operation :
         {inspect, burn, verify, adjudicate, look, eject, load, prove, contents}) {
        CAPTURE(to_string(operation));
        const auto parsed = parse_worker_job(to_line(WorkerJob{operation, {}, {}, 0, 0}).value());
        REQUIRE(parsed);
        CHECK(parsed->operation == operation);
    }
}

TEST_CASE("worker protocol: what a disc holds arrives as it was sent") {
    const std::vector<FoundDiscSession> found = {{.number = 2,
                                                  .start_lba = 4096,
                                                  .blocks = 77,
                                                  .sessions = {{.account = "alice",
                                                                .disc_name = "holiday",
                                                                .seal_record = "{\"burnbox_seal\":1}\n",
                                                                .parity_record = "{}\n",
                                                                .unclear = "it is no bag"}},
                                                  .unexplained = {"stray.txt"}},
                                                 {.number = 3}};
    const auto back = there_and_back(found);
    REQUIRE(back.size() == 2);
    CHECK(back[0].number == 2);
    CHECK(back[0].start_lba == 4096);
    CHECK(back[0].blocks == 77);
    CHECK(back[0].unexplained == found[0].unexplained);
    REQUIRE(back[0].sessions.size() == 1);
    CHECK(back[0].sessions[0].account == "alice");
    CHECK(back[0].sessions[0].disc_name == "holiday");
    CHECK(back[0].sessions[0].seal_record == found[0].sessions[0].seal_record);
    CHECK(back[0].sessions[0].parity_record == "{}\n");
    CHECK(back[0].sessions[0].unclear == "it is no bag");
    CHECK(back[1].sessions.empty());
    CHECK(there_and_back(Drive::Outcome::holds_more) == Drive::Outcome::holds_more);
}

TEST_CASE("worker protocol: a path that is no UTF-8 is an error, not a crash") {
    WorkerJob job;
    job.device.path = "/srv/\xff";
    CHECK_FALSE(to_line(job));
}

TEST_CASE("worker protocol: answers arrive as they were sent") {
    const BurnPlan plan = there_and_back(BurnPlan{3, 4096, 77, {4096, 12, Sha256::of("tree")}});
    CHECK(plan.disc_session == 3);
    CHECK(plan.start_lba == 4096);
    CHECK(plan.blocks == 77);
    CHECK(there_and_back(Progress{5, 1ULL << 40U}).total_bytes == 1ULL << 40U);
    CHECK(plan.tree == TreeArea{4096, 12, Sha256::of("tree")});
    const Error error = there_and_back(Error{Errc::does_not_fit, 28, "two\nlines", Origin::session});
    CHECK(error.origin == Origin::session);
    CHECK(error.code == Errc::does_not_fit);
    CHECK(error.sys_errno == 28);
    CHECK(error.message == "two\nlines");
    CHECK(there_and_back(Drive::Outcome::damaged) == Drive::Outcome::damaged);
    CHECK(there_and_back(Written{1, 2, "note"}).messages == "note");
    Medium medium;
    medium.state = MediumState::foreign;
    medium.reason = "why";
    medium.readable = true;
    medium.free_bytes = 1ULL << 35U;
    CHECK(there_and_back(medium).state == MediumState::foreign);
    CHECK(there_and_back(medium).readable);
    CHECK(there_and_back(medium).free_bytes == 1ULL << 35U);
    const Proof proof{{{"a/\xff\n", "its link target differs"}, {"", "two\nlines"}}};
    CHECK(there_and_back(proof).findings == proof.findings);
    VerifyReport report;
    report.files = {{"a/b", 5}, {"\xff", 6}};
    report.mismatches = {"one"};
    const VerifyReport back = there_and_back(report);
    REQUIRE(back.files.size() == 2);
    CHECK(back.files[0].path == "a/b");
    CHECK(back.files[1].lba == 6);
    CHECK(back.mismatches == report.mismatches);
}

TEST_CASE("worker protocol: nonsense is an error") {
    for (const char* line : {"", "{", "[]", "{}", "7", "{\"plan\":{}}", "{\"outcome\":9}",
                             "{\"error\":{\"code\":99}}", "{\"what\":1}", "{\"plan\":1,\"progress\":2}"}) {
        CHECK_FALSE(parse_worker_line(line));
        CHECK_FALSE(parse_worker_job(line));
    }
}
