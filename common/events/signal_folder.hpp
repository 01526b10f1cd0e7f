// signals_dir: SIGNAL is a file there exactly while its condition holds. Written and removed by a thread of
// its own, so that a slow folder holds nobody up; what can't be written is tried again until it is right.
// Threads: events come from any; made and stopped by the owner.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "common/events/signal_board.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

class SignalFolder {
  public:
    // Removes what an earlier run left: whoever finds a condition at start publishes it. `folder` is
    // signals_dir; it and `events` outlive this.
    SignalFolder(FileSystem& folder, Events& events,
                 std::chrono::milliseconds retry = std::chrono::seconds(5));
    ~SignalFolder();  // stop()

    // Writes what is known by then and ends. The files stay.
    void stop();

  private:
    void run(const std::stop_token& stop);
    [[nodiscard]] bool update(const Condition& condition, const std::optional<std::string>& text);
    [[nodiscard]] Status put(const Condition& condition, const std::optional<std::string>& text);

    FileSystem& folder_;
    const std::chrono::milliseconds retry_;
    std::set<const Condition*> standing_;  // the thread's: files that are there
    std::set<const Condition*> wrong_;     // the thread's: could not be written, and the log says so
    std::mutex mutex_;
    std::condition_variable_any changed_;
    SignalBoard board_;                   // under mutex_
    std::set<const Condition*> changes_;  // under mutex_: not looked at yet
    std::shared_ptr<void> subscription_;
    std::jthread thread_;  // last: it uses the rest
};

}  // namespace burnbox
