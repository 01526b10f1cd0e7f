// Tries again and again whether accounts that are closed can be served by now. Thread: its own, while there
// is one.
#pragma once

#include <memory>
#include <thread>

#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

class AccountWatch {
  public:
    explicit AccountWatch(std::shared_ptr<SessionRegistry> registry) : registry_(std::move(registry)) {}
    ~AccountWatch() { stop(); }
    AccountWatch(const AccountWatch&) = delete;
    AccountWatch& operator=(const AccountWatch&) = delete;

    // Does nothing when no account is closed.
    void start();
    void stop();

  private:
    // Whether one is left.
    [[nodiscard]] bool look();

    const std::shared_ptr<SessionRegistry> registry_;
    std::jthread thread_;
};

}  // namespace burnbox::upload
