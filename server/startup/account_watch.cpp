#include "server/startup/account_watch.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "common/base/parts.hpp"
#include "server/startup/recover.hpp"

namespace burnbox::upload {
namespace {

constexpr std::chrono::seconds kBetweenLooks{2};

bool is_closed(Account& account) {
    const std::lock_guard lock(account.mutex);
    return !account.closed.empty();
}

}  // namespace

bool AccountWatch::look() {
    bool left = false;
    for (const auto& account : registry_->accounts())
        if (is_closed(*account)) left = !reopen_account(*registry_, account->name) || left;
    return left;
}

void AccountWatch::start() {
    const auto all = registry_->accounts();
    bool any = false;
    for (const auto& account : all) any = any || is_closed(*account);
    if (!any) return;
    thread_ = std::jthread([this](const std::stop_token& stop) {
        (void)guard_part("account watch", [&] {
            std::mutex mutex;
            std::condition_variable_any never;
            std::unique_lock lock(mutex);
            do never.wait_for(lock, stop, kBetweenLooks, [] { return false; });
            while (!stop.stop_requested() && look());
        });
    });
}

void AccountWatch::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

}  // namespace burnbox::upload
