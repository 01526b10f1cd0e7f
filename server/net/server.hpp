// The SSH server: acceptors, N network threads with one io_context each, and on each thread its connections.
// A connection stays on its thread; nothing is shared between threads but Uploads, Operations and the
// counters of `limits:`.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/config/current_config.hpp"
#include "server/service/services.hpp"

namespace burnbox {

struct ServerServices {
    const CurrentConfig& config;
    MakeThreadServices make_thread_services;
    unsigned threads = 0;  // 0 = one per core, at most 8
};

class SshServer {
  public:
    // Makes missing host keys in state_dir/host_keys (ed25519, rsa 3072; 0600), binds all addresses, starts
    // the threads.
    [[nodiscard]] static Result<std::unique_ptr<SshServer>> start(const ServerServices& services);
    ~SshServer();  // stop()

    [[nodiscard]] std::vector<ListenAddress> addresses() const;  // with the ports that port 0 became
    [[nodiscard]] std::string host_key_fingerprint() const;      // "SHA256:..." of the ed25519 key
    [[nodiscard]] std::string host_key_line() const;             // "ssh-ed25519 AAAA...", for known_hosts

    // After another configuration was published: who may log in follows it at once, and the connections of
    // accounts and keys that are no more are ended. Does not block. Not together with drain() or stop().
    void config_changed();

    // Accepts nobody any more and waits until nothing is on its way on any connection, each of which is
    // closed then; at most `patience`, or until `give_up` says so (asked twenty times a second).
    void drain(std::chrono::milliseconds patience, const std::function<bool()>& give_up);
    void stop();  // stops accepting, closes connections, joins

  private:
    struct State;
    explicit SshServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace burnbox
