#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "common/base/log.hpp"
#include "common/base/parts.hpp"
#include "common/process/spawner.hpp"
#include "server/commands/command.hpp"
#include "server/commands/first_run.hpp"
#include "server/composition/composition.hpp"
#include "server/composition/reload.hpp"
#include "server/composition/service_notify.hpp"
#include "server/composition/shutdown.hpp"
#include "server/places/account_files.hpp"
#include "server/places/account_keys.hpp"
#include "server/places/descriptors.hpp"
#include "server/places/folder_locks.hpp"
#include "server/places/locations.hpp"
#include "server/places/overlap_findings.hpp"
#include "server/places/start_findings.hpp"
#include "server/places/strict_findings.hpp"

#include "server/composition/wait_for_folders.hpp"

namespace burnbox {
namespace {

// Before there is a server to be shut down in order, a signal ends the wait for its folders.
class Signals {
  public:
    Signals(boost::asio::io_context& io, Reload& reload)
        : io_(io), reload_(reload), signals_(io, SIGTERM, SIGINT, SIGHUP) {
        wait();
    }
    void deliver_to(Shutdown& shutdown) { shutdown_ = &shutdown; }

  private:
    void wait() {
        signals_.async_wait([this](const boost::system::error_code& error, int number) {
            if (error) return;
            take(number);
            wait();
        });
    }

    void take(int number) {
        if (number == SIGHUP) {
            (void)reload_.run();  // it says by itself what it comes to
            return;
        }
        const std::string name = number == SIGINT ? "SIGINT" : "SIGTERM";
        if (shutdown_ != nullptr) return shutdown_->signal(name);
        log::info("server stopping", log::kv("signal", name));
        io_.stop();
    }

    boost::asio::io_context& io_;
    Reload& reload_;
    boost::asio::signal_set signals_;
    Shutdown* shutdown_ = nullptr;
};

// A start may take minutes, to make the host keys or to look through everything. Nothing of it has to come to
// an end: it is as after a crash.
class EndsWhileItStarts {
  public:
    EndsWhileItStarts() : signals_(io_, SIGTERM, SIGINT) {
        signals_.async_wait([](const boost::system::error_code& error, int number) {
            if (error) return;
            log::info("server stopped", log::kv("signal", number == SIGINT ? "SIGINT" : "SIGTERM"),
                      log::kv("reason", "it was told to end while it started"));
            ::_exit(0);
        });
        thread_ = std::thread([this] { io_.run(); });
    }
    ~EndsWhileItStarts() {
        io_.stop();
        thread_.join();
    }
    EndsWhileItStarts(const EndsWhileItStarts&) = delete;
    EndsWhileItStarts& operator=(const EndsWhileItStarts&) = delete;

  private:
    boost::asio::io_context io_{1};
    boost::asio::signal_set signals_;
    std::thread thread_;
};

// A spawner that ended by itself: nothing can be started any more, no worker and no rsync.
class SpawnerWatch {
  public:
    SpawnerWatch(boost::asio::io_context& io, const Spawner& spawner, Shutdown& shutdown)
        : gone_(io, fcntl(spawner.gone(), F_DUPFD_CLOEXEC, 3)) {
        gone_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [&shutdown](const boost::system::error_code& error) {
                             if (!error) shutdown.part_failed("spawner", "its process has ended");
                         });
    }

  private:
    boost::asio::posix::stream_descriptor gone_;
};

void say_first_run(const Config& config, const Composition& server, const std::string& notice) {
    FirstRun facts;
    if (!config.accounts.empty()) facts.account = config.accounts.begin()->first;
    if (!server.addresses().empty()) facts.address = server.addresses().front();
    facts.host_key_line = server.host_key_line();
    facts.host_key_fingerprint = server.host_key_fingerprint();
    facts.notice = notice;
    if (const std::string key = config.state_dir + "/client_key"; access(key.c_str(), F_OK) == 0)
        facts.identity_file = key;
    if (!config.drives.empty()) facts.image_dir = config.drives.begin()->second.image_dir;
    fmt::print(stderr, "{}", first_run_text(facts));
}

int serve(Config read, const std::string& notice, Spawner& spawner) {
    boost::asio::io_context io(1);
    CurrentConfig config(std::move(read));
    Reload reload(config);
    Signals signals(io, reload);  // from here on a signal ends the server in order
    const ConfigSnapshot begin = config.snapshot();
    {
        // A folder that is another server's now is not waited for.
        FolderLocks others;
        if (const Status free = hold_folders(others, *begin); !free) {
            log::error("server not started", log::kv(free.error()));
            return 1;
        }
    }
    if (!wait_for_folders(*begin)) return 0;
    auto server = [&] {
        const EndsWhileItStarts guard;
        return Composition::start(config, reload, spawner, io);
    }();
    if (!server) {
        log::error("server not started", log::kv(server.error()));
        return 1;
    }
    for (const ListenAddress& address : (*server)->addresses())
        log::info("listening", log::kv("address", to_text(address)));
    log::info("server ready", log::kv("version", BURNBOX_VERSION), log::kv("state_dir", begin->state_dir),
              log::kv("accounts", begin->accounts.size()), log::kv("drives", begin->drives.size()));
    if (begin->file.empty()) say_first_run(*begin, **server, notice);
    int exit_code = 0;
    {
        Shutdown shutdown(io, **server, [](int code) { std::_Exit(code); });
        const SpawnerWatch spawner_watch(io, spawner, shutdown);
        set_part_failed([&](std::string_view part, std::string_view reason) {
            shutdown.part_failed(std::string(part), std::string(reason));
        });
        signals.deliver_to(shutdown);
        notify_service("READY=1");
        while (!guard_part("control thread", [&io] { io.run(); })) continue;
        set_part_failed({});
        exit_code = shutdown.exit_code();
    }
    (*server)->stop();
    log::info("server stopped", log::kv("exit_code", exit_code));
    return exit_code;
}

}  // namespace

int serve_command(std::string_view name, const std::vector<std::string>& arguments) {
    CLI::App app(
        "Runs the server in the foreground and logs to standard error.\n"
        "Without a configuration it listens on 127.0.0.1:2022 and says how to try it.",
        fmt::format("burnbox {}", name));
    app.footer("Example: burnbox serve -c burnbox.yaml");
    std::string option;
    app.add_option("-c,--config", option,
                   fmt::format("the configuration (default: {} when it is there)", kConfigFile))
        ->option_text("FILE");
    if (const auto end = parse_arguments(app, arguments)) return *end;

    umask(022);
    signal(SIGPIPE, SIG_IGN);
    std::string notice;
    Result<Config> config = load_config(config_file(option), notice);
    if (!config) {
        fmt::print(stderr, "{}\n", config.error().message);
        return 1;
    }
    std::vector<std::string> findings = strict_findings(*config, StrictFor::serve);
    for (std::string& finding : overlap_findings(*config)) findings.push_back(std::move(finding));
    for (std::string& finding : state_findings(*config)) findings.push_back(std::move(finding));
    for (const std::string& finding : findings) print_error("not started: " + finding);
    if (!findings.empty()) return 1;
    std::string few_descriptors;
    if (const Status enough = provide_descriptors(*config, few_descriptors); !enough) {
        print_error("not started: " + enough.error().message);
        return 1;
    }
    auto spawner = Spawner::start();  // forks: there must be no thread yet
    if (!spawner) {
        print_error(spawner.error().message);
        return 1;
    }
    log::init(config->log_level, config->log_format);
    if (!few_descriptors.empty()) log::warning("few descriptors", log::kv("reason", few_descriptors));
    tell_keys_wrong(*config);
    tell_unread_account_files(*config);
    return serve(std::move(*config), notice, **spawner);
}

}  // namespace burnbox
