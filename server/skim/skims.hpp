// skim: the folders of `skim:`, each looked through every N minutes by a thread of its own, and whenever
// `burnbox skim --once` asks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/skim/skim_run.hpp"

namespace burnbox {

class Skims {
  public:
    // Both outlive this.
    Skims(Uploads& uploads, const UploadServices& services);
    ~Skims();  // stop()
    Skims(const Skims&) = delete;
    Skims& operator=(const Skims&) = delete;

    // Ends what a crash cut, before any client: what is sealed counts as taken. What fails is logged, and is
    // the affair of the runs. Blocks.
    void recover();
    void start();
    void end();   // begins nothing more: a session that is being filled is given up. Does not block
    void stop();  // end(), and waits until that is over
    [[nodiscard]] std::string at_work() const;  // the first folder that stop() would wait for; "" = none

    struct Outcome {
        std::string from;
        skim::RunReport report;
        Status ended;
    };
    // Runs each of them once, after a run that is under way. Any thread; blocks.
    [[nodiscard]] std::vector<Outcome> run_once();

  private:
    class Skimmer;
    std::vector<std::unique_ptr<Skimmer>> skimmers_;
};

// What a run came to, one line or several, for people.
[[nodiscard]] std::string outcome_text(const Skims::Outcome& outcome);
// Everything that could be taken was taken.
[[nodiscard]] bool is_good(const Skims::Outcome& outcome);

}  // namespace burnbox
