// What runs on one SSH channel (sftp, scp, a command), and the port through which it answers. A Service knows
// no SSH: it takes bytes and appends bytes, so it is tested without a connection. Threads: both are used on
// the connection's network thread only; a Poster may be called from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "server/service/byte_buffer.hpp"

namespace burnbox {

// Runs a function on the connection's thread, if the service still exists then; else drops it there.
using Poster = std::function<void(std::function<void()>)>;

class ServicePort {
  public:
    virtual ~ServicePort() = default;
    [[nodiscard]] virtual ByteBuffer& out() = 0;  // what goes to the client's standard output; append only
    virtual void print_error(std::string_view text) = 0;  // to the client's standard error, as it is
    virtual void finish(int exit_code) = 0;  // after what is queued: exit status, EOF, close. Once.
    [[nodiscard]] virtual Poster poster() = 0;

    // One refusal: a line on the client's standard error, escaped, because most clients show nothing else.
    void say(std::string_view message);
};

class Service {
  public:
    virtual ~Service() = default;
    // Takes bytes from the client and returns how many. Less than all of them means: too much is unanswered;
    // the rest is offered again after output_drained().
    [[nodiscard]] virtual std::size_t receive(std::span<const std::byte> data) = 0;
    virtual void end_of_batch() {}    // nothing more at hand: answer what was held back to be done in one go
    virtual void end_of_input() = 0;  // the client sends no more
    virtual void output_drained() = 0;            // room in out() again
    [[nodiscard]] virtual bool busy() const = 0;  // an answer is pending: this connection is not idle
    // Something is under way that a server which stops should let come to its end.
    [[nodiscard]] virtual bool transfers() const { return true; }
};

// A message as one line that is safe to show. Names in messages are escaped where they are put in, so a
// backslash stays as it is.
[[nodiscard]] std::string shown_line(std::string_view message);

// Services stop taking input and producing output while this much waits for a slow reader.
inline constexpr std::size_t kMostQueued = std::size_t{2} << 20U;

}  // namespace burnbox
