#include "server/composition/reload.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "server/places/account_files.hpp"
#include "server/places/account_keys.hpp"
#include "server/places/descriptors.hpp"
#include "server/places/strict_findings.hpp"

namespace burnbox {
namespace {

// As at a start: whoever may write these files could make himself an account.
Status check_strictly(const Config& wanted) {
    const std::vector<std::string> findings = strict_findings(wanted, StrictFor::serve);
    if (findings.empty()) return {};
    return fail(Errc::permission, fmt::format("{}", fmt::join(findings, "\n")));
}

Reload::Report report_of(const Config& running, const Config& wanted) {
    Reload::Report report;
    for (ChangedKey& changed : changed_keys(running, wanted))
        if (changed.takes_hold == TakesHold::restart)
            report.restart.push_back(std::move(changed.key));
        else
            report.hold.push_back(std::move(changed));
    report.keys_wrong = keys_wrong(wanted);
    report.unread_files = unread_account_files(wanted);
    return report;
}

void tell(const Config& config, const Reload::Report& report) {
    for (const ChangedKey& changed : report.hold)
        log::info("configuration key changed", log::kv("key", changed.key),
                  log::kv("holds", to_string(changed.takes_hold)));
    for (const std::string& key : report.restart)
        log::warning("configuration key waits", log::kv("key", key),
                     log::kv("reason", "it needs a restart; its old value stays until then"));
    tell_keys_wrong(config);
    tell_unread_account_files(config);
    log::info("configuration reloaded", log::kv("file", config.file));
}

}  // namespace

std::string to_text(const Reload::Report& report) {
    std::string text;
    for (const ChangedKey& changed : report.hold)
        text += fmt::format("{}: holds {}\n", escape(changed.key),
                            changed.takes_hold == TakesHold::now
                                ? "now"
                                : fmt::format("from the {} on", to_string(changed.takes_hold)));
    for (const std::string& key : report.restart)
        text += fmt::format("{}: needs a restart; its old value stays until then\n", escape(key));
    for (const auto& [account, wrong] : report.keys_wrong) text += wrong + "\n";
    for (const std::string& line : report.unread_files) text += line + "\n";
    return text;
}

void Reload::serve(ReloadSteps steps) {
    const std::lock_guard lock(mutex_);
    steps_ = std::move(steps);
}

void Reload::end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    steps_ = {};
}

Result<Reload::Report> Reload::run() {
    const std::lock_guard lock(mutex_);
    auto report = read_and_publish();
    if (!report)
        log::error("configuration not reloaded", log::kv("reason", "the old one stays"),
                   log::kv(report.error()));
    return report;
}

Result<Reload::Report> Reload::read_and_publish() {
    const ConfigSnapshot running = config_.snapshot();
    if (ended_) return fail(Errc::cancelled, "the server is stopping");
    if (running->file.empty()) return fail(Errc::invalid, "there is no configuration file");
    BB_TRY(const Config wanted, read_config(running->file));
    BB_CHECK(check_strictly(wanted));
    BB_TRY(Config next, without_restart(*running, wanted));
    if (steps_.prepare) BB_CHECK(steps_.prepare(next));
    const Report report = report_of(*running, wanted);
    std::string few_descriptors;
    if (const Status enough = provide_descriptors(next, few_descriptors); !enough)
        few_descriptors = enough.error().message;
    if (!few_descriptors.empty()) log::warning("few descriptors", log::kv("reason", few_descriptors));
    log::set_level(next.log_level);
    config_.publish(std::move(next));
    if (steps_.follow) steps_.follow();
    tell(wanted, report);
    return report;
}

}  // namespace burnbox
