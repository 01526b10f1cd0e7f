#include "server/composition/shutdown.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <optional>

using namespace burnbox;
using namespace std::chrono_literals;

namespace {

// A server whose drain lasts until the test says so.
class FakeServer final : public EndingServer {
  public:
    void drain(const std::string& reason, const std::string& /*remedy*/) override {
        std::unique_lock lock(mutex);
        reasons.push_back(reason);
        changed.wait(lock, [this] { return over; });
    }
    [[nodiscard]] DrainStep draining() const override {
        const std::lock_guard lock(mutex);
        return step;
    }
    [[nodiscard]] std::vector<DriveStatus> writing() const override {
        const std::lock_guard lock(mutex);
        return drives;
    }
    void cut_off() override { ++cuts; }
    void give_last_answers(std::function<void()> done) override {
        ++last_answers;
        done();
    }
    void end_drain() {
        const std::lock_guard lock(mutex);
        over = true;
        changed.notify_all();
    }

    mutable std::mutex mutex;
    std::condition_variable changed;
    bool over = false;
    std::vector<std::string> reasons;
    DrainStep step{.number = 1, .waits_for = "the watched folder /nfs", .patience = 1h};
    std::vector<DriveStatus> drives;
    int cuts = 0, last_answers = 0;
};

DriveStatus burning_drive() {
    DriveStatus drive;
    drive.drive = "tray";
    drive.state = DriveActivity::burning;
    return drive;
}

struct House {
    boost::asio::io_context io;
    FakeServer server;
    std::optional<int> ended;
    std::optional<Shutdown> shutdown;

    House() {
        shutdown.emplace(io, server, [this](int code) {
            ended = code;
            io.stop();
        });
    }
    ~House() {
        server.end_drain();
        shutdown.reset();
    }
};

}  // namespace

TEST_CASE("shutdown: the first signal after a part has failed cuts nothing off, the second one does") {
    House house;
    house.server.drives = {burning_drive()};
    house.shutdown->part_failed("spawner", "its process has ended");
    house.io.poll();
    house.shutdown->signal("SIGTERM");
    house.io.poll();
    CHECK(house.server.cuts == 0);
    house.shutdown->signal("SIGTERM");
    CHECK(house.server.cuts == 1);
    house.shutdown->signal("SIGINT");
    CHECK(house.server.cuts == 1);
    CHECK(house.shutdown->exit_code() == 1);
}

TEST_CASE("shutdown: it drains once, whoever asks for it") {
    House house;
    house.shutdown->signal("SIGTERM");
    house.shutdown->part_failed("storage", "state_dir is gone");
    house.io.poll();
    house.server.end_drain();
    house.io.run();
    CHECK(house.server.reasons == std::vector<std::string>{"burnbox is stopping"});
    CHECK(house.server.last_answers == 1);
    CHECK_FALSE(house.ended);
    CHECK(house.shutdown->exit_code() == 1);
}

TEST_CASE("shutdown: what hangs is given up once its patience is over, a drive that writes never") {
    House house;
    {
        const std::lock_guard lock(house.server.mutex);
        house.server.step.patience = 0ms;
        house.server.drives = {burning_drive()};
    }
    house.shutdown->signal("SIGTERM");
    house.io.run_for(1500ms);  // a look each second
    CHECK_FALSE(house.ended);
    {
        const std::lock_guard lock(house.server.mutex);
        house.server.drives.clear();
    }
    house.io.restart();
    house.io.run();
    CHECK(house.ended == 0);
    CHECK(house.server.last_answers == 1);
    CHECK(house.server.cuts == 0);
}
