#include "server/watch/watches.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

// A watched folder with the open session w1.
struct WatchHouse {
    UploadHouse house;
    TempFolder folder;
    std::unique_ptr<Watches> watches;

    WatchHouse() {
        std::filesystem::create_directories(folder / "w1/data");
        std::ofstream(folder / "w1/data/file") << "content";
        house.config.accounts["lab"].name = "lab";
        house.config.watch = {{.path = folder.path(), .account = "lab"}};
        house.hold();
        watches = std::move(Watches::open(house.services())).value();
        REQUIRE(watches->recover());
        REQUIRE(watches->start());
        REQUIRE(watches->open_sessions().size() == 1);
    }
};

constexpr const char* kStopping = "burnbox is stopping: ask again when it is back";

}  // namespace

TEST_CASE("watches: who asks for a burn while they end has an answer") {
    WatchHouse lab;
    const Answer answer;
    SUBCASE("they have ended") {
        lab.watches->stop();
        lab.watches->burn(lab.folder.path(), "w1", false, answer.done());
    }
    SUBCASE("they are told to end") {
        lab.watches->end();
        lab.watches->burn(lab.folder.path(), "w1", false, answer.done());
        lab.watches->stop();
    }
    SUBCASE("the look at it is never run") {
        lab.house.jobs_wait = true;
        lab.watches->burn(lab.folder.path(), "w1", false, answer.done());
        lab.watches->stop();
        lab.house.jobs.clear();
    }
    CHECK(*answer == kStopping);
}
