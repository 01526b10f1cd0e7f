#include "server/operations/live_operations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/log.hpp"
#include "common/base/thread_pool.hpp"
#include "server/operations/import_operation.hpp"
#include "server/operations/list_operations.hpp"
#include "server/operations/reload_operation.hpp"
#include "server/operations/session_operations.hpp"
#include "server/operations/skim_operation.hpp"

namespace burnbox {
namespace {

// Of one pace for all, a few that take long would keep the others waiting.
enum class Pace : std::uint8_t {
    quick,
    mending,  // reads a session's files, where its record is gone
    slow,     // reads whole discs or folders: may take hours
};

struct Handler {
    std::string_view name;
    void (*run)(const Asked& asked, BurnWaits& waits);
    Pace pace = Pace::quick;
};

constexpr std::array kHandlers = {
    Handler{"status", [](const Asked& asked, BurnWaits&) { run_status(asked); }},
    Handler{"sessions", [](const Asked& asked, BurnWaits&) { run_sessions(asked); }},
    Handler{"discs", [](const Asked& asked, BurnWaits&) { run_discs(asked); }},
    Handler{"drives", [](const Asked& asked, BurnWaits&) { run_drives(asked); }},
    Handler{"find", [](const Asked& asked, BurnWaits&) { run_find(asked); }},
    Handler{"verify", [](const Asked& asked, BurnWaits&) { run_verify(asked); }, Pace::slow},
    Handler{"burn", run_burn},
    Handler{"import", run_import, Pace::slow},
    Handler{"skim", [](const Asked& asked, BurnWaits&) { run_skim(asked); }, Pace::slow},
    Handler{"reload", [](const Asked& asked, BurnWaits&) { run_reload(asked); }},
    Handler{"retry", [](const Asked& asked, BurnWaits&) { run_retry(asked); }, Pace::mending},
    Handler{"cancel", [](const Asked& asked, BurnWaits&) { run_cancel(asked); }},
    Handler{"close-disc",
            [](const Asked& asked, BurnWaits&) { run_by_hand(asked, Burner::ByHand::close_disc); },
            Pace::slow},
    Handler{"eject", [](const Asked& asked, BurnWaits&) { run_by_hand(asked, Burner::ByHand::eject); },
            Pace::slow},
    Handler{"load", [](const Asked& asked, BurnWaits&) { run_by_hand(asked, Burner::ByHand::load); },
            Pace::slow},
};

}  // namespace

struct LiveOperations::State {
    explicit State(OperationServices operation_services)
        : services(std::move(operation_services)), waits(services) {}

    OperationServices services;
    BurnWaits waits;
    ThreadPool quick{4, 1024};
    ThreadPool mending{2, 1024};
    ThreadPool slow{2, 16};

    ThreadPool& pool(Pace pace) {
        switch (pace) {
            case Pace::mending:
                return mending;
            case Pace::slow:
                return slow;
            case Pace::quick:
                break;
        }
        return quick;
    }
};

LiveOperations::LiveOperations(OperationServices services)
    : state_(std::make_unique<State>(std::move(services))) {
    for (const OperationSpec& spec : operation_table())
        BB_ASSERT(std::ranges::find(kHandlers, spec.name, &Handler::name) != kHandlers.end());
}

LiveOperations::~LiveOperations() {
    stop();
}

void LiveOperations::run(const CommandRequest& request, std::shared_ptr<CommandSink> sink) {
    const bool account = !request.account.empty();
    if (account && !request.argv.empty() &&
        (request.argv.front() == "help" || request.argv.front() == "--help")) {
        const OperationSpec* const asked_about =
            request.argv.size() > 1 ? find_operation(request.argv[1]) : nullptr;
        const bool one = asked_about != nullptr && asked_about->accounts;
        sink->out(one ? operation_help(*asked_about) : account_help());
        return sink->finish(0);
    }
    auto operation = parse_operation(request.argv, account);
    if (!operation) {
        sink->error(operation.error().message);
        return sink->finish(2);
    }
    if (operation->help) {
        sink->out(operation_help(*operation->spec));
        return sink->finish(0);
    }
    const auto* const handler = std::ranges::find(kHandlers, operation->spec->name, &Handler::name);
    log::debug("operation asked", log::kv("operation", operation->spec->name),
               log::kv("account", request.account));
    ThreadPool& pool = state_->pool(handler->pace);
    const auto asked =
        std::make_shared<const Asked>(state_->services, request.account, std::move(*operation), sink);
    if (pool.post([state = state_.get(), handler, asked] { handler->run(*asked, state->waits); })) return;
    sink->error(fmt::format("{}: too many wait for this already; try again later", handler->name));
    sink->finish(1);
}

void LiveOperations::drain(const std::string& reason) {
    state_->waits.drain(reason);
}

void LiveOperations::stop() {
    state_->waits.stop();
    state_->slow.stop();
    state_->mending.stop();
    state_->quick.stop();
}

}  // namespace burnbox
