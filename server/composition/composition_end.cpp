// How a serving process ends: what waits for what.
#include <fmt/format.h>

#include "common/base/text.hpp"
#include "server/composition/composition_state.hpp"

namespace burnbox {
namespace {

std::string named(const std::string& folders, const std::string& one) {
    return one.empty() ? folders : fmt::format("{} ({})", folders, escape(one));
}

}  // namespace

void Composition::State::stop_disk_pool() {
    pool_over = true;
    disk_pool->stop();
}

void Composition::State::wait_for(std::string what, std::chrono::milliseconds patience) {
    const std::lock_guard lock(step_mutex);
    step = {.number = step.number + 1, .waits_for = std::move(what), .patience = patience};
}

// Folders that others fill come last: they may be on a file system that hangs.
void Composition::State::drain(const std::string& reason, const std::string& remedy) {
    gate.shut(reason + ": " + remedy);
    burner->drain();
    stopping.request_stop();
    operations->drain(reason);
    watches->end();
    skims->end();
    reload.end();
    const ConfigSnapshot config = current.snapshot();
    wait_for("the clients' transfers", config->drain + kPatience);
    ssh->drain(config->drain, [this] { return transfers_end.load(); });
    ssh->stop();
    wait_for("the drives", kDrivesPatience);
    burner->stop();
    stores->let_places_go();
    wait_for("seals", kPatience);
    stop_disk_pool();
    wait_for("commands", kPatience);
    operations->stop();  // who asked for what the drives did has his answer now
    wait_for(named("the watched folders", watches->at_work()), kPatience);
    watches->stop();
    wait_for(named("the skimmed folders", skims->at_work()), kPatience);
    skims->stop();
}

DrainStep Composition::State::draining() const {
    const std::lock_guard lock(step_mutex);
    return step;
}

std::vector<DriveStatus> Composition::State::writing() const {
    std::vector<DriveStatus> busy = burner->drives();
    std::erase_if(busy, [](const DriveStatus& drive) { return drive.state != DriveActivity::burning; });
    return busy;
}

// Clients first, so that nothing new comes; then the burner, which ends what `verify` waits for; then
// what is left to answer; then those who are told.
void Composition::State::stop() {
    reload.end();
    stopping.request_stop();
    if (stores) stores->let_places_go();
    if (control) control->stop();
    if (ssh) ssh->stop();
    if (watches) watches->stop();
    if (skims) skims->stop();
    if (burner) burner->stop();
    if (disk_pool) stop_disk_pool();
    if (operations) operations->stop();
    if (resources) resources->stop();
    if (hooks) hooks->stop();
    if (signals) signals->stop();
}

}  // namespace burnbox
