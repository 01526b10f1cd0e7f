// Everything a serving process consists of, put together: the only place that sees uploads and burner at
// once. Threads: made, stopped and destroyed on the control thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "burner/jobs/burner.hpp"
#include "common/base/error.hpp"
#include "common/config/current_config.hpp"
#include "common/process/spawner.hpp"
#include "server/composition/ending_server.hpp"
#include "server/composition/reload.hpp"

namespace boost::asio {
class io_context;
}

namespace burnbox {

class Composition final : public EndingServer {
  public:
    // Makes and locks the folders, opens the catalogue, repairs what a crash left, starts burner, SSH and the
    // control socket. The spawner was forked before any thread. `config`, `reload` and `io` outlive it;
    // from here on a reload changes this server, until it drains.
    [[nodiscard]] static Result<std::unique_ptr<Composition>> start(const CurrentConfig& config,
                                                                    Reload& reload, Spawner& spawner,
                                                                    boost::asio::io_context& io);
    ~Composition() override;  // stop()

    [[nodiscard]] std::vector<ListenAddress> addresses() const;
    [[nodiscard]] std::string host_key_fingerprint() const;
    [[nodiscard]] std::string host_key_line() const;

    void drain(const std::string& reason, const std::string& remedy) override;  // stop() ends the rest
    [[nodiscard]] DrainStep draining() const override;
    [[nodiscard]] std::vector<DriveStatus> writing() const override;
    void cut_off() override;
    void give_last_answers(std::function<void()> done) override;

    // Takes nothing more, closes the connections, waits for the burner. Blocks until that is done.
    void stop();

  private:
    struct State;
    explicit Composition(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace burnbox
