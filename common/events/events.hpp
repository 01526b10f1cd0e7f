// What happened, told to whoever asked: `--wait`, STATUS.txt, signals, hooks, metrics. Publishing never
// blocks on a listener that takes long: listeners only note and return.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "common/events/event_names.hpp"

namespace burnbox {

struct Event {
    EventKind kind{};
    Timestamp time;
    std::string account, session, disc, drive, message;  // those that apply; session = disc name
};

class Events {
  public:
    using Listener = std::function<void(const Event&)>;
    // Called from any thread until the returned handle is dropped; after that never again.
    [[nodiscard]] std::shared_ptr<void> subscribe(Listener listener);
    void publish(const Event& event);

  private:
    struct Entry {
        std::mutex mutex;  // held while the listener runs
        Listener listener;
    };
    std::mutex mutex_;
    std::vector<std::weak_ptr<Entry>> entries_;
};

}  // namespace burnbox
