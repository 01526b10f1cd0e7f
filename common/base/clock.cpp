#include "common/base/time_range.hpp"

#include <algorithm>

namespace burnbox {
namespace {

class SystemClock final : public Clock {
  public:
    Timestamp now() const override {
        return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
    }
    SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
};

constexpr std::size_t kWholeSeconds = 19;  // characters up to the fraction

void put_digits(char* at, int count, std::uint64_t value) {
    for (int i = count - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

Timestamp clamp_time(Timestamp time) {
    return std::clamp(time, kEarliestTime, kLatestTime);
}

Timestamp clamp_time(std::int64_t seconds, std::int64_t nanoseconds) {
    constexpr auto kFirst =
        std::chrono::floor<std::chrono::seconds>(kEarliestTime).time_since_epoch().count();
    constexpr auto kLast = std::chrono::floor<std::chrono::seconds>(kLatestTime).time_since_epoch().count();
    if (seconds < kFirst) return kEarliestTime;
    if (seconds > kLast) return kLatestTime;
    return Timestamp(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds));
}

std::array<char, 30> to_exact_iso8601(Timestamp any_time) {
    const Timestamp time = clamp_time(any_time);
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 30> text{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0', '0', ':', '0',
                              '0', ':', '0', '0', '.', '0', '0', '0', '0', '0', '0', '0', '0', '0', 'Z'};
    put_digits(&text[0], 4, static_cast<std::uint64_t>(static_cast<int>(date.year())));
    put_digits(&text[5], 2, static_cast<unsigned>(date.month()));
    put_digits(&text[8], 2, static_cast<unsigned>(date.day()));
    put_digits(&text[11], 2, static_cast<std::uint64_t>(clock.hours().count()));
    put_digits(&text[14], 2, static_cast<std::uint64_t>(clock.minutes().count()));
    put_digits(&text[17], 2, static_cast<std::uint64_t>(clock.seconds().count()));
    put_digits(&text[20], 9, static_cast<std::uint64_t>(clock.subseconds().count()));
    return text;
}

std::string to_iso8601(Timestamp time) {
    const auto exact = to_exact_iso8601(time);
    return std::string(exact.data(), kWholeSeconds) + "Z";
}

std::optional<Timestamp> parse_iso8601(std::string_view text) {
    const bool exact = text.size() == 30;
    if ((!exact && text.size() != kWholeSeconds + 1) || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
        text[13] != ':' || text[16] != ':' || (exact && text[19] != '.') || text.back() != 'Z')
        return std::nullopt;
    bool good = true;
    const auto digits = [&](std::size_t at, std::size_t count) {
        int value = 0;
        for (const char c : text.substr(at, count)) {
            good = good && c >= '0' && c <= '9';
            value = good ? value * 10 + (c - '0') : 0;
        }
        return value;
    };
    using namespace std::chrono;
    const year_month_day date{year(digits(0, 4)), month(static_cast<unsigned>(digits(5, 2))),
                              day(static_cast<unsigned>(digits(8, 2)))};
    const int hour = digits(11, 2), minute = digits(14, 2), second = digits(17, 2);
    const int fraction = exact ? digits(20, 9) : 0;
    if (!good || !date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    const sys_seconds whole = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
    return clamp_time(whole.time_since_epoch().count(), fraction);
}

}  // namespace burnbox
