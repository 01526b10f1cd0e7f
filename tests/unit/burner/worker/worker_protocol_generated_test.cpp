// What server and worker say to each other arrives as it was said, with generated values.
#include <doctest/doctest.h>

#include "burner/worker/worker_protocol.hpp"
#include "tests/support/generated.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

constexpr std::uint64_t kSeeds = 300;

TreeArea tree_of(Generated& any) {
    return {any.number32(), any.number32(), any.digest()};
}

WorkerJob job_of(Generated& any) {
    WorkerJob job;
    job.operation = static_cast<WorkerOperation>(any.number(7));
    job.device = {"/" + any.path(), any.coin() ? "" : "dvd+r", any.coin(),
                  static_cast<double>(any.number(16)) / 2};
    job.burn.disc = {any.name(),     any.name(), static_cast<unsigned>(any.number(300)),
                     any.number32(), any.name(), any.name()};
    for (std::uint64_t left = any.number(5); left > 0; --left)
        job.burn.sessions.push_back(
            {"/" + any.path(), "/" + any.path(), any.coin() ? "" : any.path(), any.path()});
    job.burn.layout = static_cast<Layout>(any.number(2));
    job.burn.modes = static_cast<ModePolicy>(any.number(1));
    job.burn.just_burned = any.coin(), job.burn.close_disc = any.coin();
    if (any.coin()) job.burn.tree = tree_of(any);
    job.burn.close_below_bytes = any.size();
    job.burn.rollback_file = any.path();
    job.disc_session = any.number32(), job.start_lba = any.number32();
    return job;
}

template <typename T>
T there_and_back(const T& value) {
    const std::string line = to_line(WorkerLine(value));
    REQUIRE(line.find('\n') == line.size() - 1);
    auto parsed = parse_worker_line(line);
    if (!parsed) FAIL(parsed.error().message);
    REQUIRE(std::holds_alternative<T>(*parsed));
    return std::get<T>(*parsed);
}

}  // namespace

TEST_CASE("worker protocol: any job arrives as it was sent") {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        CAPTURE(seed);
        Generated any(seed);
        const WorkerJob job = job_of(any);
        const auto line = to_line(job);
        REQUIRE(line);
        REQUIRE(line->find('\n') == line->size() - 1);
        const auto read = parse_worker_job(*line);
        if (!read) FAIL(read.error().message);
        CHECK(read->operation == job.operation);
        CHECK(read->device.path == job.device.path);
        CHECK(read->device.medium == job.device.medium);
        CHECK(read->device.write_once_only == job.device.write_once_only);
        CHECK(read->device.speed == job.device.speed);
        CHECK(to_line(*read).value() == *line);  // what is not named here
    }
}

TEST_CASE("worker protocol: any answer arrives as it was sent") {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        CAPTURE(seed);
        Generated any(seed);
        const BurnPlan plan{any.number32(), any.number32(), any.number32(), tree_of(any)};
        const BurnPlan read_plan = there_and_back(plan);
        CHECK(read_plan.disc_session == plan.disc_session);
        CHECK(read_plan.start_lba == plan.start_lba);
        CHECK(read_plan.blocks == plan.blocks);
        CHECK(read_plan.tree == plan.tree);
        Proof proof;
        for (std::uint64_t left = any.number(5); left > 0; --left)
            proof.findings.push_back({any.bytes(), any.name()});
        CHECK(there_and_back(proof).findings == proof.findings);
        const Error error{static_cast<Errc>(any.number(static_cast<std::uint64_t>(Errc::io))), 5, any.name()};
        CHECK(there_and_back(error).code == error.code);
        CHECK(there_and_back(error).message == error.message);
        const Written written{any.number32(), any.number32(), any.name()};
        CHECK(there_and_back(written).messages == written.messages);
        CHECK(there_and_back(written).blocks == written.blocks);
        const Progress progress{any.size(), any.size()};
        CHECK(there_and_back(progress).done_bytes == progress.done_bytes);
        CHECK(there_and_back(progress).total_bytes == progress.total_bytes);
        VerifyReport report;
        report.files_checked = any.size(), report.bytes_checked = any.size();
        for (std::uint64_t left = any.number(5); left > 0; --left)
            report.files.push_back({any.path(), any.number32()});
        for (std::uint64_t left = any.number(3); left > 0; --left) report.mismatches.push_back(any.name());
        report.layout = static_cast<Layout>(any.number(2));
        const VerifyReport read_report = there_and_back(report);
        CHECK(read_report.bytes_checked == report.bytes_checked);
        CHECK(read_report.mismatches == report.mismatches);
        CHECK(read_report.layout == report.layout);
        REQUIRE(read_report.files.size() == report.files.size());
        for (std::size_t i = 0; i < report.files.size(); ++i) {
            CHECK(read_report.files[i].path == report.files[i].path);
            CHECK(read_report.files[i].lba == report.files[i].lba);
        }
    }
}
