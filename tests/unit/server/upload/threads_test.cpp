// Many connections on threads of their own and a real pool: run under ThreadSanitizer, it says whether the
// locks are right.
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "common/base/log.hpp"
#include "tests/support/server/quiet_services.hpp"
#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

class Pool {
  public:
    explicit Pool(unsigned threads) {
        for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    }
    ~Pool() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        changed_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }
    void run(std::function<void()> job) {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
        changed_.notify_one();
    }

  private:
    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            const auto job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            job();
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

// An answer that a thread waits for.
class Waiting {
  public:
    [[nodiscard]] Done done() {
        return [this](const Result<std::string>& result) {
            const std::lock_guard lock(mutex_);
            ok_ = result.has_value();
            answered_ = true;
            changed_.notify_all();
        };
    }
    bool wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return answered_; });
        return ok_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool answered_ = false, ok_ = false;
};

bool send(Client& client, const std::string& path, std::string_view content) {
    auto file = client.open(path, {.write = true, .create = true, .truncate = true});
    if (!file) return false;
    if (!(*file)->write_at(std::as_bytes(std::span(content)), 0)) return false;
    Waiting closed;
    client.close(std::move(*file), closed.done());
    return closed.wait();
}

void use_session(Uploads& uploads, const std::string& session, unsigned number,
                 std::atomic<unsigned>& sealed) {
    const auto client = uploads.connect("alice");
    const std::string folder = "/" + session + "/" + std::to_string(number);
    (void)client->make_folder("/" + session, 0755);
    (void)client->make_folder(folder, 0755);
    for (unsigned i = 0; i < 10; ++i) {
        (void)send(*client, folder + "/" + std::to_string(i), "some content");
        (void)client->info("/" + session, true);
        (void)client->set_attributes(folder + "/1",
                                     {.size_bytes = {}, .mode = 0600, .atime = {}, .mtime = {}});
    }
    Waiting renamed;
    client->rename(folder + "/1", folder + "/one", RenameMode::no_replace, renamed.done());
    (void)renamed.wait();
    if (send(*client, "/" + session + "/BURN", "m")) ++sealed;
    (void)uploads.open_sessions();
    Waiting cancelled;
    if (number % 2 == 1) {
        client->cancel(session, cancelled.done());
        (void)cancelled.wait();
    }
    auto lost = client->open("/" + session + "/lost", {.write = true, .create = true});
}

}  // namespace

TEST_CASE("uploads: many connections of one account at once, each answered once, nothing sealed twice") {
    (void)log::enabled(
        log::Level::info);  // the log makes itself at first use, where the sanitizer can't look
    UploadHouse house;
    Pool pool(3);
    SharedServices shared =
        quiet_services(house.current, house.clock, *house.catalogue, house.state_fs, house.events);
    shared.run_blocking = [&](std::function<void()> job) { pool.run(std::move(job)); };
    Uploads uploads(UploadServices{std::move(shared), *house.inbox});
    REQUIRE(uploads.recover());
    std::atomic<unsigned> sealed{0};
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 8; ++i)
        threads.emplace_back(
            [&, i] { use_session(uploads, i < 4 ? "shared" : "own" + std::to_string(i), i, sealed); });
    for (std::thread& thread : threads) thread.join();
    CHECK(sealed >= 4);  // those that nobody disturbed
    for (const SessionRow& row : house.rows()) {
        CHECK(row.state == SessionState::queued);
        CHECK(house.exists("alice/" + row.folder));
    }
}
