#include "tests/fault/mmc_house.hpp"

#include <filesystem>

#include "common/catalogue/catalogue.hpp"
#include "common/inbox/reconcile.hpp"
#include "common/marks/folder_mark.hpp"
#include "common/marks/generation.hpp"
#include "common/storage/posix_file_system.hpp"
#include "server/startup/lost_sessions.hpp"
#include "tests/support/burner/queued_session.hpp"
#include "tests/support/must.hpp"
#include "tests/support/server/quiet_services.hpp"

namespace burnbox::test {
namespace {

// Notes where burns begin, and is where the process may die.
class WatchedDrive final : public Drive {
  public:
    WatchedDrive(MmcHouse& house, Tray& tray, std::unique_ptr<Drive> drive)
        : house_(house), tray_(tray), drive_(std::move(drive)) {}

    const std::string& name() const override { return drive_->name(); }
    bool emulated() const override { return false; }
    Status load(const DiscToLoad& disc) override {
        return at("load", [&] { return drive_->load(disc); });
    }
    Status load_blank(const std::string& label) override {
        return at("load blank", [&] { return drive_->load_blank(label); });
    }
    Result<bool> medium_changed() override { return drive_->medium_changed(); }
    Result<Medium> inspect() override {
        return at("inspect", [&] { return drive_->inspect(); });
    }
    Result<Written> burn(const BurnJob& job, BurnObserver& observer) override {
        BeginObserver begins(*this, job.disc.label, observer);
        return at("burn", [&] {
            auto written = drive_->burn(job, begins);
            if (written) note_disc(job.disc.label);  // it may have been swapped since it began
            return written;
        });
    }
    Result<VerifyReport> verify(const BurnJob& job, unsigned disc_session, BurnObserver& observer) override {
        return at("verify", [&] { return drive_->verify(job, disc_session, observer); });
    }
    Result<Outcome> adjudicate(const BurnJob& job, unsigned disc_session, std::uint32_t start_lba) override {
        return at("adjudicate", [&] { return drive_->adjudicate(job, disc_session, start_lba); });
    }
    Result<std::vector<FoundDiscSession>> contents(const DiscIdentity& disc, unsigned known) override {
        return at("contents", [&] { return drive_->contents(disc, known); });
    }
    Status eject() override {
        return at("eject", [&] { return drive_->eject(); });
    }
    std::uint64_t blank_capacity_bytes() const override { return drive_->blank_capacity_bytes(); }

  private:
    class BeginObserver final : public BurnObserver {
      public:
        BeginObserver(WatchedDrive& drive, const std::string& label, BurnObserver& next)
            : drive_(drive), label_(label), next_(next) {}
        Status about_to_write(const BurnPlan& plan) override {
            BB_CHECK(next_.about_to_write(plan));
            drive_.note_disc(label_);
            drive_.house_.at_drive(drive_.tray_, "leave to write");
            return {};
        }
        void progress(const Progress& progress) override { next_.progress(progress); }

      private:
        WatchedDrive& drive_;
        const std::string& label_;
        BurnObserver& next_;
    };

    void note_disc(const std::string& label) {
        const std::string disc = tray_.burner.state().disc.data();
        if (!disc.empty()) house_.begun.emplace(label, disc);
    }

    template <typename Operation>
    auto at(const char* what, Operation operation) -> decltype(operation()) {
        house_.at_drive(tray_, what);
        auto result = operation();
        house_.at_drive(tray_, what);
        return result;
    }

    MmcHouse& house_;
    Tray& tray_;
    std::unique_ptr<Drive> drive_;
};

}  // namespace

MmcHouse::MmcHouse(Spawner& spawner, const std::vector<std::string>& profiles, unsigned copies)
    : spawner_(spawner) {
    for (const char* path : {"inbox/alice", "state/seals", "discs"})
        std::filesystem::create_directories(folder / path);
    inbox_fs_ = must(open_posix_file_system(folder / "inbox"));
    state_fs_ = must(open_posix_file_system(folder / "state"));
    must(write_folder_mark(*inbox_fs_, {.kind = "inbox_dir", .identity = "inbox", .owner = "state"}));
    config.pools["default"] = {"default", {}, copies, false};
    config.accounts["alice"].name = "alice";
    for (const std::string& profile : profiles) {
        const std::string name = "tray" + std::to_string(trays.size());
        trays.push_back(
            std::make_unique<Tray>(Tray{name, profile, mmc::TestBurner(folder / (name + ".drive")), {}}));
        DriveConfig drive;
        drive.name = name, drive.device = trays.back()->burner.path(), drive.expect = profile;
        config.drives[name] = drive;
        config.pools["default"].drives.push_back(name);
    }
}

void MmcHouse::close() {
    burner.reset();
    events_.reset();
    inbox_.reset();
    catalogue.reset();
}

void MmcHouse::restart() {
    close();
    current_.publish(config);
    catalogue = must(Catalogue::open("sqlite3://" + (folder / "catalogue.sqlite")));
    inbox_ = std::make_unique<Inbox>(*inbox_fs_, *catalogue);
    events_ = std::make_unique<Events>();
    parity_ = std::make_unique<FakeRecoveryProgram>(*state_fs_, *inbox_fs_);
    prover_ = make_worker_prover(spawner_, BURNBOX_TEST_WORKER);
    FileSystem* const marked[] = {inbox_fs_.get()};
    const CatalogueAge age = must(check_generation(*catalogue, *state_fs_, *inbox_fs_, marked));
    find_lost_sessions(age);
    std::vector<std::unique_ptr<Drive>> drives;
    for (const auto& tray : trays)
        drives.push_back(std::make_unique<WatchedDrive>(
            *this, *tray,
            std::make_unique<WorkerDrive>(config.drives.at(tray->name), spawner_, BURNBOX_TEST_WORKER,
                                          DrivePolicy{}, patience)));
    burner = std::make_unique<Burner>(BurnerServices{current_,
                                                     clock,
                                                     *catalogue,
                                                     *inbox_,
                                                     *state_fs_,
                                                     *events_,
                                                     *parity_,
                                                     *prover_,
                                                     {},
                                                     [this] {
                                                         FileSystem* const places[] = {inbox_fs_.get()};
                                                         return note_generation_in(*catalogue, places);
                                                     },
                                                     age},
                                      std::move(drives));
}

void MmcHouse::find_lost_sessions(CatalogueAge age) {
    UploadServices services{quiet_services(current_, clock, *catalogue, *state_fs_, *events_), *inbox_};
    services.catalogue_age = age;
    must(upload::find_lost_sessions(services, {"alice"}));
    must(reconcile_inboxes(*inbox_, *catalogue, {"alice"}));
}

// Nobody writes to it meanwhile.
void MmcHouse::copy_state(const std::string& name) {
    namespace fs = std::filesystem;
    const fs::path copy = folder / ("copies/" + name);
    fs::remove_all(copy);
    fs::create_directories(copy);
    for (const char* file : {"catalogue.sqlite", "catalogue.sqlite-wal"})
        if (fs::exists(folder / file)) fs::copy(folder / file, copy / file);
    fs::copy(folder / "state", copy / "state", fs::copy_options::recursive);
}

void MmcHouse::put_back(const std::string& name, bool with_state) {
    namespace fs = std::filesystem;
    close();
    const fs::path copy = folder / ("copies/" + name);
    for (const char* file : {"catalogue.sqlite", "catalogue.sqlite-wal", "catalogue.sqlite-shm"})
        fs::remove(folder / file);
    for (const char* file : {"catalogue.sqlite", "catalogue.sqlite-wal"})
        if (fs::exists(copy / file)) fs::copy(copy / file, folder / file);
    if (with_state) {
        for (const auto& entry : fs::directory_iterator(folder / "state")) fs::remove_all(entry.path());
        fs::copy(copy / "state", folder / "state", fs::copy_options::recursive);
    }
    restart();
}

SessionId MmcHouse::queue(const std::string& name, const std::map<std::string, std::string>& files) {
    GeneratedTree tree;
    for (const auto& [path, content] : files) add_file(tree, path, content, clock.now());
    return queue_tree(name, tree);
}

SessionId MmcHouse::queue_tree(const std::string& name, const GeneratedTree& tree) {
    current_.publish(config);
    clock.advance(std::chrono::milliseconds(1));  // each is younger than the one before
    return test::queue_tree({*inbox_fs_, *state_fs_, *catalogue, clock, config.pools.at("default").copies},
                            name, tree, "BURN", "seal-" + std::to_string(++seals_));
}

std::string MmcHouse::add_blank(Tray& tray, std::int32_t capacity_blocks) {
    const std::string path = folder / ("discs/" + std::to_string(++discs_) + "." + tray.profile);
    mmc::make_disc(path, tray.profile, capacity_blocks);
    tray.box.push_back(path);
    return path;
}

SessionRow MmcHouse::row(const std::string& name) {
    for (const SessionRow& row : must(catalogue->sessions("alice")))
        if (row.name == name) return row;
    return {};
}

std::string MmcHouse::text(const std::string& path) {
    return read_file(*inbox_fs_, path, 1U << 30U).value_or("");
}

}  // namespace burnbox::test
