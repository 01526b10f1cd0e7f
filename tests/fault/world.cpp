#include "tests/fault/world.hpp"

#include <algorithm>

#include "common/catalogue/catalogue.hpp"
#include "tests/support/burner/faulty_drive.hpp"
#include "tests/support/must.hpp"
#include "tests/support/server/quiet_services.hpp"
#include "tests/support/storage/faulty_catalogue.hpp"

namespace burnbox::test {
namespace {

constexpr int kMostStarts = 3;   // one fault spoils one start
constexpr int kMostRounds = 30;  // of waiting for what failed to be tried again

}  // namespace

// Members in the order in which serve makes them.
struct World::Process {
    std::unique_ptr<Catalogue> real_catalogue;
    std::unique_ptr<Catalogue> catalogue;
    FaultyFileSystem inbox_fs;
    FaultyFileSystem state_fs;
    Inbox inbox;
    Events events;
    FakeRecoveryProgram parity;
    FakeProver prover;
    std::unique_ptr<Burner> burner;
    std::unique_ptr<Uploads> uploads;

    Process(World& world, const std::string& database)
        : real_catalogue(must(Catalogue::open(database))),
          catalogue(make_faulty_catalogue(*real_catalogue, world.plan)),
          inbox_fs(world.inbox_fs, world.plan),
          state_fs(world.state_fs, world.plan),
          inbox(inbox_fs, *catalogue),
          parity(state_fs, inbox_fs) {
        prover.plan = &world.plan;
        auto fake = std::make_unique<FakeDrive>("tray", world.shelf,
                                                std::vector<FileSystem*>{&world.inbox_fs, &world.state_fs});
        fake->after_cut = world.after_cut;
        std::vector<std::unique_ptr<Drive>> drives;
        drives.push_back(std::make_unique<FaultyDrive>(std::move(fake), world.plan));
        burner = std::make_unique<Burner>(
            BurnerServices{world.current_, world.clock, *catalogue, inbox, state_fs, events, parity, prover},
            std::move(drives));
        SharedServices shared = quiet_services(world.current_, world.clock, *catalogue, state_fs, events);
        shared.run_blocking = [&world](std::function<void()> job) { world.jobs_.push_back(std::move(job)); };
        shared.check_fits = [this](const std::string& pool, const Manifest& manifest) {
            return burner->check_fits(pool, manifest);
        };
        shared.prove = [this](const std::string& seal_id) { return burner->prove(seal_id); };
        shared.wake_burner = [this] { burner->wake(); };
        uploads = std::make_unique<Uploads>(UploadServices{std::move(shared), inbox});
    }
};

World::World() {
    config_.accounts["alice"].name = "alice";
    DriveConfig drive;
    drive.name = "tray", drive.image_dir = "/shelf", drive.medium = "dvd+r";
    config_.drives["tray"] = drive;
    config_.pools["default"] = {"default", {"tray"}, 1, false};
}

World::~World() {
    stop();
}

bool World::try_start() {
    stop();
    current_.publish(config_);
    process_ = std::make_unique<Process>(*this, "sqlite3://" + folder_.path() + "/catalogue.sqlite");
    if (process_->uploads->recover()) return true;
    stop();
    return false;
}

void World::start() {
    for (int i = 0; i < kMostStarts; ++i)
        if (try_start()) return;
    must(fail(Errc::io, "it does not start: " + plan.where()));
}

void World::stop() {
    jobs_.clear();
    process_.reset();
}

void World::cut_power() {
    inbox_fs.crash();
    state_fs.crash();
}

void World::kill_open_files() {
    inbox_fs.kill();
    state_fs.kill();
}

void World::run_jobs() {
    while (!jobs_.empty()) {
        const auto job = std::move(jobs_.front());
        jobs_.pop_front();
        job();
    }
}

Result<std::string> World::send_file(Client& client, const std::string& path, const std::string& content) {
    BB_TRY(auto file, client.open(path, {.write = true, .create = true, .truncate = true}));
    if (!content.empty()) BB_CHECK(file->write_at(std::as_bytes(std::span(content)), 0));
    Result<std::string> answer = fail(Errc::unreachable, "no answer");
    client.close(std::move(file), [&answer](Result<std::string> given) { answer = std::move(given); });
    run_jobs();
    return answer;
}

bool World::send(const std::string& session, const Tree& tree) {
    const auto client = process_->uploads->connect("alice");
    static_cast<void>(client->make_folder("/" + session, 0755));  // each may be there from the last time
    for (const auto& [path, content] : tree) {
        for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1))
            static_cast<void>(client->make_folder("/" + session + "/" + path.substr(0, end), 0755));
        if (!send_file(*client, "/" + session + "/" + path, content)) return false;
    }
    const bool sealed = send_file(*client, "/" + session + "/BURN", "now").has_value();
    run_jobs();
    return sealed;
}

bool World::has_sealed() {
    return std::ranges::any_of(
        list(), [](const std::string& name) { return parse_folder(name).state != FolderState::open; });
}

bool World::send_until_sealed(const std::string& session, const Tree& tree) {
    for (int tries = 0; tries < 5; ++tries)
        if (has_sealed() || send(session, tree)) return true;
    return false;
}

std::vector<std::string> World::list() {
    std::vector<std::string> names;
    for (const DirEntry& entry : must(list_folder(inbox_fs, "alice"))) names.push_back(entry.name);
    return names;
}

void World::burn() {
    for (int round = 0; round < kMostRounds; ++round) {
        bool worked = false;
        for (bool did = true; did;) {
            run_jobs();
            const auto prepared = process_->burner->prepare_once();
            const auto result = process_->burner->run_once(0);
            // After an error it rests, and then says that nothing is to be done.
            did = prepared.value_or(true) || result.value_or(true);
            worked = worked || did;
        }
        if (!worked && round > 0) return;
        clock.advance(std::chrono::minutes(6));
    }
}

std::vector<SessionRow> World::rows() {
    return must(process_->real_catalogue->sessions(""));
}

std::vector<DiscRow> World::discs() {
    return must(process_->real_catalogue->discs());
}

std::string World::text(const std::string& path) {
    return read_file(inbox_fs, path, 1U << 20U).value_or("");
}

}  // namespace burnbox::test
