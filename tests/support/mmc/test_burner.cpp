#include "tests/support/mmc/test_burner.hpp"

#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace burnbox::mmc {
namespace {

UniqueFd open_drive(const std::string& path) {
    if (!std::filesystem::exists(path)) DriveFile::create(path);
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd || !has_magic(fd.get(), kDriveMagic)) {
        std::fprintf(stderr, "%s is no test drive\n", path.c_str());
        std::abort();
    }
    return fd;
}

DiscFile open_disc(const DriveState& drive) {
    auto disc = DiscFile::open(drive.disc.data());
    if (!disc) {
        std::fprintf(stderr, "no test disc is in: '%s'\n", drive.disc.data());
        std::abort();
    }
    return std::move(*disc);
}

}  // namespace

void make_disc(const std::string& path, std::string_view profile, std::int32_t capacity_blocks) {
    const Profile* found = find_profile(profile);
    if (found == nullptr) {
        std::fprintf(stderr, "unknown profile\n");
        std::abort();
    }
    DiscState disc = blank_disc(*found);
    if (capacity_blocks != 0) disc.capacity = capacity_blocks;
    DiscFile::create(path, disc);
}

TestBurner::TestBurner(const std::string& path) : path_(path), file_(open_drive(path).get()) {}

void TestBurner::insert(const std::string& disc) {
    file_.change([&](DriveState& state) {
        set_path(state.disc, std::filesystem::absolute(disc).string());
        state.put_in(true);
    });
}

void TestBurner::insert_blank(const std::string& disc, std::string_view profile) {
    make_disc(disc, profile);
    insert(disc);
}

void TestBurner::remove() {
    file_.change([](DriveState& state) {
        state.disc = {};
        state.put_in(false);
    });
}

void TestBurner::open_tray() {
    file_.change([](DriveState& state) { state.tray_open = true; });
}

void TestBurner::set_other_disc(const std::string& disc) {
    file_.change([&](DriveState& state) { set_path(state.other_disc, disc); });
}

void TestBurner::add(const Fault& fault) {
    file_.change([&](DriveState& state) {
        for (Fault& place : state.faults) {
            if (place.kind != FaultKind::none && place.times > 0) continue;
            place = fault;
            return;
        }
        std::abort();  // no room: a test sets a few
    });
}

void TestBurner::clear_faults() {
    file_.change([](DriveState& state) { state.faults = {}; });
}

void TestBurner::set_speed(std::int64_t bytes_per_second, std::int64_t buffer_bytes) {
    file_.change([&](DriveState& state) {
        state.buffer = {};
        state.buffer.speed_bytes = bytes_per_second;
        state.buffer.capacity_bytes = buffer_bytes;
    });
}

void TestBurner::power_on() {
    file_.change([](DriveState& state) {
        state.gone = false;
        state.power_cuts = 0;
    });
}

DiscState TestBurner::disc() const {
    return open_disc(state()).load();
}

void TestBurner::change_disc(const std::function<void(DiscState&)>& change) {
    DiscFile file = open_disc(state());
    DiscState disc = file.load();
    change(disc);
    file.store(disc);
}

void TestBurner::scribble(std::int32_t lba, std::string_view bytes) {
    open_disc(state()).write(lba, std::as_bytes(std::span(bytes)));
}

std::vector<std::string> TestBurner::log() const {
    std::ifstream file(path_ + ".log");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

void TestBurner::clear_log() {
    std::filesystem::remove(path_ + ".log");
}

}  // namespace burnbox::mmc
