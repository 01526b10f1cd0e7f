// A burner with everything around it in memory: folders, drives and discs of a test, and a catalogue in a
// file. The stores outlive restart() and crash(), the burner and its drives don't.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "burner/jobs/burner.hpp"
#include "tests/support/burner/fake_drive.hpp"
#include "tests/support/burner/fake_prover.hpp"
#include "tests/support/burner/fake_recovery_program.hpp"
#include "tests/support/storage/fault_plan.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"
#include "tests/support/storage/test_clock.hpp"
#include "tests/support/tree_generator.hpp"

namespace burnbox::test {

class BurnerHouse {
  public:
    // One pool "default" of these emulated drives. A restart makes those that `config` still has.
    explicit BurnerHouse(const std::vector<std::string>& drives = {"tray"}, unsigned copies = 1);
    ~BurnerHouse();

    // Stores that survive.
    TempFolder database_folder{memory_backed_place()};  // of the catalogue
    TempFolder copies_folder{memory_backed_place()};    // of older catalogues
    TestClock clock;
    MemoryFileSystem inbox_fs{"/memory/inbox", clock};
    MemoryFileSystem state_fs{"/memory/state", clock};
    std::map<std::string, FakeShelf> shelves;  // by drive
    FakeRecoveryProgram parity{state_fs, inbox_fs};
    FakeProver prover;
    Config config;                    // holds from the next step on, or hold()
    CurrentConfig current{Config()};  // what the burner asks
    FaultPlan catalogue_faults;
    decltype(BurnerServices::run_changer) run_changer;
    std::map<std::string, std::string> folders_away;  // as told: image_dir -> why

    // The process.
    std::unique_ptr<Catalogue> catalogue;
    std::unique_ptr<Inbox> inbox;
    std::unique_ptr<Events> events;
    std::vector<Event> told;
    std::vector<FakeDrive*> drives;
    std::unique_ptr<Burner> burner;

    void hold() { current.publish(config); }  // what `config` says now, as a reload does
    void restart();                           // a clean stop or kill -9
    void crash();                             // power loss: what was not synced is gone

    // A copy of the catalogue as it is now, kept under a name; and its being put back, with a restart.
    void copy_catalogue(const std::string& name);
    void put_catalogue_back(const std::string& name);
    // The same of the whole state folder: the catalogue, and the stores rooted at state_dir.
    void copy_state(const std::string& name);
    void put_state_back(const std::string& name);
    // What a start does before the burner's: lost sessions are found again, the inbox is repaired.
    void repair();

    // A sealed session as the uploader leaves it; content by path.
    SessionId queue(const std::string& name, const std::map<std::string, std::string>& files,
                    const std::string& marker = "BURN");
    SessionId queue_tree(const std::string& name, const GeneratedTree& tree);
    // A look at the shelves, then steps of all drives in turn until none has anything to do.
    void run();
    // The same, and lets time pass whenever the drives rest, at most `rounds` times.
    void run_patiently(int rounds = 40);

    [[nodiscard]] SessionRow row(SessionId id);
    [[nodiscard]] DiscRow disc(const std::string& label);
    // Reads what is on the disc of that session back, as `burnbox verify` does; 0: of one that is only
    // listed.
    [[nodiscard]] Result<VerifyReport> verify(SessionId session, const std::string& label);
    [[nodiscard]] std::string text(const std::string& path);  // of a file in the inbox; "" when it is missing
    [[nodiscard]] bool exists(const std::string& path);
    [[nodiscard]] std::vector<std::string> event_names() const;

  private:
    void close();
    [[nodiscard]] unsigned promised() const;  // copies of what is sealed now

    std::vector<std::string> drive_names_;  // in their order
    std::unique_ptr<Catalogue> real_catalogue_;
    std::shared_ptr<void> subscription_;
    int seals_ = 0;
    std::map<std::string, std::map<std::string, std::optional<std::string>>>
        states_;  // copies; folders: none
};

}  // namespace burnbox::test
