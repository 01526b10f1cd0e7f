#include "server/ssh/channel.hpp"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include <algorithm>
#include <array>

#include "common/base/log.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostErrorText = std::size_t{64} << 10U;
constexpr std::uint64_t kFirstWindow = std::uint64_t{2} << 20U;  // as OpenSSH's server has it
constexpr std::uint64_t kEdge = std::uint64_t{64} << 10U;  // a client may leave less than a packet unused
constexpr std::chrono::milliseconds kStall{15};  // 2 MiB in that time are as much as a fast network carries
constexpr unsigned kRoundsPerTurn = 8;

}  // namespace

struct Channel::Callbacks {
    ssh_channel_callbacks_struct table{};

    static Channel& self(void* user) { return *static_cast<Channel*>(user); }
    static int data(ssh_session, ssh_channel, void* bytes, std::uint32_t length, int is_stderr, void* user) {
        if (is_stderr != 0) return static_cast<int>(length);  // clients have no business there
        return static_cast<int>(self(user).take({static_cast<const std::byte*>(bytes), length}));
    }
    static void eof(ssh_session, ssh_channel, void* user) { self(user).eof_ = true; }
    static void close(ssh_session, ssh_channel, void* user) {
        self(user).eof_ = true;
        self(user).peer_closed_ = true;
    }
    static int shell(ssh_session, ssh_channel, void* user) {
        Channel& channel = self(user);
        if (channel.used_) return 1;
        channel.used_ = true;
        channel.say(
            "there is no shell here. Upload with scp, sftp or rsync; `help` lists the commands that work");
        channel.finish(1);
        return 0;
    }
    static int exec(ssh_session, ssh_channel, const char* command, void* user) {
        Channel& channel = self(user);
        if (channel.used_) return 1;
        return channel.start(channel.host_.make_command(channel, command)) ? 0 : 1;
    }
    static int subsystem(ssh_session, ssh_channel, const char* name, void* user) {
        Channel& channel = self(user);
        if (channel.used_) return 1;
        return channel.start(channel.host_.make_subsystem(channel, name)) ? 0 : 1;
    }
};

Channel::Channel(ChannelHost& host, ssh_channel_struct* channel)
    : host_(host),
      channel_(channel),
      callbacks_(std::make_unique<Callbacks>()),
      opened_(std::chrono::steady_clock::now()) {}

Channel::~Channel() {
    service_.reset();
    const Transport::Use use(host_.transport());
    ssh_remove_channel_callbacks(channel_, &callbacks_->table);
    ssh_channel_free(channel_);
}

void Channel::listen() {
    auto& table = callbacks_->table;
    ssh_callbacks_init(&table);
    table.userdata = this;
    table.channel_data_function = &Callbacks::data;
    table.channel_eof_function = &Callbacks::eof;
    table.channel_close_function = &Callbacks::close;
    table.channel_shell_request_function = &Callbacks::shell;
    table.channel_exec_request_function = &Callbacks::exec;
    table.channel_subsystem_request_function = &Callbacks::subsystem;
    ssh_set_channel_callbacks(channel_, &table);
}

bool Channel::start(std::unique_ptr<Service> service) {
    used_ = true;
    note_round_trip(opened_);  // a client can't name the channel before it heard that it is open
    if (!service && !exit_code_) return false;
    service_ = std::move(service);
    return true;
}

// libssh calls this with all it holds for the channel; what is not taken stays there, and then it grants no
// more window. A client that sends beyond the window anyway is cut off: libssh would take everything.
std::size_t Channel::take(std::span<const std::byte> data) {
    fresh_input_ = true;
    if (first_answer_) note_round_trip(*std::exchange(first_answer_, std::nullopt));
    note_arrival();
    if (exit_code_) return data.size();
    if (widening_) {
        received_ += data.size();
        held_.append(data);
        return data.size();
    }
    if (holding_ || !service_) {
        holding_ = true;
        overrun_ = overrun_ || data.size() + held_.size() > host_.most_window() + kFirstWindow;
        return 0;
    }
    const std::size_t taken = service_->receive(data);
    received_ += taken;
    since_grant_ += taken;
    holding_ = taken < data.size();
    return taken;
}

// Offers the service again what it did not want. True when it took some.
bool Channel::offer_held() {
    std::array<std::byte, 32768> piece;
    bool took = false;
    while (service_ && !exit_code_) {
        if (held_.empty()) {
            const int available = ssh_channel_poll(channel_, 0);
            const int count = available > 0
                                  ? ssh_channel_read_nonblocking(channel_, piece.data(),
                                                                 static_cast<std::uint32_t>(piece.size()), 0)
                                  : 0;
            if (count <= 0) {
                holding_ = false;
                break;
            }
            received_ += static_cast<std::size_t>(count);
            held_.append(std::span(piece).first(static_cast<std::size_t>(count)));
        }
        const std::size_t taken = service_->receive(held_.bytes());
        held_.consume(taken);
        since_grant_ += taken;
        took = took || taken > 0;
        if (!held_.empty()) break;
    }
    fresh_input_ = fresh_input_ || took;
    return took;
}

void Channel::print_error(std::string_view text) {
    if (error_.size() + text.size() <= kMostErrorText) error_.append(text);
}

void Channel::finish(int exit_code) {
    if (!exit_code_) exit_code_ = exit_code;
}

Poster Channel::poster() {
    return [post = host_.post(), self = weak_from_this()](std::function<void()> function) {
        post([self, function = std::move(function)] {
            const auto channel = self.lock();
            if (channel && channel->service_) function();
        });
    };
}

// False = the connection is broken. What doesn't go now (no window, a rekey, a slow socket) goes in a later
// turn.
bool Channel::write_out(ByteBuffer& queue, bool to_stderr) {
    while (!queue.empty() && host_.transport().has_room()) {
        const std::uint32_t window = ssh_channel_window_size(channel_);
        if (window == 0) return true;
        const auto length = static_cast<std::uint32_t>(
            std::min<std::size_t>({queue.size(), window, std::size_t{256} << 10U}));
        // During a rekey libssh may take packets in before it writes: what they are answered with goes into
        // the queue and must not move the bytes that it is about to write.
        ByteBuffer lent = std::exchange(queue, {});
        const int written = to_stderr ? ssh_channel_write_stderr(channel_, lent.bytes().data(), length)
                                      : ssh_channel_write(channel_, lent.bytes().data(), length);
        lent.append(queue.bytes());
        queue = std::move(lent);
        if (written < 0) return ssh_channel_is_open(channel_) == 0;
        rekeying_ = written == 0;
        if (rekeying_) return true;
        queue.consume(static_cast<std::size_t>(written));
        if (!std::exchange(answered_, true)) first_answer_ = std::chrono::steady_clock::now();
    }
    return true;
}

bool Channel::write_close() {
    if (!exit_code_ || closed_ || !out_.empty() || !error_.empty()) return true;
    closed_ = true;
    service_.reset();
    if (ssh_channel_is_open(channel_) == 0) return true;
    return ssh_channel_request_send_exit_status(channel_, *exit_code_) != SSH_ERROR &&
           ssh_channel_send_eof(channel_) != SSH_ERROR && ssh_channel_close(channel_) != SSH_ERROR;
}

// How long the line is: the shortest time in which a client went on that had to wait for an answer of ours. A
// busy machine may make one of them long, hardly all.
void Channel::note_round_trip(std::chrono::steady_clock::time_point asked) {
    round_trip_ = std::min(round_trip_, std::chrono::steady_clock::now() - asked);
}

// A client at the end of a long line that used up what it was granted, and then was silent until the next
// grant had reached it, is held back by the window and by nothing else. Only that widens it: a window larger
// than the line needs makes OpenSSH's client queue what it can't send yet, which cost it half its speed on a
// fast line.
void Channel::note_arrival() {
    const auto now = std::chrono::steady_clock::now();
    const std::uint64_t from_edge =
        received_ > earlier_credit_ ? received_ - earlier_credit_ : earlier_credit_ - received_;
    if (from_edge < kEdge && now - last_arrival_ > kStall && round_trip_ > kStall) stalled_ = true;
    last_arrival_ = now;
}

// libssh's own window is 1.28 MB, and on a long line that is the speed limit. There is no setter, but reading
// asks for as much window as the caller wants to read: asked for the whole window, with nothing there to
// read, it grants it and returns. The window doubles while the line needs more, up to limits.window.
void Channel::widen_window() {
    if (holding_ || eof_ || exit_code_ || !service_) return;
    if (window_ == 0)
        window_ = std::min(kFirstWindow, host_.most_window());
    else if (since_grant_ < window_ / 2)
        return;
    if (std::exchange(stalled_, false)) window_ = std::min(window_ * 2, host_.most_window());
    since_grant_ = 0;
    earlier_credit_ = std::exchange(credit_, received_ + window_);
    std::byte nothing{};
    widening_ = true;  // should anything arrive meanwhile, none of it may stay where this read would find it
    (void)ssh_channel_read_timeout(channel_, &nothing, static_cast<std::uint32_t>(window_), 0, 0);
    widening_ = false;
    holding_ = !held_.empty();
}

Channel::Turn Channel::turn() {
    if (overrun_) return Turn::overrun;
    const Transport::Use use(host_.transport());
    rekeying_ = false;
    bool progress = true;
    for (unsigned round = 0; round < kRoundsPerTurn && progress; ++round) {
        progress = holding_ && out_.size() < kMostQueued && offer_held();
        if (service_ && std::exchange(fresh_input_, false)) service_->end_of_batch();
        if (service_ && eof_ && !holding_ && !std::exchange(eof_told_, true)) service_->end_of_input();
        if (peer_closed_) {
            service_.reset();
            return Turn::gone;
        }
        const std::size_t before = out_.size();
        if (!write_out(error_, true) || !write_out(out_, false) || !write_close()) return Turn::broken;
        const std::size_t written = out_.size();
        if (service_ && !exit_code_ && written < kMostQueued / 2) service_->output_drained();
        progress = progress || written != before || out_.size() != written;
        widen_window();
    }
    const bool more = progress || (!out_.empty() && !rekeying_ && ssh_channel_window_size(channel_) > 0);
    return more ? Turn::again : Turn::waiting;
}

}  // namespace burnbox
