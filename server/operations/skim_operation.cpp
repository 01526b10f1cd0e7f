#include "server/operations/skim_operation.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"

namespace burnbox {

void run_skim(const Asked& asked) {
    const auto outcomes = asked.services.skim_once();
    if (outcomes.empty()) return asked.failed("nothing is skimmed: the configuration has no skim folders");
    bool good = true;
    for (const Skims::Outcome& outcome : outcomes) {
        good = good && is_good(outcome);
        asked.sink->out(outcome_text(outcome));
        for (const std::string& problem : outcome.report.problems)
            asked.sink->error(fmt::format("{}: left out: {}", escape(outcome.from), problem));
        if (!outcome.report.away.empty()) asked.sink->error(outcome.report.away);
        if (!outcome.ended)
            asked.sink->error(fmt::format("{}: {}", escape(outcome.from), outcome.ended.error().message));
    }
    asked.sink->finish(good ? 0 : 1);
}

}  // namespace burnbox
