// How a serving process comes to its end, as Shutdown drives it: a seam, so that tests of that need no
// server.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "burner/attempts/drive_status.hpp"

namespace burnbox {

// What the drain waits for, one after the other.
struct DrainStep {
    unsigned number = 0;                    // another one with each step
    std::string waits_for;                  // "the clients' transfers"
    std::chrono::milliseconds patience{0};  // nothing good can take longer, while no drive writes
};

class EndingServer {
  public:
    virtual ~EndingServer() = default;

    // Begins nothing more and lets end what is under way: transfers within `drain`, then a disc session that
    // is being written, with no limit; last what may hang. Those who are refused meanwhile are told `reason`
    // and `remedy`, those who wait for a burn the reason. Blocks; another thread than the control thread,
    // which goes on to answer.
    virtual void drain(const std::string& reason, const std::string& remedy) = 0;
    // Where it is. Any thread; does not block.
    [[nodiscard]] virtual DrainStep draining() const = 0;
    // The drives that write a disc now.
    [[nodiscard]] virtual std::vector<DriveStatus> writing() const = 0;
    // What drain() waits for is not waited for any more; a disc that is being written is lost, perhaps. Any
    // thread; does not block.
    virtual void cut_off() = 0;
    // On the control thread: calls `done` there when the clients of the control socket have their answers,
    // or don't take them.
    virtual void give_last_answers(std::function<void()> done) = 0;
};

}  // namespace burnbox
