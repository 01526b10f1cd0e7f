#include "server/skim/skims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "common/base/log.hpp"
#include "common/base/parts.hpp"
#include "common/base/text.hpp"
#include "server/refusal/seal_refusal.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kBetweenLooks{2};  // whether the folder is there

}  // namespace

class Skims::Skimmer {
  public:
    Skimmer(const SkimConfig& config, Uploads& uploads, const UploadServices& services)
        : config_(config),
          uploads_(uploads),
          services_(services),
          store_(services.state_fs, config.account, config.from) {}

    void recover() {
        const std::lock_guard lock(run_mutex_);
        if (const Status settled = store_.merge_taken(services_.catalogue); !settled)
            log::error("skim index not settled", log::kv("folder", config_.from), log::kv(settled.error()));
    }

    void start() {
        works_ = true;
        thread_ = std::jthread([this](const std::stop_token&) {
            (void)guard_part("skimmer", [this] { work(); });
            works_ = false;
        });
    }

    void end() { stop_.request_stop(); }
    void stop() {
        end();
        if (thread_.joinable()) thread_.join();
    }
    [[nodiscard]] bool works() const { return works_; }
    [[nodiscard]] const std::string& folder() const { return config_.from; }

    Outcome run() {
        const std::lock_guard lock(run_mutex_);
        Outcome outcome{.from = config_.from, .report = {}, .ended = {}};
        outcome.ended =
            skim::SkimRun(config_, uploads_, services_, store_, stop_.get_token()).run(outcome.report);
        tell(outcome);
        return outcome;
    }

  private:
    void work() {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        do {
            (void)run();
            const SteadyTime next = std::chrono::steady_clock::now() + config_.every;
            for (bool due = false; !due && !stop_.stop_requested();) {
                const auto left = next - std::chrono::steady_clock::now();
                changed.wait_for(lock, stop_.get_token(), std::min<SteadyTime::duration>(left, kBetweenLooks),
                                 [] { return false; });
                due = std::chrono::steady_clock::now() >= next || (!stop_.stop_requested() && is_back());
            }
        } while (!stop_.stop_requested());
    }

    // What is wrong is said again only when it is something else than last time.
    void tell(const Outcome& outcome) {
        const auto folder = log::kv("folder", config_.from);
        for (const SessionRow& row : outcome.report.sessions)
            log::info("folder skimmed", folder, log::kv("session", row.account + "/" + row.disc_name),
                      log::kv("files", row.files_count), log::kv("bytes", row.bytes));
        std::string wrong = upload::list_names(outcome.report.problems);
        if (!outcome.ended) wrong = outcome.ended.error().message;
        if (wrong != told_ && !wrong.empty() && !stop_.stop_requested())
            log::error(outcome.ended ? "files not skimmed" : "folder not skimmed", folder,
                       log::kv("reason", wrong));
        told_ = wrong;
        tell_away(outcome.report.away);
    }

    void tell_away(const std::string& why) {
        is_away_ = !why.empty();
        if (services_.folder_is_away) services_.folder_is_away(config_.from, why);
    }

    // Between two runs: whether the folder was away and is there again.
    bool is_back() {
        const std::lock_guard lock(run_mutex_);
        const bool was_away = is_away_;
        const auto why = skim::SkimRun(config_, uploads_, services_, store_, stop_.get_token()).why_away();
        if (why) tell_away(*why);
        return was_away && !is_away_;
    }

    const SkimConfig config_;
    Uploads& uploads_;
    const UploadServices& services_;
    std::mutex run_mutex_;  // one run at a time; guards what follows
    skim::IndexStore store_;
    std::string told_;
    bool is_away_ = false;
    std::stop_source stop_;
    std::atomic<bool> works_{false};
    std::jthread thread_;
};

Skims::Skims(Uploads& uploads, const UploadServices& services) {
    const ConfigSnapshot config = services.config.snapshot();
    for (const SkimConfig& folder : config->skim)
        skimmers_.push_back(std::make_unique<Skimmer>(folder, uploads, services));
}

Skims::~Skims() {
    stop();
}

void Skims::recover() {
    for (const auto& skimmer : skimmers_) skimmer->recover();
}

void Skims::start() {
    for (const auto& skimmer : skimmers_) skimmer->start();
}

void Skims::end() {
    for (const auto& skimmer : skimmers_) skimmer->end();
}

void Skims::stop() {
    end();
    for (const auto& skimmer : skimmers_) skimmer->stop();
}

std::string Skims::at_work() const {
    const auto busy = std::ranges::find_if(skimmers_, [](const auto& skimmer) { return skimmer->works(); });
    return busy == skimmers_.end() ? "" : (*busy)->folder();
}

std::vector<Skims::Outcome> Skims::run_once() {
    std::vector<Outcome> outcomes;
    outcomes.reserve(skimmers_.size());
    for (const auto& skimmer : skimmers_) outcomes.push_back(skimmer->run());
    return outcomes;
}

bool is_good(const Skims::Outcome& outcome) {
    return outcome.ended.has_value() && outcome.report.problems.empty() && outcome.report.away.empty();
}

std::string outcome_text(const Skims::Outcome& outcome) {
    const skim::RunReport& report = outcome.report;
    const std::string from = escape(outcome.from);
    std::string text;
    for (const SessionRow& row : report.sessions)
        text += fmt::format("{}: {} files, {}, sealed as {}/{}\n", from, row.files_count,
                            human_bytes(row.bytes), row.account, escape(row.disc_name));
    if (report.sessions.empty() && report.away.empty() && outcome.ended)
        text += fmt::format("{}: nothing new\n", from);
    if (report.young_count != 0)
        text +=
            fmt::format("{}: {} left for later: changed less than min_age ago\n", from, report.young_count);
    if (!report.changed.empty())
        text += fmt::format("{}: changed while copied, left for the next run: {}\n", from,
                            upload::list_names(report.changed));
    return text;
}

}  // namespace burnbox
