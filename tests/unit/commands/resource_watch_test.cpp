#include "server/places/resource_watch.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "tests/contract/catalogue_fixture.hpp"
#include "tests/support/storage/faulty_catalogue.hpp"
#include "tests/support/storage/faulty_file_system.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/wait_until.hpp"

using namespace burnbox;
using namespace burnbox::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kGiB = 1ULL << 30U;

FileSystem::Space space(std::uint64_t free_bytes, std::uint64_t total_bytes) {
    return {.total_bytes = total_bytes, .free_bytes = free_bytes, .total_inodes = 0, .free_inodes = 0};
}

// What was published, from any thread.
class Told {
  public:
    explicit Told(Events& events)
        : subscription_(events.subscribe([this](const Event& event) {
              const std::lock_guard lock(mutex_);
              events_.push_back(event);
          })) {}
    [[nodiscard]] std::size_t count(EventKind kind) {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(std::ranges::count(events_, kind, &Event::kind));
    }
    [[nodiscard]] std::string message(EventKind kind) {
        const std::lock_guard lock(mutex_);
        const auto found = std::ranges::find(events_, kind, &Event::kind);
        return found == events_.end() ? "" : found->message;
    }

  private:
    std::mutex mutex_;
    std::vector<Event> events_;
    std::shared_ptr<void> subscription_;
};

}  // namespace

TEST_CASE("resources: space is short below 2 % or 1 GiB, and a quarter more ends it") {
    CHECK_FALSE(is_short_of_space(space(2 * kGiB, 100 * kGiB), false));
    CHECK(is_short_of_space(space(kGiB - 1, 1000 * kGiB), false));
    CHECK(is_short_of_space(space(kGiB + 1, 1000 * kGiB), true));
    CHECK_FALSE(is_short_of_space(space(2 * kGiB, 1000 * kGiB), true));
    CHECK(is_short_of_space(space(19, 1000), false));
    CHECK_FALSE(is_short_of_space(space(20, 1000), false));
    CHECK(is_short_of_space(space(24, 1000), true));
    CHECK_FALSE(is_short_of_space(space(25, 1000), true));
    CHECK_FALSE(is_short_of_space(space(0, 0), false));  // nothing is known
    CHECK(is_short_of_space({.total_bytes = 10, .free_bytes = 10, .total_inodes = 1000, .free_inodes = 3},
                            false));
}

TEST_CASE("resources: a full file system is told with its key and folder, and that it has room again") {
    MemoryFileSystem inbox("/srv/inbox"), state("/srv/state");
    inbox.limit_bytes(1'000'000);
    state.limit_bytes(1'000'000);
    TemporaryCatalogue catalogue;
    Events events;
    Told told(events);
    ResourceWatch watch({{"inbox_dir", inbox}, {"state_dir", state}}, *catalogue, events, system_clock(), {},
                        1ms);
    const std::vector<std::byte> data(990'000);
    REQUIRE(inbox.open("big", {.write = true, .create = true}).value()->write_at(data, 0));
    CHECK(wait_until([&] { return told.count(EventKind::staging_full) == 1; }));
    CHECK(told.message(EventKind::staging_full).find("inbox_dir (/srv/inbox") != std::string::npos);
    CHECK(told.message(EventKind::staging_full).find("state_dir") == std::string::npos);
    CHECK(told.count(EventKind::staging_full_cleared) == 0);
    REQUIRE(inbox.remove("big"));
    CHECK(wait_until([&] { return told.count(EventKind::staging_full_cleared) == 1; }));
    CHECK(told.count(EventKind::staging_full) == 1);
}

TEST_CASE(
    "resources: a folder that takes no writes any more is told, with the remedy, and that it takes them "
    "again") {
    MemoryFileSystem inner("/srv/inbox");
    FaultPlan plan;
    FaultyFileSystem inbox(inner, plan);
    TemporaryCatalogue catalogue;
    Events events;
    std::mutex mutex;
    std::vector<std::string> told;
    const auto last = [&] {
        const std::lock_guard lock(mutex);
        return told.empty() ? "nothing" : told.back();
    };
    ResourceWatch watch(
        {{"inbox_dir", inbox}}, *catalogue, events, system_clock(),
        [&](const std::string& folder, const std::string& why) {
            const std::lock_guard lock(mutex);
            told.push_back(folder + ": " + why);
        },
        1ms);
    plan.fail_at(1, Errc::io, FaultPlan::Mode::from_then_on);
    CHECK(wait_until(
        [&] { return last().find("/srv/inbox: inbox_dir can't be written to, so that nothing") == 0; }));
    plan.fail_nothing();
    CHECK(wait_until([&] { return last() == "/srv/inbox: "; }));
    CHECK(inner.info(".burnbox-probe").error().code == Errc::not_found);
    const std::lock_guard lock(mutex);
    CHECK(told.size() == 2);
}

TEST_CASE("resources: a catalogue that fails is told at once, tried again, and told when it works") {
    TemporaryCatalogue catalogue;
    FaultPlan plan;
    const auto faulty = make_faulty_catalogue(*catalogue, plan);
    Events events;
    Told told(events);
    ResourceWatch watch({}, *faulty, events, system_clock(), {}, 1ms);
    plan.fail_at(1, Errc::io, FaultPlan::Mode::from_then_on);
    watch.catalogue_failed({Errc::io, 0, "catalogue: add session: disk I/O error"});
    CHECK(wait_until([&] { return plan.count() > 5; }));  // it goes on trying
    CHECK(told.count(EventKind::catalogue_error) == 1);
    CHECK(told.message(EventKind::catalogue_error) == "catalogue: add session: disk I/O error");
    CHECK(told.count(EventKind::catalogue_error_cleared) == 0);
    plan.fail_nothing();
    CHECK(wait_until([&] { return told.count(EventKind::catalogue_error_cleared) == 1; }));
}

TEST_CASE(
    "resources: that the catalogue is an older one is told until the end, whatever it fails at meanwhile") {
    TemporaryCatalogue catalogue;
    FaultPlan plan;
    const auto faulty = make_faulty_catalogue(*catalogue, plan);
    Events events;
    Told told(events);
    ResourceWatch watch({}, *faulty, events, system_clock(), {}, 1ms);
    watch.catalogue_is_older("it is older than the data");
    CHECK(told.message(EventKind::catalogue_error) == "it is older than the data");
    plan.fail_at(1, Errc::io, FaultPlan::Mode::from_then_on);
    watch.catalogue_failed({Errc::io, 0, "disk I/O error"});
    CHECK(wait_until([&] { return told.count(EventKind::catalogue_error) == 2; }));
    CHECK(told.count(EventKind::catalogue_error_cleared) == 0);
    plan.fail_nothing();
    CHECK(wait_until([&] { return told.count(EventKind::catalogue_error) == 3; }));
    CHECK(told.count(EventKind::catalogue_error_cleared) == 1);
}

TEST_CASE("resources: stopping does not wait for the next look") {
    TemporaryCatalogue catalogue;
    Events events;
    const auto before = std::chrono::steady_clock::now();
    {
        ResourceWatch watch({}, *catalogue, events, system_clock(), {}, 1h);
    }
    CHECK(std::chrono::steady_clock::now() - before < 10s);
}
