// An older copy of the catalogue is put back: what was burned, and what the catalogue knows of it then.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

#include "common/marks/older_catalogue.hpp"
#include "common/session/parity.hpp"
#include "common/storage/durable_file.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {

inline const std::map<std::string, std::string> kFiles = {{"a.txt", "one"}, {"folder/b.txt", "two"}};

inline std::vector<std::string> names_on(BurnerHouse& house, const std::string& label) {
    std::vector<std::string> names;
    const auto rows = house.catalogue->disc_sessions(house.disc(label).id);
    for (const DiscSessionRow& row : *rows) names.push_back(row.session_name);
    return names;
}

inline std::optional<SessionRow> find(BurnerHouse& house, const std::string& name) {
    return *house.catalogue->find_session("alice", name);
}

inline bool is_burned(BurnerHouse& house, const std::string& name) {
    const auto row = find(house, name);
    return row && row->state == SessionState::burned;
}

// The copy is made while the first session is written.
inline void burn_three(BurnerHouse& house) {
    house.queue("s1", kFiles);
    house.drives[0]->during_write = [&] {
        house.copy_catalogue("old");
        return Status();
    };
    house.run();
    house.drives[0]->during_write = nullptr;
    for (const char* name : {"s2", "s3"}) {
        house.queue(name, kFiles);
        house.run();
    }
}

// s1 is on its disc, and the catalogue of before is put back.
inline void forget_what_the_first_drive_burned(BurnerHouse& house) {
    house.queue("s1", kFiles);
    house.copy_catalogue("old");
    while (*house.burner->run_once(0)) {
    }
    REQUIRE(is_burned(house, "s1"));
    house.put_catalogue_back("old");
}

}  // namespace burnbox::test
