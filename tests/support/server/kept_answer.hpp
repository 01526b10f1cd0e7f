// What an operation answers, kept for a test that waits for it. Threads: any.
#pragma once

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "server/control/operations.hpp"

namespace burnbox::test {

class KeptAnswer final : public CommandSink {
  public:
    void out(std::string text) override { add(out_, text); }
    void error(std::string line) override { add(errors_, line + "\n"); }
    void finish(int exit_code) override {
        const std::lock_guard lock(mutex_);
        CHECK_FALSE(exit_);
        exit_ = exit_code;
        changed_.notify_all();
    }

    int exit_code() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return exit_.has_value(); });
        return *exit_;
    }
    void wait_for_error(const std::string& part) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return errors_.find(part) != std::string::npos; });
    }
    // All of it: they wait for the end.
    std::string out_text() { return exit_code(), read(out_); }
    std::string errors() { return exit_code(), read(errors_); }

  private:
    void add(std::string& where, const std::string& text) {
        const std::lock_guard lock(mutex_);
        where += text;
        changed_.notify_all();
    }
    std::string read(const std::string& from) {
        const std::lock_guard lock(mutex_);
        return from;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string out_, errors_;
    std::optional<int> exit_;
};

}  // namespace burnbox::test
