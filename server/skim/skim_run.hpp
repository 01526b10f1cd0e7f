// One run of a skimmer: plan, read what is in doubt, copy what is new into sessions of at most max_size, seal
// each, and remember what was taken. Whatever fails, and wherever the process dies: what is not in a sealed
// session is found again by the next run. Threads: one at a time. Blocks for as long as copying takes.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "server/skim/index_store.hpp"
#include "server/skim/plan.hpp"
#include "server/upload/client.hpp"

namespace burnbox::skim {

struct RunReport {
    std::vector<SessionRow> sessions;   // sealed by this run
    std::uint64_t files_count = 0;      // in the folder
    std::uint64_t young_count = 0;      // left for a later run
    std::uint64_t read_count = 0;       // whose content was read
    std::vector<std::string> changed;   // changed while they were copied: left for the next run
    std::vector<std::string> problems;  // what can't be taken, with the cause: a person must act
    std::string away{};                 // why the folder counts as not mounted: nothing was done
};

class SkimRun {
  public:
    SkimRun(const SkimConfig& config, Uploads& uploads, const UploadServices& services, IndexStore& store,
            std::stop_token stop)
        : config_(config), uploads_(uploads), services_(services), store_(store), stop_(std::move(stop)) {}

    // Errors end the run early: the folder can't be opened, the quota is used up, the disk is full ...
    // What was sealed until then is sealed, and is in the report.
    [[nodiscard]] Status run(RunReport& report);

    // Why the folder counts as not mounted, or gone; "" = it is there. Reads nothing in it but its first
    // entry.
    [[nodiscard]] Result<std::string> why_away();

  private:
    using Group = std::vector<intake::ChosenEntry>;

    [[nodiscard]] Result<bool> was_emptied() const;
    [[nodiscard]] Result<Plan> plan();
    [[nodiscard]] Status compare_doubtful(Plan& plan, RunReport& report);
    [[nodiscard]] Status choose_links(Plan& plan, RunReport& report);
    [[nodiscard]] Status take(Plan& plan, RunReport& report);
    [[nodiscard]] Status take_group(const Plan& plan, Group group, RunReport& report);
    [[nodiscard]] Status seal_group(const Plan& plan, const Group& entries, RunReport& report,
                                    std::vector<ProofFinding>& findings);
    [[nodiscard]] bool leave_out(const std::vector<ProofFinding>& findings, Group& group,
                                 RunReport& report) const;
    [[nodiscard]] Group with_folders(const Plan& plan, const Group& files) const;
    void report_left(const std::vector<intake::LeftEntry>& left, RunReport& report) const;

    const SkimConfig& config_;
    Uploads& uploads_;
    const UploadServices& services_;
    IndexStore& store_;
    const std::stop_token stop_;

    std::unique_ptr<FileSystem> source_;
    FileInfo root_;
    Timestamp began_{};
    std::vector<IndexEntry> refreshed_;  // touched, but of the same content
    bool removals_told_ = false;         // by the first session of the run
};

// The sessions that the files become: in their order, as many in each as fit. Pure.
[[nodiscard]] std::vector<std::vector<intake::ChosenEntry>> split_by_size(
    std::vector<intake::ChosenEntry> files, std::uint64_t max_size_bytes);

}  // namespace burnbox::skim
