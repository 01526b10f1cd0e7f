// Everything a burner consists of, and who uses which drive: its own thread, or a visitor. Only the files of
// burner.hpp include it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "burner/discs/folder_watch.hpp"
#include "burner/finish/release.hpp"
#include "burner/jobs/burner.hpp"
#include "burner/jobs/drive_loop.hpp"
#include "burner/prepare/parity_loop.hpp"
#include "burner/prepare/splitter.hpp"

namespace burnbox {

struct Burner::State {
    BurnerServices services;
    Schedule schedule;
    Conditions conditions;
    DiscTrees trees{services.catalogue};
    DiscPlaces places;
    FolderWatch folder_watch{services, places};
    Splitter splitter{services, schedule};
    ParityLoop parity{services, schedule};
    PayloadRelease release{services};
    std::vector<std::unique_ptr<DriveLoop>> loops;
    std::vector<std::jthread> threads;
    std::mutex running_mutex;
    std::condition_variable running_changed;
    std::size_t running = 0;  // threads, and visitors
    class Visitor;

    explicit State(const BurnerServices& given) : services(given), conditions(given.events, given.clock) {
        if (given.catalogue_age != CatalogueAge::current) schedule.set_catalogue_older();
    }

    // What is burned lets go of its space when the drive has nothing else to do.
    Result<bool> step(DriveLoop& loop) {
        auto did = loop.run_once();
        if (did && *did) release.look_again(loop.drive().name());
        if (did && !*did) did = release.run_when_due(loop.drive().name(), loop.discs_for_release());
        return did;
    }
    void work(DriveLoop& loop);
    [[nodiscard]] Result<bool> prepare_step();
    void note_promised();
    bool promised_noted = false;
    std::vector<SessionId> forgotten{};  // whose STATUS.txt says why they waited in a former run
    void prepare();
    void watch_folders();
    void look_at_shelves();
    void began();
    void ended();
    [[nodiscard]] std::chrono::nanoseconds pause(const DriveLoop& loop) const;
    [[nodiscard]] Result<std::string> vouch_for(DriveLoop& loop);
    [[nodiscard]] Result<VerifyReport> read_back(const DiscRow& disc, const DiscSessionRow& copy,
                                                 BurnObserver& observer);
    [[nodiscard]] Result<VerifyReport> read_image_back(const DiscRow& disc, const DiscSessionRow& copy,
                                                       BurnObserver& observer);
    [[nodiscard]] std::vector<DriveLoop*> who_may_have(const DiscRow& disc);
    [[nodiscard]] DriveLoop* find(const std::string& drive);
    template <typename Use>
    auto visit(DriveLoop& loop, Use use) -> decltype(use());
};

// Somebody else than its own thread uses the drive: once that lets go of it, and before its next step. Its
// thread waits for him, so he is gone even when what he does throws.
class Burner::State::Visitor {
  public:
    Visitor(State& state, DriveLoop& loop) : state_(state), loop_(loop) {
        ++loop_.visitors;
        state_.began();
    }
    ~Visitor() {
        --loop_.visitors;
        loop_.wake();
        state_.schedule.changed();
        state_.ended();
    }
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;

  private:
    State& state_;
    DriveLoop& loop_;
};

template <typename Use>
auto Burner::State::visit(DriveLoop& loop, Use use) -> decltype(use()) {
    const Visitor visitor(*this, loop);
    const std::lock_guard lock(loop.working);
    if (schedule.stopping) return fail(Errc::cancelled, "burnbox is stopping");
    const Schedule::Busy busy(schedule, loop.drive().name());
    return use();
}

}  // namespace burnbox
