// A burner on test burners (tests/support/mmc): the real worker, the real catalogue and folders, and the code
// for real drives down to the SCSI command. Folders, drives and discs outlive restart(), the burner does not.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "burner/jobs/burner.hpp"
#include "burner/worker/worker_drive.hpp"
#include "common/process/spawner.hpp"
#include "tests/support/burner/fake_recovery_program.hpp"
#include "tests/support/mmc/test_burner.hpp"
#include "tests/support/storage/temp_folder.hpp"
#include "tests/support/storage/test_clock.hpp"
#include "tests/support/tree_generator.hpp"

namespace burnbox::test {

// A drive of the house and the person beside it, who has a box of discs.
struct Tray {
    std::string name;
    std::string profile;
    mmc::TestBurner burner;
    std::vector<std::string> box;  // host paths of its discs, in the drive or not
};

class MmcHouse {
  public:
    MmcHouse(Spawner& spawner, const std::vector<std::string>& profiles, unsigned copies);

    TempFolder folder{memory_backed_place()};
    TestClock clock;
    Config config;  // holds from restart() or the next session on
    WorkerPatience patience;
    std::vector<std::unique_ptr<Tray>> trays;
    // Asked before and after each operation of a drive: may throw, as if the process died there.
    std::function<void(Tray&, const std::string& operation)> at_drive = [](Tray&, const std::string&) {};
    // By label: every disc on which a burn under this label was begun or ended.
    std::multimap<std::string, std::string> begun;

    std::unique_ptr<Catalogue> catalogue;
    std::unique_ptr<Burner> burner;

    void restart();
    // A copy of the catalogue and the state folder as they are now, kept under a name; and an older one put
    // back, of the catalogue alone or of both, with a restart.
    void copy_state(const std::string& name);
    void put_back(const std::string& name, bool with_state);
    SessionId queue(const std::string& name, const std::map<std::string, std::string>& files);
    SessionId queue_tree(const std::string& name, const GeneratedTree& tree);
    // A new blank of the tray's kind, put into its box. `capacity_blocks` 0 = as large as real ones.
    std::string add_blank(Tray& tray, std::int32_t capacity_blocks);
    // By the name that it was sent under: rows get other numbers when they are found again.
    [[nodiscard]] SessionRow row(const std::string& name);
    [[nodiscard]] std::string text(const std::string& path);  // of a file in the inbox; "" when it is missing

  private:
    CurrentConfig current_{Config()};
    void close();
    void find_lost_sessions(CatalogueAge age);

    Spawner& spawner_;
    std::unique_ptr<FileSystem> inbox_fs_, state_fs_;
    std::unique_ptr<Inbox> inbox_;
    std::unique_ptr<Events> events_;
    std::unique_ptr<FakeRecoveryProgram> parity_;
    std::unique_ptr<Prover> prover_;
    int seals_ = 0;
    int discs_ = 0;
};

}  // namespace burnbox::test
