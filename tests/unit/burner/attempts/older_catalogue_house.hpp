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

// Its disc is away while an older catalogue is put back, and it is sent and burned once more.
inline void burn_once_more_while_its_disc_is_away(BurnerHouse& house,
                                                  const std::map<std::string, std::string>& files) {
    house.copy_catalogue("old");
    house.queue("s1", kFiles);
    house.run();
    REQUIRE(house.shelves["a"].discs.contains("BURNBOX_0001"));
    must(remove_tree(house.inbox_fs, "alice/s1-burned"));
    house.shelves["a"].away = true;
    house.put_catalogue_back("old");
    house.clock.advance(std::chrono::hours(1));
    house.queue("s1", files);
    house.run_patiently(3);
    REQUIRE(is_burned(house, "s1"));
    house.shelves["a"].away = false;
    for (int look = 0; look < 4; ++look) house.clock.advance(std::chrono::seconds(3)), house.run();
}

// The discs lie elsewhere and the folders of burned sessions are deleted when an older catalogue is put back:
// nothing is left that tells of the disc but the disc.
inline FakeDisc forget_all(BurnerHouse& house) {
    house.copy_state("old");
    house.queue("s1", kFiles);
    house.run();
    FakeDisc disc = house.shelves["tray"].discs.at("BURNBOX_0001");
    house.shelves["tray"].discs.clear();
    REQUIRE(remove_tree(house.inbox_fs, "alice/s1-burned"));
    house.put_state_back("old");
    house.run();
    CHECK(house.disc("BURNBOX_0001").label.empty());
    return disc;
}

inline void check_taken_in(BurnerHouse& house) {
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
    CHECK(house.disc("BURNBOX_0001").sessions_used == 1);
    CHECK(names_on(house, "BURNBOX_0001") == std::vector<std::string>{"s1"});
    CHECK(is_burned(house, "s1"));
    CHECK(house.catalogue->find("alice", "*.txt", 10)->size() == 2);
    const std::size_t before = house.shelves["tray"].discs.at("BURNBOX_0001").sessions.size();
    house.queue("s2", kFiles);
    house.run();
    CHECK(house.shelves["tray"].discs.at("BURNBOX_0001").sessions.size() == before);
    CHECK(is_burned(house, "s2"));
}

// Its first copy is good; the second one is not, however often it is tried.
inline void fail_on_the_second_disc(BurnerHouse& house, bool with_older_session) {
    if (with_older_session) {
        house.queue("s0", kFiles);
        house.run();
    }
    house.copy_state("old");
    house.queue("s1", kFiles);
    house.drives[1]->change_on_disc = [](std::string& content) { content += "?"; };
    for (int i = 0; i < 2; ++i) {  // the drive stops after two discs
        house.run_patiently();
        REQUIRE(house.burner->by_hand(Burner::ByHand::retry, "spare"));
    }
    house.drives[1]->change_on_disc = nullptr;
    REQUIRE(find(house, "s1")->state == SessionState::failed);
    REQUIRE(house.exists("alice/s1-failed/a.txt"));
}

}  // namespace burnbox::test
