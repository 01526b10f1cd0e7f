// A whole burnbox without network: uploads, burner and one drive over stores in memory, every one of them
// failing as one FaultPlan says. The stores outlive the process; start() makes a new one.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "burner/jobs/burner.hpp"
#include "server/upload/client.hpp"
#include "tests/support/burner/fake_drive.hpp"
#include "tests/support/burner/fake_prover.hpp"
#include "tests/support/burner/fake_recovery_program.hpp"
#include "tests/support/storage/fault_plan.hpp"
#include "tests/support/storage/faulty_file_system.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"
#include "tests/support/storage/test_clock.hpp"

namespace burnbox::test {

using Tree = std::map<std::string, std::string>;  // content by path in the session

class World {
  public:
    World();
    ~World();

    FaultPlan plan;
    TestClock clock;
    MemoryFileSystem inbox_fs{"/memory/inbox", clock};
    MemoryFileSystem state_fs{"/memory/state", clock};
    FakeShelf shelf;
    Drive::Outcome after_cut = Drive::Outcome::untouched;

    void ask_for_recovery_data() { config_.burn.redundancy = 10; }  // before start()
    // Discs that take so much, and sessions larger than one; before start().
    void ask_for_span(std::uint64_t disc_bytes) {
        config_.burn.span = true;
        shelf.capacity_bytes = disc_bytes;
    }

    // Starts until a start succeeds: one that met the planned fault ends, and the service manager starts it
    // again.
    void start();
    // One start. False: it met a fault and ended.
    bool try_start();
    // The process is gone, with everything it was asked to do and has not done.
    void stop();
    void cut_power();        // requires stop(): what was not synced is gone
    void kill_open_files();  // requires stop(): it is not, but no File goes on

    // One connection sends the tree and then the marker. True: the marker was answered OK.
    bool send(const std::string& session, const Tree& tree);
    [[nodiscard]] bool has_sealed();  // a name in the inbox says so
    // What a person does: looks whether it is sealed, else sends everything and the marker again, over a new
    // connection. False: five times in vain.
    [[nodiscard]] bool send_until_sealed(const std::string& session, const Tree& tree);
    // What a person sees with ls: the names in the inbox.
    [[nodiscard]] std::vector<std::string> list();
    // The burner's steps until nothing is left to do, with time passing.
    void burn();

    // Reading past the faults.
    [[nodiscard]] std::vector<SessionRow> rows();
    [[nodiscard]] std::vector<DiscRow> discs();
    [[nodiscard]] std::string text(const std::string& path);

  private:
    struct Process;
    Result<std::string> send_file(Client& client, const std::string& path, const std::string& content);
    void run_jobs();

    TempFolder folder_{memory_backed_place()};
    Config config_;                           // holds from the next start on
    CurrentConfig current_{Config()};         // what the process asks
    std::deque<std::function<void()>> jobs_;  // of the disk pool
    std::unique_ptr<Process> process_;
};

}  // namespace burnbox::test
