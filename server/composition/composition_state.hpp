// The parts of a Composition and what makes and ends them. Only the files of composition.hpp include it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "burner/jobs/burner.hpp"
#include "common/base/thread_pool.hpp"
#include "common/events/away_folders.hpp"
#include "common/events/events.hpp"
#include "common/events/hooks.hpp"
#include "common/events/signal_folder.hpp"
#include "server/composition/channel_services.hpp"
#include "server/composition/composition.hpp"
#include "server/composition/seal_gate.hpp"
#include "server/composition/stores.hpp"
#include "server/control/control_server.hpp"
#include "server/net/server.hpp"
#include "server/operations/live_operations.hpp"
#include "server/places/resource_watch.hpp"
#include "server/skim/skims.hpp"
#include "server/upload/client.hpp"
#include "server/watch/watches.hpp"

namespace burnbox {

inline constexpr std::chrono::minutes kChangerLimit{5};  // an arm that looks for its slot first takes a while

// How long a drain waits for what may hang with a file system. A seal or an answer that took longer is found
// again by the next start; a drive that does not write may wait for its changer.
inline constexpr std::chrono::minutes kPatience{1};
inline constexpr std::chrono::minutes kDrivesPatience = kChangerLimit + kPatience;

// Members stand in the order in which they are made; stop() ends them in the other.
struct Composition::State {
    State(const CurrentConfig& configuration, Reload& reloading)
        : current(configuration), reload(reloading) {}
    ~State() { stop(); }

    const CurrentConfig& current;
    Reload& reload;
    std::unique_ptr<Stores> stores;
    CatalogueAge catalogue_age = CatalogueAge::current;
    std::unique_ptr<FileSystem> signals_fs;
    Events events;
    AwayFolders away{events, system_clock()};
    std::unique_ptr<SignalFolder> signals;
    std::unique_ptr<Hooks> hooks;
    std::unique_ptr<ResourceWatch> resources;
    std::optional<ThreadPool> disk_pool;
    std::unique_ptr<ParityProgram> parity;
    std::unique_ptr<Prover> prover;
    std::unique_ptr<Burner> burner;
    std::optional<UploadServices> upload_services;
    std::unique_ptr<Uploads> uploads;
    std::unique_ptr<Watches> watches;
    std::unique_ptr<Skims> skims;
    std::unique_ptr<LiveOperations> operations;
    std::optional<rsync::Host> rsync;
    std::optional<ChannelParts> channels;
    std::unique_ptr<SshServer> ssh;
    std::unique_ptr<ControlServer> control;
    std::stop_source stopping;  // for what copies folders
    SealGate gate;
    std::atomic<bool> transfers_end{false};  // at once
    std::atomic<bool> pool_over{false};
    mutable std::mutex step_mutex;  // guards step
    DrainStep step{.number = 0, .waits_for = "what is under way", .patience = kPatience};

    // composition_parts.cpp
    [[nodiscard]] Status make_listeners(Spawner& spawner);
    void make_burner(Spawner& spawner);
    [[nodiscard]] Status make_uploads();
    void make_operations();
    void catalogue_turned_out_older();
    void lose_place(const std::string& path, const Error& error);
    void run_blocking(std::function<void()> job);
    [[nodiscard]] std::vector<std::string> account_names() const;
    [[nodiscard]] Status prepare(const Config& next);
    void follow();

    // composition_end.cpp
    void drain(const std::string& reason, const std::string& remedy);
    [[nodiscard]] DrainStep draining() const;
    [[nodiscard]] std::vector<DriveStatus> writing() const;
    void stop();

  private:
    [[nodiscard]] std::vector<WatchedSpace> watched_spaces() const;
    [[nodiscard]] std::vector<OpenSessionStatus> open_sessions() const;
    void burn(const OpenSessionStatus& open, bool again, Done done);
    void wait_for(std::string what, std::chrono::milliseconds patience);
    void stop_disk_pool();
};

}  // namespace burnbox
