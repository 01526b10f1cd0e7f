// The service of `rsync --server`: carries bytes between the client's channel and the rsync program, both
// ways with bounds, its standard error too, and answers with its exit status once what it brought is written
// down, or sealed. Network thread; the program's pipes are waited for with Asio, and every wait comes back by
// way of the port, so that nothing runs after the channel is gone.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <optional>

#include "server/rsync/bounds_watch.hpp"
#include "server/rsync/error_text.hpp"
#include "server/rsync/program.hpp"
#include "server/service/service.hpp"
#include "server/upload/client.hpp"

namespace burnbox::rsync {

class Transfer final : public Service {
  public:
    Transfer(ServicePort& port, std::shared_ptr<Client> client, const Host& host,
             const boost::asio::any_io_executor& executor, Command command);

    void start();
    std::size_t receive(std::span<const std::byte> data) override;
    void end_of_input() override;
    void output_drained() override;
    [[nodiscard]] bool busy() const override;

  private:
    enum class State : std::uint8_t { starting, running, finishing };
    using Descriptor = boost::asio::posix::stream_descriptor;
    // One of the program's pipes, or the news of its end. Waited for once at a time.
    struct End {
        explicit End(const boost::asio::any_io_executor& executor) : descriptor(executor) {}
        Descriptor descriptor;
        bool waiting = false;
        bool over = false;
    };

    void leased(Result<std::unique_ptr<Program>> program);
    [[nodiscard]] static bool watch_end(End& end, int fd);
    void wait_for(End& end, Descriptor::wait_type what, void (Transfer::*then)());
    void write_input();
    void read_output();
    void take_output();
    void read_errors();
    void note_end();
    void finish_when_all_over();
    void finished(const Result<std::string>& result);
    void end_at_bounds(const Error& exceeded);

    ServicePort& port_;
    const std::shared_ptr<Client> client_;
    const Host& host_;
    const Command command_;
    State state_ = State::starting;
    End in_, out_, err_, ended_;
    BoundsWatch bounds_;
    std::unique_ptr<Program> program_;
    ByteBuffer to_program_;
    std::optional<ErrorText> errors_;  // once it runs
    bool input_ended_ = false, over_bounds_ = false;
    int exit_code_;
};

// Parses and starts; nullptr when the port was told to finish already.
[[nodiscard]] std::unique_ptr<Service> start_rsync(ServicePort& port, std::shared_ptr<Client> client,
                                                   const Host& host,
                                                   const boost::asio::any_io_executor& executor,
                                                   const std::vector<std::string>& argv);

}  // namespace burnbox::rsync
