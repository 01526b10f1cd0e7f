#include "server/composition/composition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <stop_token>

#include "burner/jobs/burner.hpp"
#include "burner/parity/par2.hpp"
#include "burner/worker/worker.hpp"
#include "common/base/log.hpp"
#include "common/base/parts.hpp"
#include "common/base/text.hpp"
#include "common/base/thread_pool.hpp"
#include "common/events/away_folders.hpp"
#include "common/events/events.hpp"
#include "common/events/hooks.hpp"
#include "common/events/signal_folder.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/marks/older_catalogue.hpp"
#include "common/process/run_program.hpp"
#include "common/storage/posix_file_system.hpp"
#include "server/composition/channel_services.hpp"
#include "server/composition/seal_gate.hpp"
#include "server/composition/stores.hpp"
#include "server/control/control_server.hpp"
#include "server/net/server.hpp"
#include "server/operations/live_operations.hpp"
#include "server/places/account_keys.hpp"
#include "server/places/locations.hpp"
#include "server/places/resource_watch.hpp"
#include "server/places/state_folders.hpp"
#include "server/skim/skims.hpp"
#include "server/startup/record_again.hpp"
#include "server/upload/client.hpp"
#include "server/watch/watches.hpp"

namespace burnbox {
namespace {

constexpr unsigned kDiskThreads = 4;
constexpr std::chrono::minutes kChangerLimit{5};  // an arm that looks for its slot first takes a while

// How long a drain waits for what may hang with a file system. A seal or an answer that took longer is found
// again by the next start; a drive that does not write may wait for its changer.
constexpr std::chrono::minutes kPatience{1};
constexpr std::chrono::minutes kDrivesPatience = kChangerLimit + kPatience;

}  // namespace

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

    // An image_dir came that knows of more.
    void catalogue_turned_out_older() {
        resources->catalogue_is_older(age_text(CatalogueAge::older));
        if (burner) burner->catalogue_is_older();
    }

    void lose_place(const std::string& path, const Error& error) {
        if (error.origin == Origin::state_folder)
            away.tell(path, error.message +
                                ". burnbox ends, with exit code 1: mount it, and the service manager "
                                "starts burnbox anew; without one, start it yourself");
        else
            resources->catalogue_lost(error);
        part_failed("storage", error.message);
    }

    // Who is told of events, before anybody publishes any.
    Status make_listeners(Spawner& spawner) {
        const ConfigSnapshot config = current.snapshot();
        BB_TRY(signals_fs, open_posix_file_system(config->signals_dir));
        signals = std::make_unique<SignalFolder>(*signals_fs, events);
        hooks = std::make_unique<Hooks>(config->hooks, events, spawner);
        resources = std::make_unique<ResourceWatch>(
            watched_spaces(), stores->catalogue(), events, system_clock(),
            [this](const std::string& folder, const std::string& why) { away.tell(folder, why); });
        return {};
    }

    // An account's folder may be the top of a disk of its own, which may be mounted later.
    [[nodiscard]] std::vector<WatchedSpace> watched_spaces() const {
        std::vector<WatchedSpace> spaces{{"inbox_dir", stores->inbox_fs()},
                                         {"state_dir", stores->state_fs()}};
        for (const std::string& account : account_names())
            spaces.push_back({"account " + account, stores->inbox_fs(), account});
        return spaces;
    }

    // Once the pool ends a job is its asker's own, who has an answer by that: the gate is shut.
    void run_blocking(std::function<void()> job) {
        if (pool_over) return job();
        (void)disk_pool->post(std::move(job));
    }

    void stop_disk_pool() {
        pool_over = true;
        disk_pool->stop();
    }

    static auto changer(Spawner& spawner) {
        return [&spawner](const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                          const std::atomic<bool>& cut_off) {
            return run_program(spawner, argv, environment, kChangerLimit, [&] { return cut_off.load(); });
        };
    }

    void make_burner(Spawner& spawner) {
        const ConfigSnapshot config = current.snapshot();
        std::vector<std::unique_ptr<Drive>> drives;
        const DrivePolicy policy{
            config->burn.write_once_only, config->burn.speed,
            [this](const std::string& folder) { return stores->check_image_dir(folder); }};
        for (const auto& [name, drive] : config->drives)
            drives.push_back(make_worker_drive(drive, spawner, "/proc/self/exe", policy));
        parity = make_par2(spawner);
        prover = make_worker_prover(spawner, "/proc/self/exe");
        burner = std::make_unique<Burner>(
            BurnerServices{.config = current,
                           .clock = system_clock(),
                           .catalogue = stores->catalogue(),
                           .inbox = stores->inbox(),
                           .state_fs = stores->state_fs(),
                           .events = events,
                           .parity = *parity,
                           .prover = *prover,
                           .run_changer = changer(spawner),
                           .note_generation = [this] { return stores->note_generation(); },
                           .catalogue_age = catalogue_age,
                           .folder_is_away = [this](const std::string& path,
                                                    const std::string& why) { away.tell(path, why); }},
            std::move(drives));
        if (stores->turned_out_older()) burner->catalogue_is_older();
    }

    // Uploads and burner know of each other by these functions only.
    Status make_uploads() {
        disk_pool.emplace(kDiskThreads);
        SharedServices shared{
            .config = current,
            .clock = system_clock(),
            .catalogue = stores->catalogue(),
            .state_fs = stores->state_fs(),
            .events = events,
            // What waits here is bounded by the handles and connections of `limits:`.
            .run_blocking = [this](std::function<void()> job) { run_blocking(std::move(job)); },
            .check_fits = [this](const std::string& pool,
                                 const Manifest& manifest) { return burner->check_fits(pool, manifest); },
            .prove = [this](const std::string& seal_id) { return burner->prove(seal_id); },
            .wake_burner = [this] { burner->wake(); },
            .disc_room = [this](const std::string& pool) -> Result<std::optional<DiscRoom>> {
                BB_TRY(const auto room, burner->room(pool));
                if (!room) return std::nullopt;
                return DiscRoom{room->total_bytes, room->free_bytes};
            },
            .boot_id = read_boot_id(),
            .may_seal = [this] { return gate.check(); },
            .check_storage = [this] { return stores->check_places(); },
            .check_mount = [this](
                               FolderKind kind,
                               const std::string& path) { return stores->folders().check_mount(kind, path); },
            .folder_is_away = [this](const std::string& path,
                                     const std::string& why) { away.tell(path, why); },
            .catalogue_age = catalogue_age};
        upload_services.emplace(UploadServices{std::move(shared), stores->inbox()});
        uploads = std::make_unique<Uploads>(*upload_services);
        BB_TRY(watches, Watches::open(*upload_services));
        skims = std::make_unique<Skims>(*uploads, *upload_services);
        return {};
    }

    // Of the inboxes, then of the watched folders.
    [[nodiscard]] std::vector<OpenSessionStatus> open_sessions() const {
        auto all = uploads->open_sessions();
        for (OpenSessionStatus& open : watches->open_sessions()) all.push_back(std::move(open));
        return all;
    }

    void burn(const OpenSessionStatus& open, bool again, Done done) {
        if (!open.watched_folder.empty())
            return watches->burn(open.watched_folder, open.name, again, std::move(done));
        uploads->burn(open.account, open.name, again, std::move(done));
    }

    void make_operations() {
        operations = std::make_unique<LiveOperations>(OperationServices{
            .catalogue = stores->catalogue(),
            .inbox = stores->inbox(),
            .events = events,
            .open_sessions = [this] { return open_sessions(); },
            .burn = [this](const OpenSessionStatus& open, bool again,
                           Done done) { burn(open, again, std::move(done)); },
            .cancel = [this](const std::string& account, const std::string& session,
                             Done done) { uploads->cancel(account, session, std::move(done)); },
            .drives = [this] { return burner->drives(); },
            .verify = [this](const DiscSessionRow& copy,
                             BurnObserver& observer) { return burner->verify(copy, observer); },
            .wake_burner = [this] { burner->wake(); },
            .import_folder =
                [this](const intake::ImportOrder& order) {
                    return intake::import_folder(*uploads, *upload_services, order, stopping.get_token());
                },
            .skim_once = [this] { return skims->run_once(); },
            .accounts = [this] { return account_names(); },
            .find_folder = [this](const SessionRow& row) -> Status {
                BB_TRY(const std::string folder,
                       find_lost_folder(stores->inbox(), stores->catalogue(), stores->state_fs(), row));
                return {};
            },
            .keep_record =
                [this](const SessionRow& row) {
                    return upload::seal_what_is_there(stores->inbox(), stores->catalogue(),
                                                      stores->state_fs(), row, stopping.get_token());
                },
            .burn_now = [this](SessionId session) { burner->burn_now(session); },
            .by_hand = [this](Burner::ByHand what,
                              const std::string& drive) { return burner->by_hand(what, drive); },
            .settle = [this](SessionId session,
                             const std::string& pool) { return burner->settle(session, pool); },
            .folders_away = [this] { return away.list(); },
            .keys_wrong =
                [this] {
                    const ConfigSnapshot config = current.snapshot();
                    return keys_wrong(*config);
                },
            .reload = [this]() -> Result<std::string> {
                BB_TRY(const Reload::Report report, reload.run());
                return to_text(report);
            }});
    }

    [[nodiscard]] std::vector<std::string> account_names() const {
        std::vector<std::string> names;
        const ConfigSnapshot config = current.snapshot();
        for (const auto& [name, account] : config->accounts) names.push_back(name);
        return names;
    }

    // What comes with another configuration; before anybody is told of it.
    Status prepare(const Config& next) {
        for (const auto& [name, account] : next.accounts) BB_CHECK(uploads->add_account(name));
        return {};
    }

    void follow() {
        ssh->config_changed();
        burner->wake();
    }

    static std::string named(const std::string& folders, const std::string& one) {
        return one.empty() ? folders : fmt::format("{} ({})", folders, escape(one));
    }

    void wait_for(std::string what, std::chrono::milliseconds patience) {
        const std::lock_guard lock(step_mutex);
        step = {.number = step.number + 1, .waits_for = std::move(what), .patience = patience};
    }

    // Folders that others fill come last: they may be on a file system that hangs.
    void drain(const std::string& reason, const std::string& remedy) {
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

    [[nodiscard]] DrainStep draining() const {
        const std::lock_guard lock(step_mutex);
        return step;
    }

    [[nodiscard]] std::vector<DriveStatus> writing() const {
        std::vector<DriveStatus> busy = burner->drives();
        std::erase_if(busy, [](const DriveStatus& drive) { return drive.state != DriveActivity::burning; });
        return busy;
    }

    // Clients first, so that nothing new comes; then the burner, which ends what `verify` waits for; then
    // what is left to answer; then those who are told.
    void stop() {
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
};

Composition::Composition(std::unique_ptr<State> state) : state_(std::move(state)) {}
Composition::~Composition() = default;

Result<std::unique_ptr<Composition>> Composition::start(const CurrentConfig& config, Reload& reload,
                                                        Spawner& spawner, boost::asio::io_context& io) {
    auto state = std::make_unique<State>(config, reload);
    BB_TRY(state->stores, Stores::open(config, [at = state.get()](const Error& error) {
               if (at->resources) at->resources->catalogue_failed(error);
           }));
    BB_CHECK(state->make_listeners(spawner));
    state->stores->when_older([at = state.get()] { at->catalogue_turned_out_older(); });
    Stores& stores = *state->stores;
    BB_TRY(state->catalogue_age, stores.begin_generation());
    if (state->catalogue_age != CatalogueAge::current)
        state->resources->catalogue_is_older(age_text(state->catalogue_age));
    state->make_burner(spawner);
    BB_CHECK(state->make_uploads());
    BB_CHECK(state->uploads->recover());
    BB_CHECK(state->watches->recover());
    state->skims->recover();
    BB_CHECK(stores.keep_places(
        [at = state.get()](const std::string& path, const Error& error) { at->lose_place(path, error); }));
    state->make_operations();
    state->rsync.emplace(rsync::Host{
        .spawner = spawner,
        .self = "/proc/self/exe",
        .run_blocking = [at = state.get()](std::function<void()> job) { at->run_blocking(std::move(job)); }});
    state->channels.emplace(ChannelParts{
        .connect = [at = state.get()](const std::string& account) { return at->uploads->connect(account); },
        .operations = *state->operations,
        .rsync = *state->rsync,
        .config = config});
    BB_TRY(state->ssh,
           SshServer::start({.config = config, .make_thread_services = [&parts = *state->channels] {
                                 return make_channel_services(parts);
                             }}));
    const ConfigSnapshot begin = config.snapshot();
    BB_TRY(state->control, ControlServer::start(io, control_socket_in(begin->state_dir), *state->operations));
    BB_CHECK(state->watches->start());
    state->skims->start();
    state->burner->start();
    reload.serve({.prepare = [at = state.get()](const Config& next) { return at->prepare(next); },
                  .follow = [at = state.get()] { at->follow(); }});
    return std::unique_ptr<Composition>(new Composition(std::move(state)));
}

std::vector<ListenAddress> Composition::addresses() const {
    return state_->ssh->addresses();
}
std::string Composition::host_key_fingerprint() const {
    return state_->ssh->host_key_fingerprint();
}
std::string Composition::host_key_line() const {
    return state_->ssh->host_key_line();
}
void Composition::drain(const std::string& reason, const std::string& remedy) {
    state_->drain(reason, remedy);
}
void Composition::cut_off() {
    state_->transfers_end = true;
    state_->burner->cut_off();
}
void Composition::give_last_answers(std::function<void()> done) {
    state_->control->end(std::move(done));
}
DrainStep Composition::draining() const {
    return state_->draining();
}
std::vector<DriveStatus> Composition::writing() const {
    return state_->writing();
}
void Composition::stop() {
    state_->stop();
}

}  // namespace burnbox
