// Where a network thread runs. While one client asks and waits for each answer, as it does for thousands of
// small files, most of the time goes into waking: the two sides wake each other across processors, which is
// slow, and in virtual machines very slow. Then the thread stays on the processor on which that client's
// packets arrive (SO_INCOMING_CPU). It may run anywhere again as soon as many bytes flow, or another client
// has something to say: two processors are better then. Measured with small files on loopback: 6 to 31 % less
// CPU time of the server. Of the network thread, but for the pure Conversation.
#pragma once

#include <sched.h>

#include <cstdint>

namespace burnbox {

// Whether one client and the thread have been exchanging small messages by turns for a while. Pure.
class Conversation {
  public:
    static constexpr unsigned kEnough = 16;
    static constexpr std::uint64_t kSmallBytes = 8192;  // in both directions together

    // One more turn: what client `who` sent, and what it was answered. False = not, or not any more.
    [[nodiscard]] bool goes_on(int who, std::uint64_t bytes) {
        turns_ = who == who_ && bytes <= kSmallBytes ? turns_ + (turns_ < kEnough ? 1 : 0) : 0;
        who_ = who;
        return turns_ >= kEnough;
    }

  private:
    int who_ = -1;
    unsigned turns_ = 0;
};

class ThreadPlace {
  public:
    // A turn of the client behind this socket. Doesn't block; where it can't be done nothing happens.
    void note_turn(int socket, std::uint64_t bytes);

  private:
    void stay_on(int cpu);
    void let_go();

    Conversation conversation_;
    cpu_set_t allowed_{};  // what was before stay_on()
    int cpu_ = -1;         // -1: anywhere
};

}  // namespace burnbox
