#include "server/net/server.hpp"

#include <algorithm>
#include <future>
#include <utility>

#include <boost/asio/post.hpp>

#include "server/net/listener.hpp"

namespace burnbox {
namespace {

constexpr unsigned kMostThreads = 8;
constexpr std::chrono::milliseconds kBetweenLooks{50};

Keyring keyring_of(const CurrentConfig& config) {
    const ConfigSnapshot now = config.snapshot();
    return Keyring(now->accounts);
}

}  // namespace

struct SshServer::State {
    State(const ServerServices& given, std::unique_ptr<HostKeys> keys)
        : host_keys(std::move(keys)),
          config(given.config),
          keyring(keyring_of(config)),
          admission(config, system_clock()),
          services{*host_keys, keyring, config, given.make_thread_services} {}

    std::unique_ptr<HostKeys> host_keys;
    const CurrentConfig& config;
    Published<Keyring> keyring;
    Admission admission;
    SshServices services;
    std::vector<std::unique_ptr<NetworkThread>> threads;
    std::vector<std::unique_ptr<Listener>> listeners;
    bool running = false;

    void stop_accepting();
};

SshServer::SshServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
SshServer::~SshServer() {
    stop();
}

Result<std::unique_ptr<SshServer>> SshServer::start(const ServerServices& given) {
    const ConfigSnapshot config = given.config.snapshot();
    BB_TRY(auto keys, HostKeys::open(config->state_dir));
    auto state = std::make_unique<State>(given, std::move(keys));
    const unsigned count =
        given.threads > 0 ? given.threads : std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
    for (unsigned i = 0; i < count; ++i)
        state->threads.push_back(std::make_unique<NetworkThread>(state->services));
    for (const ListenAddress& address : config->listen) {
        state->listeners.push_back(std::make_unique<Listener>(state->threads, state->admission));
        BB_CHECK(state->listeners.back()->open(address));
    }
    for (const auto& thread : state->threads) thread->run();
    boost::asio::post(state->threads.front()->io(), [listeners = &state->listeners] {
        for (const auto& listener : *listeners) listener->start();
    });
    state->running = true;
    return std::unique_ptr<SshServer>(new SshServer(std::move(state)));
}

std::vector<ListenAddress> SshServer::addresses() const {
    std::vector<ListenAddress> addresses;
    for (const auto& listener : state_->listeners) addresses.push_back(listener->address());
    return addresses;
}

std::string SshServer::host_key_fingerprint() const {
    return state_->host_keys->fingerprint();
}
std::string SshServer::host_key_line() const {
    return state_->host_keys->line();
}

// The keys first: whoever logs in from here on is judged by them, and whoever was faster is looked at below.
void SshServer::config_changed() {
    if (!state_->running) return;
    state_->keyring.publish(keyring_of(state_->config));
    for (const auto& thread : state_->threads) thread->config_changed();
}

void SshServer::State::stop_accepting() {
    std::promise<void> closed;
    boost::asio::post(threads.front()->io(), [&] {
        for (const auto& listener : listeners) listener->close();
        closed.set_value();
    });
    closed.get_future().wait();
}

void SshServer::drain(std::chrono::milliseconds patience, const std::function<bool()>& give_up) {
    if (!state_->running) return;
    state_->stop_accepting();
    for (const auto& thread : state_->threads) thread->drain();
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (state_->admission.guests() != 0 && std::chrono::steady_clock::now() < deadline && !give_up())
        std::this_thread::sleep_for(kBetweenLooks);
}

void SshServer::stop() {
    if (!std::exchange(state_->running, false)) return;
    state_->stop_accepting();
    for (const auto& thread : state_->threads) thread->stop();
    state_->listeners.clear();
    state_->threads.clear();
}

}  // namespace burnbox
