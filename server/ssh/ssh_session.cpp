#include "server/ssh/ssh_session.hpp"

#include <fmt/format.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include <algorithm>
#include <optional>

#include "common/base/log.hpp"
#include "server/ssh/algorithms.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kLoggedUser = 64;
// A login with a signature: the smallest has 51 bytes of key and 83 of signature beside its fields.
constexpr std::uint64_t kShortestSigned = 160;

}  // namespace

struct SshSession::Callbacks {
    ssh_server_callbacks_struct server{};
    ssh_counter_struct packets{};
    // Since the client asked to log in; every request of RFC 4252 has one answer.
    struct Seen {
        std::uint64_t unanswered = 0, in_bytes = 0, out_packets = 0;
    };
    std::optional<Seen> seen;

    [[nodiscard]] std::uint64_t unanswered() const { return packets.in_packets - packets.out_packets; }

    static SshSession& self(void* user) { return *static_cast<SshSession*>(user); }
    static int service(ssh_session, const char* name, void* user) {
        auto& callbacks = *self(user).callbacks_;
        if (std::string_view(name) != "ssh-userauth") return -1;
        // What it stands at when this one is answered: the next request may come before the session's turn.
        const auto& packets = callbacks.packets;
        callbacks.seen = Seen{callbacks.unanswered() - 1, packets.in_bytes, packets.out_packets + 1};
        return 0;
    }
    static int none(ssh_session, const char*, void*) { return SSH_AUTH_DENIED; }
    static int password(ssh_session, const char* name, const char*, void* user) {
        self(user).count_failure(name);
        return SSH_AUTH_DENIED;
    }
    static int public_key(ssh_session, const char* name, ssh_key_struct* key, char state, void* user) {
        return self(user).try_key(name, key, state);
    }
    static ssh_channel open_session(ssh_session session, void* user) {
        SshSession& me = self(user);
        if (!me.client_ || me.ending_) return nullptr;
        if (me.channels_.size() >= limits_of(me.services_.config).channels) {
            me.say_channels_are_full();
            return nullptr;
        }
        const ssh_channel raw = ssh_channel_new(session);
        if (raw == nullptr) return nullptr;
        me.channels_.push_back(std::make_shared<Channel>(static_cast<ChannelHost&>(me), raw));
        me.channels_.back()->listen();
        return raw;
    }
    // Whatever has no callback: other ways to log in, forwarding, terminals. 1 = libssh's refusal is sent.
    static int message(ssh_session, ssh_message message, void* user) {
        if (ssh_message_type(message) == SSH_REQUEST_AUTH)
            self(user).count_failure(ssh_message_auth_user(message));
        return 1;
    }
};

SshSession::SshSession(const SshServices& services, ThreadServices& thread, int socket,
                       std::span<std::byte> receive_buffer, const boost::asio::any_io_executor& executor,
                       std::string peer, Events events)
    : services_(services),
      limits_(limits_of(services.config)),
      thread_(thread),
      transport_(socket, receive_buffer),
      executor_(executor),
      peer_(std::move(peer)),
      events_(std::move(events)),
      callbacks_(std::make_unique<Callbacks>()) {}

SshSession::~SshSession() {
    channels_.clear();
    const Transport::Use use(transport_);
    if (event_ != nullptr) {
        ssh_event_remove_session(event_, session_);
        ssh_event_free(event_);
    }
    ssh_free(session_);
}

Status SshSession::start() {
    if (transport_.socket_for_libssh() < 0) return fail_errno("duplicate the socket of", peer_);
    const Transport::Use use(transport_);
    session_ = ssh_new();
    event_ = ssh_event_new();
    if (session_ == nullptr || event_ == nullptr) return fail(Errc::busy, "libssh: out of memory");
    BB_CHECK(services_.host_keys.accept(session_, transport_.socket_for_libssh()));
    ssh_options_set(session_, SSH_OPTIONS_COMPRESSION_C_S, algorithms::kCompression);
    ssh_options_set(session_, SSH_OPTIONS_COMPRESSION_S_C, algorithms::kCompression);
    ssh_options_set(session_, SSH_OPTIONS_RSA_MIN_SIZE, &algorithms::kSmallestRsa);
    auto& server = callbacks_->server;
    ssh_callbacks_init(&server);
    server.userdata = this;
    server.service_request_function = &Callbacks::service;
    server.auth_none_function = &Callbacks::none;
    server.auth_password_function = &Callbacks::password;
    server.auth_pubkey_function = &Callbacks::public_key;
    server.channel_open_request_session_function = &Callbacks::open_session;
    ssh_set_server_callbacks(session_, &server);
    ssh_set_message_callback(session_, &Callbacks::message, this);
    ssh_set_counters(session_, nullptr, &callbacks_->packets);
    ssh_set_auth_methods(session_, SSH_AUTH_METHOD_PUBLICKEY);
    ssh_set_blocking(session_, 0);
    transport_.attach(session_, event_);
    if (__builtin_cpu_supports("aes")) {
        transport_.on_client_hello([this](bool fast) {
            if (!fast) return;
            const Transport::Use inner(transport_);
            ssh_options_set(session_, SSH_OPTIONS_CIPHERS_C_S, algorithms::kFastCiphers);
            ssh_options_set(session_, SSH_OPTIONS_CIPHERS_S_C, algorithms::kFastCiphers);
            ssh_server_init_kex(session_);  // the lists were copied when the session was accepted
        });
    }
    if (ssh_handle_key_exchange(session_) == SSH_ERROR)
        return fail(Errc::unreachable, ssh_get_error(session_));
    if (ssh_event_add_session(event_, session_) != SSH_OK)
        return fail(Errc::io, "libssh: can't wait for the session");
    return {};
}

// A key is first offered without a signature (RFC 4252 7), then with one that libssh has checked.
int SshSession::try_key(const std::string& user, ssh_key_struct* key, char signature_state) {
    if (gave_up_ || client_) return SSH_AUTH_DENIED;
    const std::string offered = Keyring::text_of(key);
    const Snapshot<Keyring> keyring = services_.keyring.snapshot();
    const bool opens = keyring->opens(user, offered);
    if (opens && signature_state == SSH_PUBLICKEY_STATE_NONE) return SSH_AUTH_SUCCESS;
    if (!opens || signature_state != SSH_PUBLICKEY_STATE_VALID) {
        count_failure(user);
        return SSH_AUTH_DENIED;
    }
    account_ = user, key_ = offered;
    client_ = thread_.log_in(account_, executor_);
    log::info("logged in", log::kv("account", account_), log::kv("peer", peer_));
    events_.logged_in();
    return SSH_AUTH_SUCCESS;
}

void SshSession::count_failure(std::string_view user) {
    refused_user_ = user.substr(0, kLoggedUser);
    if (gave_up_ || client_ || ++failures_ < limits_.auth_tries) return;
    gave_up_ = true;
    log::info("login refused", log::kv("user", refused_user_), log::kv("peer", peer_),
              log::kv("tries", failures_), log::kv("limit", "limits.auth_tries"));
    events_.login_failed();
}

void SshSession::note_refused_login() {
    if (gave_up_ || client_ || failures_ == 0) return;
    log::info("login refused", log::kv("user", refused_user_), log::kv("peer", peer_),
              log::kv("tries", failures_), log::kv("reason", "nothing that was tried opens this account"));
}

// libssh drops a wrongly signed login without a word, and its client would wait until the login grace ends.
// Of what else is not answered (IGNORE and DEBUG, RFC 4253 11) nothing is as long, or it is not the last
// word.
void SshSession::judge_silence() {
    auto& seen = callbacks_->seen;
    if (gave_up_ || client_ || !seen) return;
    const auto& packets = callbacks_->packets;
    const Callbacks::Seen before = *seen;
    *seen = {callbacks_->unanswered(), packets.in_bytes, packets.out_packets};
    if (seen->unanswered == before.unanswered || seen->out_packets != before.out_packets ||
        seen->in_bytes - before.in_bytes < kShortestSigned)
        return;
    gave_up_ = true;
    log::info("login refused", log::kv("peer", peer_),
              log::kv("reason", "a login that is malformed or wrongly signed"));
    events_.login_failed();
}

// The refusal itself has no text that reaches anybody: libssh sends none, and OpenSSH's client shows its
// user none, but goes on over a connection of its own, which a channel that is opened only to be refused
// would keep it from. So the sentence goes to the newest channel at work, once until a place is free again.
void SshSession::say_channels_are_full() {
    if (std::exchange(told_full_, true)) return;
    log::info("channel refused", log::kv("account", account_), log::kv("peer", peer_),
              log::kv("limit", "limits.channels"));
    const auto newest = std::ranges::find_if(channels_.rbegin(), channels_.rend(),
                                             [](const auto& channel) { return !channel->ended(); });
    if (newest == channels_.rend()) return;
    (*newest)->say(
        fmt::format("limits.channels: another channel was refused, {} are open on this connection and it may "
                    "have no more: end one of them, or connect anew (ssh -S none)",
                    channels_.size()));
}

SshSession::Turn SshSession::turn() {
    judge_silence();
    if (gave_up_) {
        if (failures_ >= limits_.auth_tries)
            disconnect(fmt::format(
                "limits.auth_tries: {} keys or other ways to log in were refused: offer the right key "
                "first (ssh -o IdentitiesOnly=yes -i KEY)",
                failures_));
        return Turn::broken;
    }
    bool again = false;
    const std::uint64_t packets_before = callbacks_->packets.in_packets;
    for (std::size_t i = 0; i < channels_.size();) {
        switch (channels_[i]->turn()) {
            case Channel::Turn::broken:
                return Turn::broken;
            case Channel::Turn::overrun:
                log::info("connection broken off", log::kv("account", account_), log::kv("peer", peer_),
                          log::kv("limit", "limits.window"));
                disconnect("limits.window: more was sent on a channel than its window allows");
                return Turn::broken;
            case Channel::Turn::gone:
                channels_.erase(channels_.begin() + static_cast<std::ptrdiff_t>(i));
                told_full_ = false;
                continue;
            case Channel::Turn::again:
                again = true;
                break;
            case Channel::Turn::waiting:
                break;
        }
        ++i;
    }
    // libssh may take packets in while it writes or grants window (not with the feed): for a channel that had
    // its turn already, perhaps.
    again = again || callbacks_->packets.in_packets != packets_before;
    return again ? Turn::again : Turn::waiting;
}

void SshSession::disconnect(const std::string& reason) {
    if (session_ == nullptr) return;
    ending_ = true;     // the poll below may take in that the client opens one more
    channels_.clear();  // libssh frees what is left of them
    const Transport::Use use(transport_);
    // libssh sends one packet, then nothing until it has heard that the socket takes more; else this would be
    // lost.
    if (event_ != nullptr) (void)ssh_event_dopoll(event_, 0);
    ssh_session_set_disconnect_message(session_, reason.c_str());
    if (ssh_is_connected(session_) != 0) ssh_disconnect(session_);
}

std::uint64_t SshSession::packet_bytes() const {
    return callbacks_->packets.in_bytes + callbacks_->packets.out_bytes;
}

bool SshSession::busy() const {
    return std::ranges::any_of(channels_, [](const auto& channel) { return channel->busy(); });
}

bool SshSession::may_stay() const {
    const Snapshot<Keyring> keyring = services_.keyring.snapshot();
    return !client_ || keyring->opens(account_, key_);
}

bool SshSession::transfers() const {
    return std::ranges::any_of(channels_, [](const auto& channel) { return channel->transfers(); });
}

}  // namespace burnbox
