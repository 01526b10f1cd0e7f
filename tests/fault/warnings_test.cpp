// What the libraries warn of in a burn that is well, from the command that went wrong to the catalogue.
#include <doctest/doctest.h>

#include "tests/fault/mmc_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {

TEST_CASE("warnings: those of a burn that is well stay in the attempt's record") {
    const auto spawner = must(Spawner::start());
    MmcHouse house(*spawner, {"dvd+r"}, 1);
    house.restart();
    Tray& tray = *house.trays.front();
    tray.burner.insert(house.add_blank(tray, 0));
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.at_drive = [&](Tray&, const std::string& operation) {
        if (operation != "burn" || !house.begun.empty()) return;
        // The drive had to try twice (READ TRACK INFORMATION); libburn takes that for no answer.
        tray.burner.add({.kind = mmc::FaultKind::sense, .sense = {1, 0x18, 0}, .opcode = 0x52, .skip = 1});
    };
    while (house.burner->run_once(0).value_or(false)) {
    }
    CHECK(must(house.catalogue->session(id)).state == SessionState::burned);
    const auto attempts = must(house.catalogue->attempts(id));
    REQUIRE(attempts.size() == 1);
    CHECK(attempts.front().messages.find("WARNING: Upcoming track: No Next-Writable-Address") !=
          std::string::npos);
}

}  // namespace burnbox::test
