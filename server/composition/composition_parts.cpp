// What a serving process consists of, made: each part with what it may know of the others.
#include "burner/parity/par2.hpp"
#include "burner/worker/worker.hpp"
#include "common/base/parts.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/marks/older_catalogue.hpp"
#include "common/process/run_program.hpp"
#include "common/storage/posix_file_system.hpp"
#include "server/composition/composition_state.hpp"
#include "server/places/account_keys.hpp"
#include "server/places/state_folders.hpp"
#include "server/startup/record_again.hpp"

namespace burnbox {
namespace {

constexpr unsigned kDiskThreads = 4;

auto changer(Spawner& spawner) {
    return [&spawner](const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                      const std::atomic<bool>& cut_off) {
        return run_program(spawner, argv, environment, kChangerLimit, [&] { return cut_off.load(); });
    };
}

}  // namespace

// An image_dir came that knows of more.
void Composition::State::catalogue_turned_out_older() {
    resources->catalogue_is_older(age_text(CatalogueAge::older));
    if (burner) burner->catalogue_is_older();
}

void Composition::State::lose_place(const std::string& path, const Error& error) {
    if (error.origin == Origin::state_folder)
        away.tell(path, error.message +
                            ". burnbox ends, with exit code 1: mount it, and the service manager "
                            "starts burnbox anew; without one, start it yourself");
    else
        resources->catalogue_lost(error);
    part_failed("storage", error.message);
}

// Who is told of events, before anybody publishes any.
Status Composition::State::make_listeners(Spawner& spawner) {
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
std::vector<WatchedSpace> Composition::State::watched_spaces() const {
    std::vector<WatchedSpace> spaces{{"inbox_dir", stores->inbox_fs()}, {"state_dir", stores->state_fs()}};
    for (const std::string& account : account_names())
        spaces.push_back({"account " + account, stores->inbox_fs(), account});
    return spaces;
}

// Once the pool ends a job is its asker's own, who has an answer by that: the gate is shut.
void Composition::State::run_blocking(std::function<void()> job) {
    if (pool_over) return job();
    (void)disk_pool->post(std::move(job));
}

void Composition::State::make_burner(Spawner& spawner) {
    const ConfigSnapshot config = current.snapshot();
    std::vector<std::unique_ptr<Drive>> drives;
    const DrivePolicy policy{config->burn.write_once_only, config->burn.speed,
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
Status Composition::State::make_uploads() {
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
        .check_mount = [this](FolderKind kind,
                              const std::string& path) { return stores->folders().check_mount(kind, path); },
        .folder_is_away = [this](const std::string& path, const std::string& why) { away.tell(path, why); },
        .catalogue_age = catalogue_age};
    upload_services.emplace(UploadServices{std::move(shared), stores->inbox()});
    uploads = std::make_unique<Uploads>(*upload_services);
    BB_TRY(watches, Watches::open(*upload_services));
    skims = std::make_unique<Skims>(*uploads, *upload_services);
    return {};
}

// Of the inboxes, then of the watched folders.
std::vector<OpenSessionStatus> Composition::State::open_sessions() const {
    auto all = uploads->open_sessions();
    for (OpenSessionStatus& open : watches->open_sessions()) all.push_back(std::move(open));
    return all;
}

void Composition::State::burn(const OpenSessionStatus& open, bool again, Done done) {
    if (!open.watched_folder.empty())
        return watches->burn(open.watched_folder, open.name, again, std::move(done));
    uploads->burn(open.account, open.name, again, std::move(done));
}

void Composition::State::make_operations() {
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
                return upload::seal_what_is_there(stores->inbox(), stores->catalogue(), stores->state_fs(),
                                                  row);
            },
        .burn_now = [this](SessionId session) { burner->burn_now(session); },
        .by_hand = [this](Burner::ByHand what,
                          const std::string& drive) { return burner->by_hand(what, drive); },
        .accept_fewer_copies =
            [this](SessionId session, const std::string& pool) {
                return burner->accept_fewer_copies(session, pool);
            },
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

std::vector<std::string> Composition::State::account_names() const {
    std::vector<std::string> names;
    const ConfigSnapshot config = current.snapshot();
    for (const auto& [name, account] : config->accounts) names.push_back(name);
    return names;
}

// What comes with another configuration; before anybody is told of it.
Status Composition::State::prepare(const Config& next) {
    for (const auto& [name, account] : next.accounts) BB_CHECK(uploads->add_account(name));
    return {};
}

void Composition::State::follow() {
    ssh->config_changed();
    burner->wake();
}

}  // namespace burnbox
