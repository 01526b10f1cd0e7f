// Everything a serving process consists of, put together: the only place that sees uploads and burner at
// once. Threads: made, stopped and destroyed on the control thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "common/config/config.hpp"
#include "common/process/spawner.hpp"

namespace boost::asio {
class io_context;
}

namespace burnbox {

class Composition {
  public:
    // Makes and locks the folders, opens the catalogue, repairs what a crash left, starts burner, SSH and the
    // control socket. The spawner was forked before any thread. `config` and `io` outlive it.
    [[nodiscard]] static Result<std::unique_ptr<Composition>> start(const Config& config, Spawner& spawner,
                                                                    boost::asio::io_context& io);
    ~Composition();  // stop()

    [[nodiscard]] std::vector<ListenAddress> addresses() const;
    [[nodiscard]] std::string host_key_fingerprint() const;
    [[nodiscard]] std::string host_key_line() const;

    // Takes nothing more, closes the connections, ends the burner at a safe point. Blocks until that is done.
    void stop();

  private:
    struct State;
    explicit Composition(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace burnbox
