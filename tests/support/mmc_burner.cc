// mmc_burner: the test burner from scripts. Each call does one thing to the drive in file DRIVE.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/mmc/test_burner.hpp"

using namespace burnbox::mmc;

namespace {

constexpr const char* kUsage =
    "usage: mmc_burner DRIVE make\n"
    "       mmc_burner DRIVE blank DISC PROFILE [BLOCKS]    make a disc and put it in\n"
    "       mmc_burner DRIVE insert DISC\n"
    "       mmc_burner DRIVE remove | open | power-on | clear-faults | status\n"
    "       mmc_burner DRIVE speed BYTES_PER_SECOND [BUFFER_BYTES]\n"
    "       mmc_burner DRIVE fault KIND [opcode=HEX] [block=N] [skip=N] [times=N] [amount=N] "
    "[sense=K/AA/QQ]\n"
    "       KIND: sense host-error hang gone power-cut pull attention not-ready open-busy flip-bit\n";

int usage() {
    std::fputs(kUsage, stderr);
    return 2;
}

FaultKind kind_of(const std::string& name) {
    const std::pair<const char*, FaultKind> kinds[] = {
        {"sense", FaultKind::sense},         {"host-error", FaultKind::host_error},
        {"hang", FaultKind::hang},           {"gone", FaultKind::gone},
        {"power-cut", FaultKind::power_cut}, {"pull", FaultKind::pull_medium},
        {"attention", FaultKind::attention}, {"not-ready", FaultKind::not_ready},
        {"open-busy", FaultKind::open_busy}, {"flip-bit", FaultKind::flip_bit}};
    for (const auto& [text, kind] : kinds)
        if (name == text) return kind;
    return FaultKind::none;
}

Fault fault_of(const std::vector<std::string>& words) {
    Fault fault;
    fault.kind = kind_of(words[0]);
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos) continue;
        const std::string key = word.substr(0, equals);
        const char* value = word.c_str() + equals + 1;
        if (key == "opcode") fault.opcode = static_cast<int>(std::strtol(value, nullptr, 16));
        if (key == "block") fault.block = std::atoi(value);
        if (key == "skip") fault.skip = static_cast<std::uint32_t>(std::atoi(value));
        if (key == "times") fault.times = static_cast<std::uint32_t>(std::atoi(value));
        if (key == "amount") fault.amount = std::atoi(value);
        unsigned sense_key = 0, asc = 0, ascq = 0;
        if (key == "sense" && std::sscanf(value, "%x/%x/%x", &sense_key, &asc, &ascq) == 3)
            fault.sense = {static_cast<std::uint8_t>(sense_key), static_cast<std::uint8_t>(asc),
                           static_cast<std::uint8_t>(ascq)};
    }
    return fault;
}

void print_status(const TestBurner& burner) {
    const DriveState state = burner.state();
    std::printf("disc=%s tray_open=%d commands=%llu underruns=%llu least_filled=%lld\n", state.disc.data(),
                state.tray_open, static_cast<unsigned long long>(state.commands),
                static_cast<unsigned long long>(state.buffer.underruns),
                static_cast<long long>(state.buffer.least_filled_bytes));
    if (state.disc[0] == '\0') return;
    const DiscState disc = burner.disc();
    std::printf("profile=%s sessions=%d finalised=%d open_session=%d\n",
                std::string(disc.kind().name).c_str(), disc.sessions_closed, disc.finalised,
                disc.session_begun());
}

int run(TestBurner& burner, const std::string& verb, const std::vector<std::string>& words) {
    if (verb == "make") return 0;
    if (verb == "blank" && words.size() == 2) return burner.insert_blank(words[0], words[1]), 0;
    if (verb == "blank" && words.size() == 3) {
        make_disc(words[0], words[1], std::atoi(words[2].c_str()));
        return burner.insert(words[0]), 0;
    }
    if (verb == "insert" && words.size() == 1) return burner.insert(words[0]), 0;
    if (verb == "remove") return burner.remove(), 0;
    if (verb == "open") return burner.open_tray(), 0;
    if (verb == "power-on") return burner.power_on(), 0;
    if (verb == "clear-faults") return burner.clear_faults(), 0;
    if (verb == "status") return print_status(burner), 0;
    if (verb == "speed" && words.size() == 1) return burner.set_speed(std::atoll(words[0].c_str())), 0;
    if (verb == "speed" && words.size() == 2)
        return burner.set_speed(std::atoll(words[0].c_str()), std::atoll(words[1].c_str())), 0;
    if (verb == "fault" && !words.empty() && kind_of(words[0]) != FaultKind::none)
        return burner.add(fault_of(words)), 0;
    return usage();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return usage();
    TestBurner burner(argv[1]);
    return run(burner, argv[2], std::vector<std::string>(argv + 3, argv + argc));
}
