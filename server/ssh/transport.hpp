// The way between one connection's socket and libssh.
//
// libssh reads 4096 bytes per poll and sends each packet by itself, which is where most of its CPU goes. With
// BURNBOX_SSH_FEED (transport_feed.cpp) the program does the socket's input and output itself, in large
// pieces: libssh is given a descriptor of its own, and while one of its functions runs inside a Use, its
// poll, recv and send find this connection's buffers instead of the kernel. Without (transport_poll.cpp)
// libssh works on the socket itself. What both share is in transport.cpp.
//
// One network thread. Every libssh function that may read or send runs inside a Use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

struct ssh_event_struct;
struct ssh_session_struct;

namespace burnbox {

class Transport {
  public:
    // `socket`: connected, non-blocking, outlives this. `receive_buffer` is shared by the thread's
    // connections.
    Transport(int socket, std::span<std::byte> receive_buffer);
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    [[nodiscard]] int socket_for_libssh() const;  // a duplicate, which libssh closes; -1: none left
    void attach(ssh_session_struct* session, ssh_event_struct* event);
    // Whether a client's first bytes stay in the socket until they are asked for, so that they can be judged
    // first.
    [[nodiscard]] static bool leaves_first_bytes();
    // Called once with whether the client knows the fast ciphers, before libssh sees its first byte (feed
    // only).
    void on_client_hello(std::function<void(bool fast)> choose);
    // The client is slow to say hello: go on with what is there.
    void stop_waiting_for_hello();

    class Use {
      public:
        explicit Use(Transport& transport);
        ~Use();
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;

      private:
        Transport* previous_;
    };

    enum class Progress : std::uint8_t { idle, more, closed };
    // Reads what the socket has, up to a fair share, and lets libssh handle it. more: there may be more to
    // read.
    [[nodiscard]] Progress pump();
    // Sends what it can. False when the connection is broken.
    [[nodiscard]] bool send();
    [[nodiscard]] bool wants_input()
        const;  // else wait until the socket is writable: a client that reads nothing gets nothing read
    [[nodiscard]] bool has_unsent() const;  // wait until the socket is writable
    [[nodiscard]] bool has_room() const;    // channel data may be handed to libssh
    [[nodiscard]] std::uint64_t received_bytes() const { return received_; }

    struct Way;  // what only one of the two has
    [[nodiscard]] static Transport* in_use();
    [[nodiscard]] Way* way_of(int fd) const { return fd == libssh_fd_ ? way_.get() : nullptr; }

  private:
    [[nodiscard]] bool broken() const;                              // libssh gave the connection up
    [[nodiscard]] bool hand_over(std::span<const std::byte> data);  // feed only

    const int socket_;
    const int libssh_fd_;
    ssh_session_struct* session_ = nullptr;
    ssh_event_struct* event_ = nullptr;
    std::uint64_t received_ = 0;
    const std::unique_ptr<Way> way_;
};

}  // namespace burnbox
