// The server's end of the control socket (protocol.hpp): whoever may open it is an administrator. One request
// per connection; a client that goes away lets go of its sink, which ends the wait of `burn --wait`. Who
// connects and asks nothing is closed, at once when the place is needed; who has many requests waiting keeps
// other users' out of nothing. A socket file that somebody removes is made again. Threads: made, stopped and
// destroyed on the thread that runs the io_context; answers may come from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "common/base/error.hpp"
#include "server/control/operations.hpp"

namespace boost::asio {
class io_context;
}

namespace burnbox {

class ControlServer {
  public:
    static constexpr std::size_t kMostConnections = 256;
    static constexpr std::size_t kMostOfOneUser = 200;
    static constexpr std::chrono::seconds kLastAnswers{2};

    // Listens on `path` (mode 0660). A file that is there already is what a server that was killed left: it
    // is replaced, so the caller holds the lock of its folder. `operations` outlives this.
    [[nodiscard]] static Result<std::unique_ptr<ControlServer>> start(boost::asio::io_context& io,
                                                                      const std::string& path,
                                                                      Operations& operations);
    ~ControlServer();  // stop()

    // No new requests: the socket's file is removed, and whoever has asked nothing is closed. Calls `done` on
    // the io_context's thread when every answer is with its client, after kLastAnswers at the latest. For the
    // end of a server whose operations have all answered.
    void end(std::function<void()> done);

    void stop();  // removes the socket and closes the connections

  private:
    struct State;
    explicit ControlServer(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace burnbox
