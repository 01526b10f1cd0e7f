#include "tests/support/burner_house.hpp"

#include "common/catalogue/sql_catalogue.hpp"
#include "tests/support/faulty_catalogue.hpp"
#include "tests/support/must.hpp"
#include "tests/support/queued_session.hpp"

namespace burnbox::test {
BurnerHouse::BurnerHouse(const std::vector<std::string>& names, unsigned copies) {
    PoolConfig pool{"default", names, copies, false};
    config.pools["default"] = pool;
    for (const std::string& name : names) {
        DriveConfig drive;
        drive.name = name, drive.image_dir = "/shelf/" + name, drive.medium = "dvd+r";
        config.drives[name] = drive;
        shelves[name];
    }
    config.accounts["alice"].name = "alice";
    must(inbox_fs.make_folder("alice", 0755));
    must(make_folders(state_fs, "seals", 0700));
    must(inbox_fs.sync_all());
    must(state_fs.sync_all());
    restart();
}

BurnerHouse::~BurnerHouse() = default;

void BurnerHouse::restart() {
    burner.reset();
    drives.clear();
    subscription_.reset();
    inbox.reset();
    catalogue.reset();
    real_catalogue_.reset();
    real_catalogue_ = must(open_sql_catalogue("sqlite3://" + (database_folder / "catalogue.sqlite")));
    catalogue = make_faulty_catalogue(*real_catalogue_, catalogue_faults);
    inbox = std::make_unique<Inbox>(inbox_fs, *catalogue);
    events = std::make_unique<Events>();
    subscription_ = events->subscribe([this](const Event& event) { told.push_back(event); });
    std::vector<std::unique_ptr<Drive>> made;
    for (const std::string& name : config.pools["default"].drives) {
        auto drive =
            std::make_unique<FakeDrive>(name, shelves[name], std::vector<FileSystem*>{&inbox_fs, &state_fs});
        drives.push_back(drive.get());
        made.push_back(std::move(drive));
    }
    burner = std::make_unique<Burner>(
        BurnerServices{config, clock, *catalogue, *inbox, state_fs, *events, recovery, prover, run_changer},
        std::move(made));
}

void BurnerHouse::crash() {
    inbox_fs.crash();
    state_fs.crash();
    restart();
}

SessionId BurnerHouse::queue(const std::string& name, const std::map<std::string, std::string>& files,
                             const std::string& marker) {
    const SessionId id = queue_session({inbox_fs, state_fs, *catalogue, clock}, name, files, marker,
                                       "seal-" + std::to_string(++seals_));
    clock.advance(std::chrono::milliseconds(1));  // the next one is younger
    return id;
}

void BurnerHouse::run() {
    for (bool did = true; did;) {
        const auto prepared = burner->prepare_once();
        did = !prepared || *prepared;
        for (std::size_t i = 0; i < drives.size(); ++i) {
            const auto result = burner->run_once(i);
            did = did || !result || *result;
        }
    }
}

void BurnerHouse::run_patiently(int rounds) {
    for (int i = 0; i < rounds; ++i) {
        run();
        clock.advance(std::chrono::minutes(6));
    }
}

SessionRow BurnerHouse::row(SessionId id) {
    auto row = catalogue->session(id);
    return row ? *row : SessionRow{};
}

DiscRow BurnerHouse::disc(const std::string& label) {
    const auto found = catalogue->find_disc(label);
    return found && *found ? **found : DiscRow{};
}

std::string BurnerHouse::text(const std::string& path) {
    return read_file(inbox_fs, path, 1U << 30U).value_or("");
}

bool BurnerHouse::exists(const std::string& path) {
    return inbox_fs.info(path).has_value();
}

std::vector<std::string> BurnerHouse::event_names() const {
    std::vector<std::string> names;
    for (const Event& event : told) names.push_back(event.event);
    return names;
}

}  // namespace burnbox::test
