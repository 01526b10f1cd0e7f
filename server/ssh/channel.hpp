// One SSH session channel: finds the service for its request, carries bytes between libssh and the service
// with bounds on both sides, and closes the way RFC 4254 5.3 and 6.10 want it: exit status, EOF, close.
// libssh's callbacks only take data in; whatever writes happens in turn(), outside of them.
// Network thread. Lives until both sides have closed the channel.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/service/byte_buffer.hpp"
#include "server/service/service.hpp"
#include "server/ssh/transport.hpp"

struct ssh_channel_struct;

namespace burnbox {

class Channel;

// What a channel needs of its connection.
class ChannelHost {
  public:
    virtual ~ChannelHost() = default;
    // nullptr: refused. Called once per channel at most.
    [[nodiscard]] virtual std::unique_ptr<Service> make_subsystem(ServicePort& port,
                                                                  std::string_view name) = 0;
    [[nodiscard]] virtual std::unique_ptr<Service> make_command(ServicePort& port,
                                                                std::string_view command) = 0;
    [[nodiscard]] virtual Transport& transport() = 0;
    // Runs a function on this connection's thread, followed by a turn, if the connection still exists. Any
    // thread.
    [[nodiscard]] virtual std::function<void(std::function<void()>)> post() = 0;
    [[nodiscard]] virtual std::uint64_t most_window() const = 0;
};

class Channel final : public ServicePort, public std::enable_shared_from_this<Channel> {
  public:
    Channel(ChannelHost& host, ssh_channel_struct* channel);
    ~Channel() override;
    void listen();  // sets libssh's callbacks

    enum class Turn : std::uint8_t { waiting, again, gone, broken, overrun };
    // Moves bytes both ways as far as they go. again: more could go as soon as the transport has room. gone:
    // the client closed it. broken: the connection is. overrun: the client sent beyond the channel's window.
    [[nodiscard]] Turn turn();
    // An answer is pending. One that the client does not take once it has ended makes nobody wait.
    [[nodiscard]] bool busy() const { return service_ != nullptr && !exit_code_ && service_->busy(); }
    // A service works on something, or its last words are still on their way.
    [[nodiscard]] bool transfers() const {
        return !out_.empty() || !error_.empty() ||
               (service_ != nullptr && !exit_code_ && service_->transfers());
    }
    [[nodiscard]] bool ended() const { return exit_code_ || peer_closed_; }  // nobody reads on

    ByteBuffer& out() override { return out_; }
    void print_error(std::string_view text) override;
    void finish(int exit_code) override;
    Poster poster() override;

  private:
    struct Callbacks;
    std::size_t take(std::span<const std::byte> data);
    bool start(std::unique_ptr<Service> service);
    bool offer_held();
    [[nodiscard]] bool write_out(ByteBuffer& queue, bool to_stderr);
    [[nodiscard]] bool write_close();
    void note_round_trip(std::chrono::steady_clock::time_point asked);
    void note_arrival();
    void widen_window();

    ChannelHost& host_;
    ssh_channel_struct* channel_;
    std::unique_ptr<Callbacks> callbacks_;
    ByteBuffer out_, error_;
    ByteBuffer held_;                   // taken from libssh, not yet wanted by the service
    std::unique_ptr<Service> service_;  // after the buffers: it may use them while it goes
    bool used_ = false;                 // had its one request
    bool holding_ = false;              // the service wants no more for now
    bool fresh_input_ = false;          // since the last turn
    bool widening_ = false;
    bool rekeying_ = false;  // libssh takes no data for now
    bool eof_ = false, eof_told_ = false, peer_closed_ = false, closed_ = false, overrun_ = false;
    std::optional<int> exit_code_;
    std::uint64_t window_ = 0;  // what we last granted
    std::uint64_t since_grant_ = 0;
    std::uint64_t received_ = 0;        // taken from libssh, in all
    std::uint64_t credit_ = 0;          // what received_ may become
    std::uint64_t earlier_credit_ = 0;  // the same before the last grant
    std::chrono::steady_clock::time_point last_arrival_;
    bool stalled_ = false;  // since the last grant
    const std::chrono::steady_clock::time_point opened_;
    std::optional<std::chrono::steady_clock::time_point> first_answer_;  // waits for what comes behind it
    bool answered_ = false;                                              // there was a first answer
    std::chrono::steady_clock::duration round_trip_ = std::chrono::steady_clock::duration::max();
};

}  // namespace burnbox
