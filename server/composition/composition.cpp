#include "server/composition/composition.hpp"

#include "common/marks/older_catalogue.hpp"
#include "server/composition/composition_state.hpp"
#include "server/places/locations.hpp"

namespace burnbox {

Composition::Composition(std::unique_ptr<State> state) : state_(std::move(state)) {}
Composition::~Composition() = default;

Result<std::unique_ptr<Composition>> Composition::start(const CurrentConfig& config, Reload& reload,
                                                        Spawner& spawner, boost::asio::io_context& io) {
    auto state = std::make_unique<State>(config, reload);
    BB_TRY(state->stores, Stores::open(config, [at = state.get()](const Error& error) {
               if (at->resources) at->resources->catalogue_failed(error);
           }));
    BB_CHECK(state->make_listeners(spawner));
    state->stores->when_older([at = state.get()] { at->catalogue_turned_out_older(); });
    Stores& stores = *state->stores;
    BB_TRY(state->catalogue_age, stores.begin_generation());
    if (state->catalogue_age != CatalogueAge::current)
        state->resources->catalogue_is_older(age_text(state->catalogue_age));
    state->make_burner(spawner);
    BB_CHECK(state->make_uploads());
    BB_CHECK(state->uploads->recover());
    BB_CHECK(state->watches->recover());
    state->skims->recover();
    BB_CHECK(stores.keep_places(
        [at = state.get()](const std::string& path, const Error& error) { at->lose_place(path, error); }));
    state->make_operations();
    state->rsync.emplace(rsync::Host{
        .spawner = spawner,
        .self = "/proc/self/exe",
        .run_blocking = [at = state.get()](std::function<void()> job) { at->run_blocking(std::move(job)); }});
    state->channels.emplace(ChannelParts{
        .connect = [at = state.get()](const std::string& account) { return at->uploads->connect(account); },
        .operations = *state->operations,
        .rsync = *state->rsync,
        .config = config});
    BB_TRY(state->ssh,
           SshServer::start({.config = config, .make_thread_services = [&parts = *state->channels] {
                                 return make_channel_services(parts);
                             }}));
    const ConfigSnapshot begin = config.snapshot();
    BB_TRY(state->control, ControlServer::start(io, control_socket_in(begin->state_dir), *state->operations));
    BB_CHECK(state->watches->start());
    state->skims->start();
    state->burner->start();
    reload.serve({.prepare = [at = state.get()](const Config& next) { return at->prepare(next); },
                  .follow = [at = state.get()] { at->follow(); }});
    return std::unique_ptr<Composition>(new Composition(std::move(state)));
}

std::vector<ListenAddress> Composition::addresses() const {
    return state_->ssh->addresses();
}
std::string Composition::host_key_fingerprint() const {
    return state_->ssh->host_key_fingerprint();
}
std::string Composition::host_key_line() const {
    return state_->ssh->host_key_line();
}
void Composition::drain(const std::string& reason, const std::string& remedy) {
    state_->drain(reason, remedy);
}
void Composition::cut_off() {
    state_->transfers_end = true;
    state_->burner->cut_off();
}
void Composition::give_last_answers(std::function<void()> done) {
    state_->control->end(std::move(done));
}
DrainStep Composition::draining() const {
    return state_->draining();
}
std::vector<DriveStatus> Composition::writing() const {
    return state_->writing();
}
void Composition::stop() {
    state_->stop();
}

}  // namespace burnbox
