// What the drive's contract suite runs on: a drive, and sealed sessions on the real file system for it to
// burn.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "burner/drive/drive.hpp"
#include "burner/media/medium_profile.hpp"
#include "burner/worker/worker_drive.hpp"
#include "common/config/config.hpp"
#include "common/process/spawner.hpp"
#include "common/session/sealed_session.hpp"
#include "common/storage/file_system.hpp"
#include "tests/support/burner/fake_drive.hpp"
#include "tests/support/mmc/test_burner.hpp"
#include "tests/support/storage/temp_folder.hpp"
#include "tests/support/tree_generator.hpp"

namespace burnbox::test {

// A session being put together: every call makes the entry in the staged folder and in the manifest.
class StagedSession {
  public:
    StagedSession(const TempFolder& temp, const std::string& name);

    StagedSession& file(const std::string& path, const std::string& content);
    // A sparse file of zeros.
    StagedSession& zeros(const std::string& path, std::uint64_t size_bytes);
    // The same with a wrong digest, for what is refused before it is read.
    StagedSession& unread(const std::string& path, std::uint64_t size_bytes);
    StagedSession& folder(const std::string& path);
    StagedSession& link(const std::string& path, const std::string& target);
    StagedSession& tree(const GeneratedTree& tree);
    // Writes the seal record.
    BurnSession seal();

    [[nodiscard]] const std::string& path() const { return folder_; }
    [[nodiscard]] std::string disc_path() const { return sealed_.identifier(); }
    [[nodiscard]] const SealedSession& sealed() const { return sealed_; }

  private:
    StagedSession& sparse(const std::string& path, std::uint64_t size_bytes, const Sha256& digest);
    ManifestEntry& add(const std::string& path, FileType type, std::uint32_t mode);

    const TempFolder& temp_;
    std::string folder_;
    SealedSession sealed_;
};

// Says "go", or not.
class TestObserver : public BurnObserver {
  public:
    std::function<Status(const BurnPlan&)> on_plan = [](const BurnPlan&) { return Status(); };
    std::function<void(const Progress&)> on_progress = [](const Progress&) {};
    std::vector<BurnPlan> plans;
    unsigned progress_lines = 0;

    Status about_to_write(const BurnPlan& plan) override {
        plans.push_back(plan);
        return on_plan(plan);
    }
    void progress(const Progress& progress) override {
        ++progress_lines;
        on_progress(progress);
    }
};

class DriveRig {
  public:
    static constexpr auto kLabel = "BURNBOX_0001";
    static constexpr auto kSerial = "2b1f7a52-6d5e-4f3c-9d0c-0a2a7b1f4e11";

    DriveRig();
    virtual ~DriveRig() = default;

    [[nodiscard]] virtual Drive& drive() = 0;
    // What its blank discs are.
    [[nodiscard]] virtual const MediumProfile& profile() const { return *find_medium_profile("dvd+r"); }
    // A blank is in the drive and answers to kLabel.
    virtual void insert_blank();
    [[nodiscard]] const TempFolder& temp() const { return temp_; }
    [[nodiscard]] StagedSession stage(const std::string& name) { return {temp_, name}; }

    // The disc as it is now, as the catalogue would know it.
    [[nodiscard]] Medium medium();
    [[nodiscard]] BurnJob job(const std::vector<BurnSession>& sessions);
    // Burns and verifies on the loaded disc; fails the test unless both are well. Returns the disc session's
    // number.
    unsigned burn_well(const std::vector<BurnSession>& sessions);
    [[nodiscard]] TreeArea tree(unsigned disc_session) const { return trees_.at(disc_session); }
    VerifyReport verify_well(const std::vector<BurnSession>& sessions, unsigned disc_session);

  private:
    TempFolder temp_;
    std::map<unsigned, TreeArea> trees_;  // by disc session, of the last disc
};

class FakeDriveRig : public DriveRig {
  public:
    FakeDriveRig();
    Drive& drive() override { return *drive_; }

  private:
    std::unique_ptr<FileSystem> files_;
    FakeShelf shelf_;
    std::unique_ptr<FakeDrive> drive_;
};

// Workers on image files.
class WorkerDriveRig : public DriveRig {
  public:
    explicit WorkerDriveRig(const std::string& medium = "dvd+r");
    Drive& drive() override { return *drive_; }

    [[nodiscard]] std::string image(const std::string& label = kLabel) const;
    [[nodiscard]] const DriveConfig& config() const { return config_; }
    [[nodiscard]] Spawner& spawner() { return *spawner_; }
    // As after a restart of the server: the drive knows of no disc.
    void restart();
    // kill -9 for the workers that run now. Returns how many.
    unsigned kill_workers() const;

  private:
    DriveConfig config_;
    std::unique_ptr<Spawner> spawner_;
    std::unique_ptr<Drive> drive_;
};

// Workers on the test burner: the code for real drives.
class BurnerRig : public DriveRig {
  public:
    explicit BurnerRig(const std::string& medium);
    Drive& drive() override { return *drive_; }
    const MediumProfile& profile() const override { return *find_medium_profile(medium_); }
    void insert_blank() override { insert_new_disc("disc"); }

    [[nodiscard]] mmc::TestBurner& burner() { return burner_; }
    void insert_new_disc(const std::string& name);
    // Another server, later.
    void restart();

    WorkerPatience patience;
    DrivePolicy policy;

  private:
    std::string medium_;
    mmc::TestBurner burner_;
    std::unique_ptr<Spawner> spawner_;
    std::unique_ptr<Drive> drive_;
};

struct DvdPlusR : BurnerRig {
    DvdPlusR() : BurnerRig("dvd+r") {}
};
struct DvdMinusR : BurnerRig {
    DvdMinusR() : BurnerRig("dvd-r") {}
};
struct DvdPlusRDl : BurnerRig {
    DvdPlusRDl() : BurnerRig("dvd+r-dl") {}
};
struct BdR : BurnerRig {
    BdR() : BurnerRig("bd-r") {}
};
struct CdR : BurnerRig {
    CdR() : BurnerRig("cd-r") {}
};

#define ALL_BURNERS DvdPlusR, DvdMinusR, DvdPlusRDl, BdR, CdR

[[nodiscard]] Error burn_error(BurnerRig& rig, const BurnJob& job);  // the burn must fail
[[nodiscard]] bool wrote_something(BurnerRig& rig);                  // since its log was cleared

}  // namespace burnbox::test
