// A skimmed folder on the real file system, its skimmer, and the sessions in memory that it makes: for tests
// that change the tree between runs and ask whether everything was taken exactly once.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/session/sealed_session.hpp"
#include "server/skim/skim_run.hpp"
#include "tests/support/server/upload_house.hpp"

namespace burnbox::test {

// The machine's clock, ahead by a time that the test chooses: the files' ctimes can't be chosen.
class AheadClock final : public Clock {
  public:
    [[nodiscard]] Timestamp now() const override { return system_clock().now() + ahead; }
    [[nodiscard]] SteadyTime steady_now() const override { return system_clock().steady_now(); }
    std::chrono::nanoseconds ahead{0};
};

class SkimHouse {
  public:
    SkimHouse();  // min_age is 0

    TempFolder temp;
    UploadHouse house;
    AheadClock clock;
    SkimConfig config;
    skim::RunReport report;  // of the last run

    void put(const std::string& path, const std::string& content);
    void remove(const std::string& path);
    void rename(const std::string& from, const std::string& to);  // makes the folders on the way
    [[nodiscard]] std::string at(const std::string& path) const { return config.from + "/" + path; }

    [[nodiscard]] Status run();
    void run_well();  // succeeds, without problems
    void crash();     // the power goes, then server and skimmer start again
    // Until what was written has times that later writes can't have too.
    void let_times_pass() const;

    [[nodiscard]] std::vector<SealedSession> sessions();
    using Files = std::map<std::string, std::string>;  // path -> content
    // What is there for a person who copies all sessions over each other, oldest first, and removes what each
    // of them says is removed.
    [[nodiscard]] Files replayed();
    [[nodiscard]] Files tree() const;
    // Of all files in all sessions: how often is the same content of the same path there, at most?
    [[nodiscard]] unsigned most_often_taken();

  private:
    void begin();

    std::optional<UploadServices> services_;
    std::optional<skim::IndexStore> store_;
    Timestamp last_change_{};
};

}  // namespace burnbox::test
