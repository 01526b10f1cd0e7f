#include "tests/support/burner/burner_house.hpp"

#include <algorithm>
#include <filesystem>

#include "common/catalogue/catalogue.hpp"
#include "common/inbox/reconcile.hpp"
#include "common/marks/older_catalogue.hpp"
#include "common/storage/durable_file.hpp"
#include "server/startup/lost_sessions.hpp"
#include "tests/support/burner/queued_session.hpp"
#include "tests/support/burner/quiet_observer.hpp"
#include "tests/support/must.hpp"
#include "tests/support/server/quiet_services.hpp"
#include "tests/support/storage/faulty_catalogue.hpp"

namespace burnbox::test {
BurnerHouse::BurnerHouse(const std::vector<std::string>& names, unsigned copies) : drive_names_(names) {
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

void BurnerHouse::close() {
    burner.reset();
    drives.clear();
    subscription_.reset();
    inbox.reset();
    catalogue.reset();
    real_catalogue_.reset();
}

void BurnerHouse::restart() {
    close();
    hold();
    real_catalogue_ = must(Catalogue::open("sqlite3://" + (database_folder / "catalogue.sqlite")));
    catalogue = make_faulty_catalogue(*real_catalogue_, catalogue_faults);
    inbox = std::make_unique<Inbox>(inbox_fs, *catalogue);
    events = std::make_unique<Events>();
    subscription_ = events->subscribe([this](const Event& event) { told.push_back(event); });
    std::vector<std::unique_ptr<Drive>> made;
    for (const auto& [name, drive] : config.drives)
        if (std::ranges::count(drive_names_, name) == 0) drive_names_.push_back(name);
    for (const std::string& name : drive_names_) {
        if (!config.drives.contains(name)) continue;
        auto drive =
            std::make_unique<FakeDrive>(name, shelves[name], std::vector<FileSystem*>{&inbox_fs, &state_fs});
        drives.push_back(drive.get());
        made.push_back(std::move(drive));
    }
    burner = std::make_unique<Burner>(
        BurnerServices{current,
                       clock,
                       *catalogue,
                       *inbox,
                       state_fs,
                       *events,
                       parity,
                       prover,
                       run_changer,
                       {},
                       must(has_unseen_shelves(state_fs)) ? CatalogueAge::older : CatalogueAge::current,
                       [this](const std::string& folder, const std::string& why) {
                           if (why.empty())
                               folders_away.erase(folder);
                           else
                               folders_away[folder] = why;
                       }},
        std::move(made));
}

// The database and its log together: nobody writes while a test copies them.
void BurnerHouse::copy_catalogue(const std::string& name) {
    const std::filesystem::path copy = std::filesystem::path(copies_folder.path()) / name;
    std::filesystem::remove_all(copy);
    std::filesystem::create_directory(copy);
    for (const auto& file : std::filesystem::directory_iterator(database_folder.path()))
        if (!file.path().string().ends_with("-shm"))
            std::filesystem::copy(file.path(), copy / file.path().filename());
}

void BurnerHouse::put_catalogue_back(const std::string& name) {
    close();
    for (const auto& file : std::filesystem::directory_iterator(database_folder.path()))
        std::filesystem::remove(file.path());
    for (const auto& file :
         std::filesystem::directory_iterator(std::filesystem::path(copies_folder.path()) / name))
        std::filesystem::copy(file.path(),
                              std::filesystem::path(database_folder.path()) / file.path().filename());
    must(remember_older_catalogue(state_fs, 0, 1));
    restart();
}

namespace {

using Tree = std::map<std::string, std::optional<std::string>>;

void read_tree(FileSystem& fs, const std::string& folder, Tree& tree) {
    for (const DirEntry& entry : must(list_folder(fs, folder))) {
        const std::string path = join_path(folder, entry.name);
        if (entry.type == FileType::folder) {
            tree[path] = std::nullopt;
            read_tree(fs, path, tree);
        } else {
            tree[path] = must(read_file(fs, path, 1ULL << 30U));
        }
    }
}

}  // namespace

void BurnerHouse::copy_state(const std::string& name) {
    copy_catalogue(name);
    states_[name].clear();
    read_tree(state_fs, "", states_[name]);
}

void BurnerHouse::put_state_back(const std::string& name) {
    for (const DirEntry& entry : must(list_folder(state_fs, "")))
        must(entry.type == FileType::folder ? remove_tree(state_fs, entry.name)
                                            : state_fs.remove(entry.name));
    for (const auto& [path, content] : states_.at(name))
        must(content ? replace_file(state_fs, path, *content) : state_fs.make_folder(path, 0700));
    must(state_fs.sync_all());
    put_catalogue_back(name);
}

void BurnerHouse::repair() {
    hold();
    UploadServices services{quiet_services(current, clock, *catalogue, state_fs, *events), *inbox};
    services.catalogue_age = CatalogueAge::older;
    must(upload::find_lost_sessions(services, {"alice"}));
    must(reconcile_inboxes(*inbox, *catalogue, {"alice"}));
}

void BurnerHouse::crash() {
    inbox_fs.crash();
    state_fs.crash();
    restart();
}

unsigned BurnerHouse::promised() const {
    const auto pool = config.pools.find("default");
    return pool == config.pools.end() ? 1 : pool->second.copies;
}

SessionId BurnerHouse::queue(const std::string& name, const std::map<std::string, std::string>& files,
                             const std::string& marker) {
    hold();
    const SessionId id = queue_session({inbox_fs, state_fs, *catalogue, clock, promised()}, name, files,
                                       marker, "seal-" + std::to_string(++seals_));
    clock.advance(std::chrono::milliseconds(1));  // the next one is younger
    return id;
}

SessionId BurnerHouse::queue_tree(const std::string& name, const GeneratedTree& tree) {
    hold();
    const SessionId id = test::queue_tree({inbox_fs, state_fs, *catalogue, clock, promised()}, name, tree,
                                          "BURN", "seal-" + std::to_string(++seals_));
    clock.advance(std::chrono::milliseconds(1));
    return id;
}

void BurnerHouse::run() {
    hold();
    burner->look_at_shelves();
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
    hold();
    for (int i = 0; i < rounds; ++i) {
        run();
        clock.advance(std::chrono::minutes(6));
    }
}

SessionRow BurnerHouse::row(SessionId id) {
    auto row = catalogue->session(id);
    return row ? *row : SessionRow{};
}

Result<VerifyReport> BurnerHouse::verify(SessionId session, const std::string& label) {
    Quiet observer;
    BB_TRY(const auto copies, catalogue->disc_sessions(disc(label).id));
    const auto copy = std::ranges::find(copies, session, &DiscSessionRow::session);
    if (copy == copies.end()) return fail(Errc::not_found, "verify: it is not on disc " + label);
    return burner->verify(*copy, observer);
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
    for (const Event& event : told) names.emplace_back(to_string(event.kind));
    return names;
}

}  // namespace burnbox::test
