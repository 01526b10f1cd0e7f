// Faults of emulated discs and of the workers that write them.
#pragma once

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <filesystem>
#include <fstream>

#include "burner/media/iso_head.hpp"
#include "burner/media/medium_profile.hpp"
#include "burner/rules/failure_rules.hpp"
#include "burner/worker/worker_drive.hpp"
#include "common/base/digest.hpp"
#include "common/base/unique_fd.hpp"
#include "tests/contract/drive_rig.hpp"

namespace burnbox::test {

inline constexpr std::uint64_t kLongWrite = 256ULL << 20U;

inline std::string read_bytes(const std::string& path, std::uint64_t offset, std::uint64_t count) {
    std::ifstream in(path, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(offset));
    std::string bytes(count, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

inline void overwrite(const std::string& path, std::uint64_t offset, const std::string& bytes) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(offset));
    file << bytes;
}

// The worker is killed while it writes. Returns where the disc session began.
inline std::uint32_t die_in_mid_write(WorkerDriveRig& rig, const BurnJob& job) {
    TestObserver observer;
    unsigned killed = 0;
    observer.on_progress = [&](const Progress& progress) {
        if (!observer.plans.empty() && progress.done_bytes > 0) killed += rig.kill_workers();
    };
    const auto written = rig.drive().burn(job, observer);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::io);
    CHECK(written.error().message.find("signal 9") != std::string::npos);
    REQUIRE(killed > 0);
    rig.restart();
    REQUIRE(rig.drive().load({DriveRig::kLabel}));
    return observer.plans.at(0).start_lba;
}

inline Drive::Outcome adjudicate(WorkerDriveRig& rig, const BurnJob& job, std::uint32_t start_lba) {
    auto outcome = rig.drive().adjudicate(job, job.disc.sessions_used + 1, start_lba);
    if (!outcome) FAIL(outcome.error().message);
    return *outcome;
}

inline Error burn_error(WorkerDriveRig& rig, const BurnJob& job) {
    TestObserver observer;
    auto written = rig.drive().burn(job, observer);
    REQUIRE_FALSE(written);
    return written.error();
}

}  // namespace burnbox::test
