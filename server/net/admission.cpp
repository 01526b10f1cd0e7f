#include "server/net/admission.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/net/network_of.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostFailures = 10'000;  // addresses remembered
constexpr std::chrono::minutes kForgetAfter{10};
constexpr std::size_t kMostRations = 10'000, kMostKnown = 10'000;
constexpr std::chrono::hours kKnownFor{24};
constexpr unsigned kMostSteps = 32;  // of one login: packets that bring it on; keys that are offered are such
constexpr double kAtOnce = 3;        // seconds' worth of rations that may be saved up
constexpr double kAddresses = 10;    // as many as use up theirs may do so together
constexpr std::chrono::milliseconds kFirstPenalty{500}, kLongestPenalty{15'000};

void decrease(std::map<std::string, unsigned>& counts, const std::string& key) {
    const auto at = counts.find(key);
    if (at != counts.end() && --at->second == 0) counts.erase(at);
}

}  // namespace

Result<Admission::Admitted> Admission::admit(const std::string& address,
                                             std::function<void(const char*)> drop) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t id = next_id_++;
    const std::string network = network_of(address);
    guests_.emplace(id, Guest{.address = address, .drop = std::move(drop)});
    ++per_address_[address];
    strangers_.add(id, network, is_known(network));
    if (Status fits = fit_in(id, address, network); !fits) {
        forget(id);
        return std::unexpected(std::move(fits.error()));
    }
    return Admitted{std::make_unique<Place>(*this, id), penalty(address)};
}

// Makes room for a newcomer that is counted already.
Status Admission::fit_in(std::uint64_t id, const std::string& address, const std::string& network) {
    const auto of_address = [&](std::uint64_t other) {
        return other != id && guests_.at(other).address == address;
    };
    const unsigned from_here = per_address_[address];
    const Limits limits = limits_of(config_);
    if (from_here > limits.per_address && !make_room(strangers_.first_of(network, of_address), "per_address"))
        return fail(Errc::limit, fmt::format("limits.per_address: {} are connected from {}, end some of them",
                                             from_here - 1, address));
    if (guests_.size() > limits.connections && !make_room(strangers_.first(id), "connections"))
        return fail(Errc::limit,
                    fmt::format("limits.connections: {} are connected, try again later", guests_.size() - 1));
    if (strangers_.count() > limits.unauthenticated && !make_room(strangers_.first(id), "unauthenticated"))
        return fail(Errc::limit, "limits.unauthenticated: too many connections are not logged in yet");
    return {};
}

std::size_t Admission::guests() const {
    const std::lock_guard lock(mutex_);
    return guests_.size();
}

// Its counts go at once: its Place may live a moment longer on another thread.
bool Admission::make_room(std::optional<std::uint64_t> stranger, const char* limit) {
    if (!stranger) return false;
    const auto drop = std::move(guests_.at(*stranger).drop);
    forget(*stranger);
    drop(limit);
    return true;
}

void Admission::leave(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    forget(id);
}

void Admission::forget(std::uint64_t id) {
    const auto guest = guests_.find(id);
    if (guest == guests_.end()) return;
    decrease(per_address_, guest->second.address);
    waiting_.erase(id);
    strangers_.remove(id);
    guests_.erase(guest);
}

void Admission::move_on(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto guest = guests_.find(id);
    if (guest != guests_.end() && guest->second.steps++ < kMostSteps) strangers_.move_on(id);
}

bool Admission::is_known(const std::string& address) const {
    const auto known = known_.find(address);
    return known != known_.end() && clock_.steady_now() - known->second < kKnownFor;
}

void Admission::make_known(const std::string& address) {
    if (known_.size() >= kMostKnown) known_.clear();
    known_[address] = clock_.steady_now();
}

void Admission::logged_in(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto guest = guests_.find(id);
    if (guest == guests_.end() || guest->second.logged_in) return;
    guest->second.logged_in = true;
    const std::string& address = guest->second.address;
    strangers_.remove(id);
    failures_.erase(address);
    if (guest->second.exchanged_keys) {  // it was worth it
        if (const auto ration = rations_.find(address); ration != rations_.end()) ration->second.left += 1;
        if (!known_.contains(address)) common_.left += 1;
    }
    make_known(address);
    const std::string network = network_of(address);
    make_known(network);
    strangers_.make_known(network);
}

void Admission::Ration::count(SteadyTime now, double per_second, double most) {
    const double seconds = std::chrono::duration<double>(now - std::exchange(counted, now)).count();
    left = std::min(left + seconds * per_second, most);
}

Admission::Ration& Admission::ration_of(const std::string& address, SteadyTime now, double per_second) {
    const double most = kAtOnce * per_second;
    const auto known = rations_.find(address);
    if (known != rations_.end()) {
        known->second.count(now, per_second, most);
        return known->second;
    }
    if (rations_.size() >= kMostRations) {
        for (auto& [other, ration] : rations_) ration.count(now, per_second, most);
        std::erase_if(rations_, [&](const auto& entry) { return entry.second.left >= most; });
        if (rations_.size() >= kMostRations) rations_.clear();
    }
    return rations_.emplace(address, Ration{most, now}).first->second;
}

double Admission::waiting_before(std::uint64_t id) const {
    return static_cast<double>(std::distance(waiting_.begin(), waiting_.lower_bound(id)));
}

std::chrono::milliseconds Admission::begin_key_exchange(std::uint64_t id, bool asked) {
    const std::lock_guard lock(mutex_);
    const auto guest = guests_.find(id);
    if (guest == guests_.end()) return {};
    const SteadyTime now = clock_.steady_now();
    const std::string& address = guest->second.address;
    const double rate = limits_of(config_).key_exchanges;
    Ration& own = ration_of(address, now, rate);
    // What must be left for this one.
    const auto needed = [asked](double per_second) { return asked ? 1 : 1 + kAtOnce * per_second / 2; };
    const auto wait = [](double missing, double per_second) {
        return std::chrono::milliseconds(1 + static_cast<int>(1000 * missing / per_second));
    };
    if (const double missing = needed(rate) - own.left; missing > 0) return wait(missing, rate);
    const bool common = !is_known(address);
    const double together = kAddresses * rate;
    if (common_.counted == SteadyTime()) common_ = {kAtOnce * together, now};
    common_.count(now, together, kAtOnce * together);
    const double missing = needed(together) + (asked ? waiting_before(id) : 0) - common_.left;
    if (common && missing > 0) {
        if (asked) waiting_.insert(id);
        return wait(missing, together);
    }
    waiting_.erase(id);
    if (common) common_.left -= 1;
    own.left -= 1;
    guest->second.exchanged_keys = true;
    return {};
}

void Admission::login_failed(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto guest = guests_.find(id);
    if (guest == guests_.end()) return;
    const SteadyTime now = clock_.steady_now();
    if (failures_.size() >= kMostFailures) {
        std::erase_if(failures_, [&](const auto& entry) { return now - entry.second.last > kForgetAfter; });
        if (failures_.size() >= kMostFailures) failures_.clear();
    }
    Failures& failures = failures_[guest->second.address];
    failures.count = std::min(failures.count + 1, 10U);
    failures.last = now;
    failures.until = now + std::min<std::chrono::milliseconds>(kFirstPenalty * (1U << (failures.count - 1)),
                                                               kLongestPenalty);
}

std::chrono::milliseconds Admission::penalty(const std::string& address) {
    const auto failures = failures_.find(address);
    if (failures == failures_.end()) return {};
    const SteadyTime now = clock_.steady_now();
    if (now - failures->second.last > kForgetAfter) {
        failures_.erase(failures);
        return {};
    }
    if (failures->second.until <= now) return {};
    return std::chrono::duration_cast<std::chrono::milliseconds>(failures->second.until - now);
}

}  // namespace burnbox
