// One client's SSH session on libssh: key exchange, login by public key, channels. It never blocks and owns
// no timers; its Connection tells it when to read and when to take a turn. Network thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "common/config/current_config.hpp"
#include "server/service/services.hpp"
#include "server/ssh/channel.hpp"
#include "server/ssh/host_keys.hpp"
#include "server/ssh/keyring.hpp"
#include "server/ssh/transport.hpp"

namespace burnbox {

// What all connections of the server share.
struct SshServices {
    HostKeys& host_keys;
    const Published<Keyring>& keyring;
    const CurrentConfig& config;
    MakeThreadServices make_thread_services;
};

class SshSession final : private ChannelHost {
  public:
    struct Events {
        std::function<void(std::function<void()>)> post;  // see ChannelHost::post
        std::function<void()> logged_in;
        std::function<void()> login_failed;  // too often: limits.auth_tries
    };
    SshSession(const SshServices& services, ThreadServices& thread, int socket,
               std::span<std::byte> receive_buffer, const boost::asio::any_io_executor& executor,
               std::string peer, Events events);
    ~SshSession() override;

    [[nodiscard]] Status start();  // sends the identification
    [[nodiscard]] Transport& transport() override { return transport_; }
    // Channels move on, closed ones go. again: a further turn could do more as soon as the transport has
    // room.
    enum class Turn : std::uint8_t { waiting, again, broken };
    [[nodiscard]] Turn turn();
    // Says goodbye to the client, with a reason it may show; after that only what is queued is sent.
    void disconnect(const std::string& reason);

    // At the end: who tried to log in and was refused is in the log, once.
    void note_refused_login();

    // What was in the packets so far, of both directions.
    [[nodiscard]] std::uint64_t packet_bytes() const;
    [[nodiscard]] bool logged_in() const { return client_ != nullptr; }
    [[nodiscard]] bool busy() const;
    [[nodiscard]] bool transfers() const;  // see Service
    [[nodiscard]] const std::string& account() const { return account_; }
    // Whether the key that it logged in with still opens its account. True before the login.
    [[nodiscard]] bool may_stay() const;

  private:
    struct Callbacks;
    std::unique_ptr<Service> make_subsystem(ServicePort& port, std::string_view name) override {
        return client_->make_subsystem(port, name);
    }
    std::unique_ptr<Service> make_command(ServicePort& port, std::string_view command) override {
        return client_->make_command(port, command);
    }
    std::function<void(std::function<void()>)> post() override { return events_.post; }
    [[nodiscard]] std::uint64_t most_window() const override { return limits_.window_bytes; }

    int try_key(const std::string& user, ssh_key_struct* key, char signature_state);
    void count_failure(std::string_view user);
    void judge_silence();
    void say_channels_are_full();

    const SshServices& services_;
    const Limits limits_;  // those of its beginning
    ThreadServices& thread_;
    Transport transport_;
    const boost::asio::any_io_executor executor_;
    std::string peer_;
    Events events_;
    std::unique_ptr<Callbacks> callbacks_;
    ssh_session_struct* session_ = nullptr;
    ssh_event_struct* event_ = nullptr;
    std::string account_, key_;               // that it logged in with
    std::string refused_user_;                // the latest one, cut to a length for the log
    std::unique_ptr<ClientServices> client_;  // once it has logged in; channels need it to be opened
    std::vector<std::shared_ptr<Channel>> channels_;
    unsigned failures_ = 0;
    bool gave_up_ = false;
    bool ending_ = false;     // no channel may be opened any more
    bool told_full_ = false;  // since a channel became free
};

}  // namespace burnbox
