#include "server/net/strangers.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kKnownForOne = 4;

}  // namespace

Strangers::Rank Strangers::rank(const std::string& network, const Crowd& crowd) {
    const std::size_t count = crowd.waiting.size();
    return {crowd.known ? count / kKnownForOne : count, crowd.waiting.begin()->first, network};
}

// Keeps the order while a crowd changes.
template <class Change>
void Strangers::change(const std::string& network, Change change) {
    const auto at = crowds_.try_emplace(network).first;
    Crowd& crowd = at->second;
    if (!crowd.waiting.empty()) order_.erase(rank(network, crowd));
    change(crowd);
    if (crowd.waiting.empty())
        crowds_.erase(at);
    else
        order_.insert(rank(network, crowd));
}

void Strangers::add(Id id, const std::string& network, bool known) {
    const Step step = next_step_++;
    places_.emplace(id, Place{network, step});
    change(network, [&](Crowd& crowd) {
        crowd.waiting.emplace(step, id);
        crowd.known = known;
    });
}

void Strangers::remove(Id id) {
    const auto place = places_.find(id);
    if (place == places_.end()) return;
    change(place->second.network, [&](Crowd& crowd) { crowd.waiting.erase({place->second.step, id}); });
    places_.erase(place);
}

void Strangers::move_on(Id id) {
    const auto place = places_.find(id);
    if (place == places_.end()) return;
    const Step before = std::exchange(place->second.step, next_step_++);
    change(place->second.network, [&](Crowd& crowd) {
        crowd.waiting.erase({before, id});
        crowd.waiting.emplace(place->second.step, id);
    });
}

void Strangers::make_known(const std::string& network) {
    change(network, [](Crowd& crowd) { crowd.known = true; });
}

std::optional<Strangers::Id> Strangers::first(Id spared) const {
    for (const Rank& rank : order_) {
        for (const auto& [step, id] : crowds_.at(rank.network).waiting)
            if (id != spared) return id;
    }
    return std::nullopt;
}

}  // namespace burnbox
