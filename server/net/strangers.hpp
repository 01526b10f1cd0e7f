// Who is connected and not logged in, in the order in which they leave when a place is needed: first the
// network with the most of them, and of it, or of several with as many, whoever has not moved on in its login
// for longest. So one network takes places from itself alone, and of many that only hold places the oldest
// go, while a login under way stays as long as each of its steps comes before all the places have changed
// hands. O(log n), but for first_of(). Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace burnbox {

class Strangers {
  public:
    using Id = std::uint64_t;

    // It has just moved on. Of a `known` network, which somebody has logged in from, each four count as one:
    // fewer are dropped only when all are of known ones.
    void add(Id id, const std::string& network, bool known);
    void remove(Id id);
    void move_on(Id id);
    void make_known(const std::string& network);

    [[nodiscard]] std::size_t count() const { return places_.size(); }
    // Who leaves first, but not `spared`.
    [[nodiscard]] std::optional<Id> first(Id spared) const;
    // The same among those of `network` that fit; looks at as many as do not.
    template <class Fits>
    [[nodiscard]] std::optional<Id> first_of(const std::string& network, Fits fits) const {
        const auto crowd = crowds_.find(network);
        if (crowd == crowds_.end()) return std::nullopt;
        for (const auto& [step, id] : crowd->second.waiting)
            if (fits(id)) return id;
        return std::nullopt;
    }

  private:
    using Step = std::uint64_t;  // grows: the smallest was taken longest ago
    struct Crowd {
        std::set<std::pair<Step, Id>> waiting;
        bool known = false;
    };
    struct Place {
        std::string network;
        Step step;
    };
    struct Rank {
        std::size_t weight;
        Step oldest;
        std::string network;
        bool operator<(const Rank& other) const {
            return std::tie(other.weight, oldest, network) < std::tie(weight, other.oldest, other.network);
        }
    };
    [[nodiscard]] static Rank rank(const std::string& network, const Crowd& crowd);
    template <class Change>
    void change(const std::string& network, Change change);

    std::map<Id, Place> places_;
    std::map<std::string, Crowd> crowds_;  // by network; none is empty
    std::set<Rank> order_;                 // of the crowds
    Step next_step_ = 0;
};

}  // namespace burnbox
