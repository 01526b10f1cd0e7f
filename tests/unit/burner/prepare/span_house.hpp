// A house whose discs take two of the five files of a session, so that it is burned in three parts.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {

inline constexpr std::uint64_t kMiB = 1U << 20U;

using Files = std::map<std::string, std::string>;

inline constexpr std::uint64_t kFileBytes = 3 * kMiB / 2;

// Five files of which two fit on a disc, with no room for another: three parts.
inline Files five_files() {
    Files files;
    for (const char name : {'a', 'b', 'c', 'd', 'e'})
        files[std::string("photos/") + name] = std::string(kFileBytes, name);
    return files;
}

inline std::unique_ptr<BurnerHouse> make_house(const std::vector<std::string>& drives = {"tray"},
                                               unsigned copies = 1) {
    auto house = std::make_unique<BurnerHouse>(drives, copies);
    house->config.burn.span = true;
    house->config.burn.full_below_bytes = kMiB;
    for (auto& [name, shelf] : house->shelves) shelf.capacity_bytes = 11 * kMiB / 2;
    house->restart();
    return house;
}

// What lies on all discs together, below data/, checked to be there `times`.
inline Files all_on_discs(BurnerHouse& house, std::size_t times = 1) {
    std::map<std::string, std::size_t> seen;
    Files files;
    for (const auto& [drive, shelf] : house.shelves)
        for (const auto& [label, disc] : shelf.discs)
            for (const FakeDiscSession& session : disc.sessions)
                for (const auto& [path, entry] : session.entries) {
                    const std::size_t data = path.find("/data/");
                    if (!session.whole || data == std::string::npos || entry.type != FileType::file) continue;
                    files[path.substr(data + 6)] = entry.content;
                    ++seen[path];
                }
    for (const auto& [path, count] : seen) CHECK_MESSAGE(count == times, path);
    return files;
}

inline std::set<std::string> discs_of(BurnerHouse& house, SessionId id) {
    std::set<std::string> labels;
    const auto copies = house.catalogue->copies(id).value();
    for (const DiscSessionRow& copy : copies) labels.insert(copy.disc_label);
    return labels;
}

}  // namespace burnbox::test
