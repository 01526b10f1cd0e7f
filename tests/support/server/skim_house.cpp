#include "tests/support/server/skim_house.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/server/quiet_services.hpp"

namespace burnbox::test {
namespace {

namespace fs = std::filesystem;

std::string read_all(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

SkimHouse::SkimHouse() {
    config.from = temp / "data";
    config.account = "alice";
    config.min_age = std::chrono::milliseconds(0);
    fs::create_directory(config.from);
    begin();
}

void SkimHouse::begin() {
    // Its own clock; the rest is the house's.
    const UploadServices given = house.services();
    SharedServices shared =
        quiet_services(given.config, clock, given.catalogue, given.state_fs, given.events);
    shared.run_blocking = given.run_blocking;
    shared.check_fits = given.check_fits;
    shared.prove = given.prove;
    shared.wake_burner = given.wake_burner;
    services_.emplace(UploadServices{std::move(shared), given.inbox});
    store_.emplace(services_->state_fs, config.account, config.from);
}

void SkimHouse::put(const std::string& path, const std::string& content) {
    fs::create_directories(fs::path(at(path)).parent_path());
    std::ofstream(at(path), std::ios::binary) << content;
    last_change_ = system_clock().now();
}

void SkimHouse::remove(const std::string& path) {
    fs::remove_all(at(path));
}

void SkimHouse::rename(const std::string& from, const std::string& to) {
    fs::create_directories(fs::path(at(to)).parent_path());
    fs::rename(at(from), at(to));
    last_change_ = system_clock().now();
}

void SkimHouse::let_times_pass() const {
    constexpr std::chrono::milliseconds kTick{20};  // the kernel's clock for files has ticks of 10 ms at most
    while (system_clock().now() - last_change_ < kTick) std::this_thread::yield();
}

Status SkimHouse::run() {
    report = {};
    return skim::SkimRun(config, *house.uploads, *services_, *store_, {}).run(report);
}

void SkimHouse::run_well() {
    const Status done = run();
    REQUIRE_MESSAGE(done.has_value(), shown(done));
    REQUIRE_MESSAGE(report.problems.empty(), report.problems.front());
}

void SkimHouse::crash() {
    house.power_cut();
    begin();
    const Status settled = store_->merge_taken(services_->catalogue);
    REQUIRE_MESSAGE(settled.has_value(), shown(settled));
}

std::vector<SealedSession> SkimHouse::sessions() {
    std::vector<SealedSession> all;
    for (const SessionRow& row : house.rows()) {
        const auto text = read_file(house.state_fs, "seals/" + row.seal_id + ".jsonl", 1U << 30U);
        REQUIRE(text);
        auto sealed = parse_seal_record(*text);
        REQUIRE(sealed);
        for (const ManifestEntry& entry : sealed->manifest.entries)
            if (entry.type == FileType::file)
                CHECK(Sha256::of(house.text("alice/" + row.folder + "/" + entry.path)) == entry.sha256);
        all.push_back(std::move(*sealed));
    }
    return all;
}

SkimHouse::Files SkimHouse::replayed() {
    Files files;
    const auto rows = house.rows();
    const auto all = sessions();
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const std::string& path : all[i].removed) files.erase(path);
        for (const ManifestEntry& entry : all[i].manifest.entries)
            if (entry.type == FileType::file)
                files[entry.path.substr(5)] =  // without "data/"
                    house.text("alice/" + rows[i].folder + "/" + entry.path);
    }
    return files;
}

SkimHouse::Files SkimHouse::tree() const {
    Files files;
    for (const auto& entry : fs::recursive_directory_iterator(config.from))
        if (entry.is_regular_file())
            files[entry.path().lexically_relative(config.from).string()] = read_all(entry.path());
    return files;
}

unsigned SkimHouse::most_often_taken() {
    std::map<std::string, unsigned> counts;
    unsigned most = 0;
    for (const SealedSession& session : sessions())
        for (const ManifestEntry& entry : session.manifest.entries)
            if (entry.type == FileType::file)
                most = std::max(most, ++counts[entry.path + "\n" + entry.sha256.hex()]);
    return most;
}

}  // namespace burnbox::test
