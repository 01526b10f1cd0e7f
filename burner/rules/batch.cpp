#include "burner/rules/batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

bool is_small(const BatchCandidate& candidate, const BatchConfig& rule) {
    return rule.size_bytes == 0 || candidate.bytes < rule.size_bytes;
}

// The number or the size is there, the time is over, or somebody does not want to wait. One that a clock
// ahead of its time sealed has waited long enough.
bool is_due(const std::vector<BatchCandidate>& candidates, const Batch& batch, const BatchConfig& rule,
            Timestamp now) {
    if (batch.members.size() >= rule.sessions) return true;
    if (const Timestamp sealed = candidates.front().sealed_at; sealed > now || now - sealed >= rule.wait)
        return true;
    std::uint64_t bytes = 0;
    for (const std::size_t member : batch.members) {
        if (candidates[member].at_once) return true;
        bytes += candidates[member].bytes;
    }
    return rule.size_bytes != 0 && bytes >= rule.size_bytes;
}

}  // namespace

Batch choose_batch(const std::vector<BatchCandidate>& candidates, const BatchConfig& rule, Timestamp now) {
    Batch batch{{0}, std::nullopt};
    const BatchCandidate& first = candidates.front();
    if (rule.sessions <= 1 || !is_small(first, rule)) return batch;
    for (std::size_t i = 1; i < candidates.size() && batch.members.size() < rule.sessions; ++i)
        if (is_small(candidates[i], rule)) batch.members.push_back(i);
    if (first.most_together != 0) {  // it was due before it failed
        batch.members.resize(std::min(batch.members.size(), first.most_together));
        return batch;
    }
    if (!is_due(candidates, batch, rule, now)) batch.held_until = first.sealed_at + rule.wait;
    return batch;
}

std::string held_text(const BatchConfig& rule, Timestamp until) {
    const std::string size =
        rule.size_bytes == 0 ? "" : fmt::format(" or {} in all", human_bytes(rule.size_bytes));
    return fmt::format(
        "it is held back until {} at the latest, to be burned together with others: until {} sessions{} are "
        "there (burn.batch); `burn` burns it now",
        to_iso8601(until), rule.sessions, size);
}

}  // namespace burnbox
