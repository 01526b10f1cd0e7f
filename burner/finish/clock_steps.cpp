#include "burner/finish/clock_steps.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::minutes kLeastStep{1};
constexpr Timestamp kFirstBurnbox = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

}  // namespace

std::optional<Timestamp::duration> ClockSteps::look(Timestamp now, SteadyTime steady) {
    std::optional<Timestamp::duration> stepped;
    if (last_) {
        const Timestamp expected = last_->first + (steady - last_->second);
        const Timestamp::duration by = now - expected;
        if (by >= kLeastStep || by <= -kLeastStep) stepped = by;
        if (stepped) steps_.push_back({expected, by});
    }
    if (!first_) first_ = now;
    last_ = {now, steady};
    return stepped;
}

Timestamp::duration ClockSteps::age(Timestamp since, Timestamp now) const {
    if (since < kFirstBurnbox && first_) since = *first_;
    using Ticks = Timestamp::rep;
    Ticks ticks = 0;
    const bool overflows =
        __builtin_sub_overflow(now.time_since_epoch().count(), since.time_since_epoch().count(), &ticks);
    if (overflows) return since < now ? Timestamp::duration::max() : Timestamp::duration::min();
    Timestamp::duration age(ticks);
    for (const Step& step : steps_)
        if (since <= step.before) age -= step.by;
    return age;
}

}  // namespace burnbox
