#include "server/composition/channel_services.hpp"

#include "common/base/log.hpp"
#include "server/rsync/transfer.hpp"
#include "server/scp/command.hpp"
#include "server/scp/globs.hpp"
#include "server/scp/sink.hpp"
#include "server/scp/source.hpp"
#include "server/service/command_line.hpp"
#include "server/sftp/session.hpp"

namespace burnbox {
namespace {

// An Operations command: its answers are posted to the connection's thread, in order.
class CommandService final : public Service {
  public:
    explicit CommandService(ServicePort& port)
        : port_(port), sink_(std::make_shared<Sink>(*this, port.poster())) {}

    void run(Operations& operations, const CommandRequest& request) { operations.run(request, sink_); }
    std::size_t receive(std::span<const std::byte> data) override { return data.size(); }
    void end_of_input() override {}
    void output_drained() override {}
    [[nodiscard]] bool busy() const override { return true; }

  private:
    class Sink final : public CommandSink {
      public:
        Sink(CommandService& service, Poster post) : service_(service), post_(std::move(post)) {}
        // The posted functions run only while the service exists.
        void out(std::string text) override {
            post_([this, text = std::move(text)] { service_.port_.out().append(text); });
        }
        void error(std::string line) override {
            post_([this, line = std::move(line)] { service_.port_.say(line); });
        }
        void finish(int exit_code) override {
            post_([this, exit_code] { service_.port_.finish(exit_code); });
        }

      private:
        CommandService& service_;
        Poster post_;
    };

    ServicePort& port_;
    std::shared_ptr<Sink> sink_;  // the operation holds it weakly while it waits: it goes with the channel
};

std::unique_ptr<Service> refuse(ServicePort& port, const std::string& reason) {
    port.say(reason);
    port.finish(2);
    return nullptr;
}

std::unique_ptr<Service> start_scp(ServicePort& port, std::shared_ptr<Client> client,
                                   std::string_view command) {
    const auto argv = scp::expand_globs(*client, *split_command_words(command));
    if (!argv) return refuse(port, argv.error().message);
    auto parsed = scp::parse_command(*argv);
    if (!parsed) return refuse(port, parsed.error().message);
    if (!parsed->sink) return std::make_unique<scp::Source>(port, std::move(client), std::move(*parsed));
    auto sink = std::make_unique<scp::Sink>(port, std::move(client), std::move(*parsed));
    sink->start();
    return sink;
}

class ChannelServices final : public ClientServices {
  public:
    ChannelServices(const ChannelParts& parts, sftp::WriteGather& gather, const std::string& account,
                    boost::asio::any_io_executor executor)
        : parts_(parts),
          gather_(gather),
          executor_(std::move(executor)),
          client_(parts.connect(account)),
          handles_(
              std::make_shared<sftp::HandleBudget>(sftp::HandleBudget{limits_of(parts.config).handles, 0})) {}

    std::unique_ptr<Service> make_subsystem(ServicePort& port, std::string_view name) override {
        if (name != "sftp") return nullptr;
        return std::make_unique<sftp::Session>(port, sftp::SessionParts{client_, handles_, gather_});
    }

    std::unique_ptr<Service> make_command(ServicePort& port, std::string_view command) override {
        auto argv = split_command(command);
        if (!argv) return refuse(port, argv.error().message);
        if (argv->empty()) return refuse(port, "an empty command");
        if (argv->front() == "scp") return start_scp(port, client_, command);
        if (argv->front() == "rsync")
            return rsync::start_rsync(port, client_, parts_.rsync, executor_, *argv);
        log::info("command", log::kv("account", client_->account()), log::kv("command", command));
        auto service = std::make_unique<CommandService>(port);
        service->run(parts_.operations, CommandRequest{client_->account(), std::move(*argv)});
        return service;
    }

  private:
    const ChannelParts& parts_;
    sftp::WriteGather& gather_;
    const boost::asio::any_io_executor executor_;
    std::shared_ptr<Client> client_;  // shared: a slow answer may outlive the channel
    std::shared_ptr<sftp::HandleBudget> handles_;
};

class GatheringThread final : public ThreadServices {
  public:
    explicit GatheringThread(const ChannelParts& parts) : parts_(parts) {}
    std::unique_ptr<ClientServices> log_in(const std::string& account,
                                           const boost::asio::any_io_executor& executor) override {
        return std::make_unique<ChannelServices>(parts_, gather_, account, executor);
    }

  private:
    const ChannelParts& parts_;
    sftp::WriteGather gather_;
};

}  // namespace

std::unique_ptr<ThreadServices> make_channel_services(const ChannelParts& parts) {
    return std::make_unique<GatheringThread>(parts);
}

}  // namespace burnbox
