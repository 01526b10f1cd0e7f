// Discs that are closed, taken out and put in: by people, by an autoloader, and by themselves when full.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {
namespace {

using ByHand = Burner::ByHand;

std::string disc_of(BurnerHouse& house, SessionId id) {
    const auto copies = house.catalogue->copies(id);
    return copies && !copies->empty() ? copies->front().disc_label : "";
}

// A magazine with blanks; what runs is noted as "program argument: disc in the drive, what is wanted".
struct Autoloader : BurnerHouse {
    unsigned magazine = 2;
    Status fault;
    std::vector<std::string> runs;

    Autoloader() {
        config.drives["tray"].load = {"changer", "load"};
        config.drives["tray"].eject = {"changer", "eject"};
        shelves["tray"].blanks = 1;
        shelves["tray"].session_limit = 1;
        run_changer = [this](const std::vector<std::string>& argv,
                             const std::vector<std::string>& environment, const std::atomic<bool>&) {
            std::string disc, wanted;
            for (const std::string& variable : environment) {
                if (variable.starts_with("BURNBOX_DISC=")) disc = variable.substr(13);
                if (variable.starts_with("BURNBOX_WANTED=")) wanted = variable.substr(15);
            }
            runs.push_back(argv[0] + " " + argv[1] + ": " + disc + "," + wanted);
            if (fault && argv[1] == "load" && magazine != 0) --magazine, shelves["tray"].blanks = 1;
            return fault;
        };
        restart();
    }
};

}  // namespace

TEST_CASE("by hand: a disc that is full is closed by itself, unless it is never to be") {
    for (const bool closes : {true, false}) {
        BurnerHouse house;
        house.config.burn.close_when_full = closes;
        house.shelves["tray"].session_limit = 2;
        for (const char* name : {"a", "b", "c"}) house.queue(name, {{"x", "1"}});
        house.run();
        CHECK(house.shelves["tray"].discs["BURNBOX_0001"].closed == closes);
        CHECK(house.disc("BURNBOX_0001").state == (closes ? DiscState::closed : DiscState::full));
        CHECK(house.disc("BURNBOX_0001").sessions_used == 2);
        CHECK(house.disc("BURNBOX_0002").state == DiscState::open);
        CHECK_FALSE(house.shelves["tray"].discs["BURNBOX_0002"].closed);
    }
}

TEST_CASE("by hand: a disc that is closed takes nothing more, and what is on it stays listed") {
    BurnerHouse house;
    const SessionId first = house.queue("first", {{"x", "1"}});
    house.run();
    CHECK(house.burner->by_hand(ByHand::close_disc, "tray").value() == "disc BURNBOX_0001 is closed");
    CHECK(house.shelves["tray"].discs["BURNBOX_0001"].closed);
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
    const SessionId second = house.queue("second", {{"x", "1"}});
    house.run();
    CHECK(disc_of(house, first) == "BURNBOX_0001");
    CHECK(disc_of(house, second) == "BURNBOX_0002");
    CHECK(house.catalogue->disc_sessions(house.disc("BURNBOX_0001").id)->size() == 1);
}

TEST_CASE("by hand: closing is refused when there is nothing to close, and says so") {
    BurnerHouse house;
    CHECK(house.burner->by_hand(ByHand::close_disc, "try").error().message.find("no drive try") !=
          std::string::npos);
    CHECK(house.burner->by_hand(ByHand::close_disc, "tray").error().code == Errc::no_medium);
    house.queue("first", {{"x", "1"}});
    house.run();
    REQUIRE(house.burner->by_hand(ByHand::close_disc, "tray").has_value());
    CHECK(house.burner->by_hand(ByHand::close_disc, "tray").error().message.find("closed already") !=
          std::string::npos);
}

TEST_CASE("by hand: a disc can be taken out and put in again, and burning goes on with it") {
    BurnerHouse house;
    house.queue("first", {{"x", "1"}});
    house.run();
    CHECK(house.burner->by_hand(ByHand::eject, "tray").value() == "disc BURNBOX_0001 is out of drive tray");
    CHECK(house.drives[0]->loaded.empty());
    CHECK(house.burner->drives()[0].disc.empty());
    CHECK(house.burner->by_hand(ByHand::eject, "tray").value() == "drive tray was empty");
    CHECK(house.burner->by_hand(ByHand::load, "tray").value().find("disc BURNBOX_0001 is in drive tray") ==
          0);
    const SessionId second = house.queue("second", {{"x", "1"}});
    house.run();
    CHECK(disc_of(house, second) == "BURNBOX_0001");
}

TEST_CASE("by hand: a disc that takes no more is not praised for its room when it is loaded") {
    for (const DiscState state : {DiscState::suspect, DiscState::full, DiscState::closed}) {
        BurnerHouse house;
        house.queue("first", {{"x", "1"}});
        house.run();
        DiscRow disc = house.disc("BURNBOX_0001");
        disc.state = state, disc.reason = "somebody scratched it";
        if (state == DiscState::suspect) disc.suspicion = Suspicion::differs;
        REQUIRE(house.catalogue->update_disc(disc).has_value());
        const std::string said = house.burner->by_hand(ByHand::load, "tray").value();
        CAPTURE(said);
        CHECK(said.find(std::string(to_string(state)) + ", nothing more is written to it; somebody") !=
              std::string::npos);
        CHECK(said.find("free") == std::string::npos);
    }
}

TEST_CASE("by hand: an autoloader changes full discs by itself until its magazine is empty") {
    Autoloader house;
    std::vector<SessionId> ids;
    for (const char* name : {"a", "b", "c", "d"}) ids.push_back(house.queue(name, {{"x", "1"}}));
    house.run();
    CHECK(disc_of(house, ids[0]) == "BURNBOX_0001");
    CHECK(disc_of(house, ids[1]) == "BURNBOX_0002");
    CHECK(disc_of(house, ids[2]) == "BURNBOX_0003");
    CHECK(house.row(ids[3]).state == SessionState::queued);
    CHECK(house.row(ids[3]).reason.find("no blank disc is left") != std::string::npos);
    REQUIRE(house.runs.size() >= 4);
    CHECK(house.runs[0] == "changer eject: BURNBOX_0001,");
    CHECK(house.runs[1] == "changer load: ,blank");
    CHECK(house.runs[2] == "changer eject: BURNBOX_0002,");
    house.magazine = 1;
    house.run_patiently(2);
    CHECK(disc_of(house, ids[3]) == "BURNBOX_0004");
}

TEST_CASE("by hand: an autoloader that fails is an error of its drive, with its words, and is tried again") {
    Autoloader house;
    const SessionId first = house.queue("a", {{"x", "1"}});
    house.run();
    house.fault = fail(Errc::timeout, "run changer: it did not end within 300 s and was killed");
    const SessionId second = house.queue("b", {{"x", "1"}});
    house.run();
    CHECK(house.row(first).state == SessionState::burned);
    CHECK(house.row(second).reason.find("did not end within 300 s") != std::string::npos);
    CHECK(std::ranges::count(house.event_names(), "drive_error") == 1);
    house.fault = {};
    house.run_patiently(2);
    CHECK(house.row(second).state == SessionState::burned);
    CHECK(std::ranges::count(house.event_names(), "drive_error_cleared") == 1);
}

TEST_CASE(
    "by hand: with layout root each session has a disc for itself, closed, with its files at the root") {
    BurnerHouse house;
    house.config.burn.layout = Layout::root;
    house.config.burn.batch.sessions = 5;
    const SessionId first = house.queue("first", {{"DICOMDIR", "1"}});
    const SessionId second = house.queue("second", {{"DICOMDIR", "2"}});
    house.run();
    CHECK(disc_of(house, first) == "BURNBOX_0001");
    CHECK(disc_of(house, second) == "BURNBOX_0002");
    CHECK(house.shelves["tray"].discs["BURNBOX_0001"].sessions[0].entries.contains("DICOMDIR"));
    CHECK(house.disc("BURNBOX_0001").state == DiscState::closed);
    CHECK(house.text("alice/first-burned/receipt.json").find("\"path\": \"/\"") != std::string::npos);
    CHECK(house.text("alice/first-burned/receipt.json").find("\"path\":\"DICOMDIR\"") != std::string::npos);
}

}  // namespace burnbox::test
