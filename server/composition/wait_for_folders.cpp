#include "server/composition/wait_for_folders.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <utility>  // before Asio 1.74, which forgets it

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "common/base/log.hpp"
#include "common/events/away_folders.hpp"
#include "common/events/signal_folder.hpp"
#include "common/storage/posix_file_system.hpp"
#include "server/composition/service_notify.hpp"
#include "server/control/control_server.hpp"
#include "server/places/locations.hpp"
#include "server/places/state_folders.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kBetweenLooks{1};

// Everything that is asked meanwhile gets the reason.
class WaitingOperations final : public Operations {
  public:
    void run(const CommandRequest& /*request*/, std::shared_ptr<CommandSink> sink) override {
        sink->error("burnbox waits: " + why);
        sink->finish(1);
    }
    std::string why;
};

// What is there without what is away: signals_dir may be in it.
struct Meanwhile {
    explicit Meanwhile(const Config& config) : away(events, system_clock()) {
        auto folder = open_posix_file_system(config.signals_dir);
        if (!folder) return;
        signals_fs = std::move(*folder);
        signals.emplace(*signals_fs, events);
    }

    Events events;
    AwayFolders away;
    std::unique_ptr<FileSystem> signals_fs;
    std::optional<SignalFolder> signals;
    UniqueFd lock;
    WaitingOperations operations;
    std::unique_ptr<ControlServer> control;

    void say(const Config& config, boost::asio::io_context& io, const std::string& why) {
        if (operations.why == why) return;
        operations.why = why;
        away.tell(config.inbox_dir, why);
        notify_service("STATUS=waits: " + why);
        if (control) return;
        if (auto held = lock_state_dir(config.state_dir)) {
            lock = std::move(*held);
            if (auto started = ControlServer::start(io, control_socket_in(config.state_dir), operations))
                control = std::move(*started);
        }
    }

    void give_last_answers(boost::asio::io_context& io) const {
        if (!control) return;
        bool given = false;
        control->end([&] { given = true; });
        io.restart();
        while (!given && io.run_one() != 0) continue;
        control->stop();
    }
};

}  // namespace

Status look_at_folders(const Config& config) {
    BB_CHECK(make_state_dir(config));
    BB_TRY(const auto state_fs, open_posix_file_system(config.state_dir));
    BB_TRY(const auto known, KnownFolders::open(*state_fs));
    return known->look(FolderKind::inbox_dir, config.inbox_dir);
}

bool wait_for_folders(const Config& config) {
    boost::asio::io_context io(1);
    boost::asio::signal_set signals(io, SIGTERM, SIGINT);
    bool told_to_end = false;
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (error) return;
        log::info("server stopped", log::kv("reason", "it was told to end while it waited"));
        told_to_end = true;
        io.stop();
    });
    std::optional<Meanwhile> meanwhile;
    for (;;) {
        const Status there = look_at_folders(config);
        if (there || there.error().code != Errc::unreachable) break;
        if (!meanwhile) meanwhile.emplace(config);
        meanwhile->say(config, io, there.error().message);
        io.run_for(kBetweenLooks);
        if (!told_to_end) continue;
        meanwhile->give_last_answers(io);
        return false;
    }
    if (!meanwhile) return true;
    meanwhile->away.tell(config.inbox_dir, "");
    notify_service("STATUS=");
    meanwhile->give_last_answers(io);
    return true;
}

}  // namespace burnbox
