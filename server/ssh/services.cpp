#include "server/ssh/services.hpp"

#include "common/base/log.hpp"
#include "server/rsync/transfer.hpp"
#include "server/scp/command.hpp"
#include "server/scp/globs.hpp"
#include "server/scp/sink.hpp"
#include "server/scp/source.hpp"
#include "server/ssh/command_line.hpp"

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

}  // namespace

std::unique_ptr<Service> start_command(ServicePort& port, std::shared_ptr<Client> client,
                                       const CommandParts& parts, std::string_view command) {
    auto argv = split_command(command);
    if (!argv) return refuse(port, argv.error().message);
    if (argv->empty()) return refuse(port, "an empty command");
    if (argv->front() == "scp") {
        argv = scp::expand_globs(*client, *split_command_words(command));
        if (!argv) return refuse(port, argv.error().message);
        auto parsed = scp::parse_command(*argv);
        if (!parsed) return refuse(port, parsed.error().message);
        if (!parsed->sink) return std::make_unique<scp::Source>(port, std::move(client), std::move(*parsed));
        auto sink = std::make_unique<scp::Sink>(port, std::move(client), std::move(*parsed));
        sink->start();
        return sink;
    }
    if (argv->front() == "rsync")
        return rsync::start_rsync(port, std::move(client), parts.rsync, parts.executor, *argv);
    log::info("command", log::kv("account", client->account()), log::kv("command", command));
    auto service = std::make_unique<CommandService>(port);
    service->run(parts.operations, CommandRequest{client->account(), std::move(*argv)});
    return service;
}

}  // namespace burnbox
