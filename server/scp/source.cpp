#include "server/scp/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "common/base/log.hpp"

namespace burnbox::scp {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10U;
constexpr std::size_t kEntriesAtOnce = 256;
constexpr std::size_t kMostBegun = 64;  // entries in one call: each is opened on the network thread
constexpr std::size_t kDeepest = 256;

std::int64_t seconds(Timestamp time) {
    return std::max<std::int64_t>(
        0, std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

std::string last_name(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const std::size_t slash = path.rfind('/');
    return std::string(slash == std::string_view::npos || path.size() == 1 ? path : path.substr(slash + 1));
}

}  // namespace

Source::Source(ServicePort& port, std::shared_ptr<Client> client, Command command)
    : port_(port), client_(std::move(client)), command_(std::move(command)) {}

std::size_t Source::receive(std::span<const std::byte> data) {
    begun_ = 0;
    for (std::size_t taken = 0; taken < data.size(); ++taken) {
        const std::byte byte = data[taken];
        if (waiting_ == Waiting::finished) break;
        if (waiting_ == Waiting::entries || is_full()) return taken;
        if (waiting_ == Waiting::message) {
            // What the client complains about is for its own person; only its end matters.
            if (++message_bytes_ > kLongestLine)
                finish();
            else if (byte == std::byte{'\n'}) {
                waiting_ = before_message_;
                answer(false);
            }
        } else if (byte == std::byte{0}) {
            answer(true);
        } else if (byte == std::byte{1}) {
            before_message_ = waiting_;
            waiting_ = Waiting::message;
            message_bytes_ = 0;
        } else {
            failed_ = true;
            finish();
        }
    }
    return data.size();
}

void Source::end_of_input() {
    if (waiting_ == Waiting::finished) return;
    failed_ = failed_ || waiting_ != Waiting::begin;
    finish();
}

bool Source::is_full() const {
    return begun_ >= kMostBegun || port_.out().size() >= kMostQueued;
}

// In the middle of its entries.
void Source::pause() {
    waiting_ = Waiting::entries;
}

void Source::output_drained() {
    begun_ = 0;
    if (waiting_ == Waiting::entries) next_entry();
    send_data();
}

// The client's byte for the step before.
void Source::answer(bool ok) {
    failed_ = failed_ || !ok;
    switch (waiting_) {
        case Waiting::begin:
            next_entry();
            break;
        case Waiting::times:
            send_header();
            break;
        case Waiting::header:
            if (ok) {
                waiting_ = Waiting::data;
                send_data();
            } else {
                file_.reset();
                next_entry();
            }
            break;
        case Waiting::folder:
            if (!ok) levels_.pop_back();
            next_entry();
            break;
        case Waiting::done:
            next_entry();
            break;
        case Waiting::data:
        case Waiting::entries:
        case Waiting::message:
        case Waiting::finished:
            break;  // an answer nobody asked for
    }
}

// True when something was sent that the client will answer.
bool Source::begin_entry(const std::string& path) {
    ++begun_;
    path_ = path;
    const auto info = client_->info(path, true);
    if (!info) return complain(info.error());
    info_ = *info;
    if (info_.type == FileType::folder && command_.recursive) {
        if (levels_.size() >= kDeepest)
            return complain(Error{Errc::invalid, 0, "scp: " + path + ": nested too deep"});
        auto folder = client_->open_folder(path);
        if (!folder) return complain(folder.error());
        levels_.push_back({.path = path, .folder = std::move(*folder), .entries = {}});
    } else if (info_.type == FileType::file) {
        auto file = client_->open(path, OpenMode{.read = true});
        if (!file) return complain(file.error());
        file_ = std::move(*file);
        const auto now = file_->info();
        if (!now) return complain(now.error());
        info_ = *now;
    } else {
        return complain(Error{Errc::invalid, 0, "scp: " + path + ": not a regular file"});
    }
    if (command_.preserve) {
        port_.out().append(fmt::format("T{} 0 {} 0\n", seconds(info_.mtime), seconds(info_.atime)));
        waiting_ = Waiting::times;
    } else {
        send_header();
    }
    return true;
}

void Source::send_header() {
    std::string name = last_name(path_);
    if (name == "." || name == ".." ||
        name == "/") {  // a client refuses these; the inbox itself has the account's name
        const auto real = client_->real_path(path_);
        name = real && *real != "/" ? last_name(*real) : client_->account();
    }
    if (info_.type == FileType::folder) {
        port_.out().append(fmt::format("D{:04o} 0 {}\n", info_.mode & 07777U, name));
        waiting_ = Waiting::folder;
    } else {
        port_.out().append(fmt::format("C{:04o} {} {}\n", info_.mode & 07777U, info_.size_bytes, name));
        offset_ = 0;
        short_read_ = false;
        waiting_ = Waiting::header;
    }
}

// Exactly the announced size goes out: a file that shrank or failed meanwhile is filled up with zeros, and
// the byte after it says so.
void Source::send_data() {
    if (waiting_ != Waiting::data) return;
    while (offset_ < info_.size_bytes && port_.out().size() < kMostQueued) {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, info_.size_bytes - offset_));
        const auto room = port_.out().extend(wanted);
        const auto count = short_read_ ? Result<std::size_t>(0) : file_->read_at(room, offset_);
        const std::size_t got = count.value_or(0);
        if (got == 0) {
            short_read_ = true;
            std::memset(room.data(), 0, room.size());
            offset_ += wanted;
        } else {
            port_.out().shrink_by(wanted - got);
            offset_ += got;
        }
    }
    if (offset_ < info_.size_bytes) return;
    file_.reset();
    waiting_ = Waiting::done;
    if (short_read_) {
        failed_ = true;
        port_.out().append("\1" + shown_line("scp: " + path_ + ": became shorter while it was read") + "\n");
    } else {
        port_.out().append(std::string_view("\0", 1));
    }
}

void Source::next_entry() {
    while (!levels_.empty()) {
        if (is_full()) return pause();
        Level& level = levels_.back();
        if (level.entries.empty() && !level.at_end) {
            auto more = level.folder->next(kEntriesAtOnce);
            level.at_end = !more || more->empty();
            if (more)
                std::ranges::move(*more, std::back_inserter(level.entries));
            else
                complain(more.error());
        } else if (!level.entries.empty()) {
            const std::string path = level.path.ends_with('/')
                                         ? level.path + level.entries.front().name
                                         : level.path + "/" + level.entries.front().name;
            level.entries.pop_front();
            if (begin_entry(path)) return;
        } else {
            levels_.pop_back();
            port_.out().append("E\n");
            waiting_ = Waiting::done;
            return;
        }
    }
    while (next_path_ < command_.paths.size()) {
        if (is_full()) return pause();
        if (begin_entry(command_.paths[next_path_++])) return;
    }
    finish();
}

// One entry fails; the client gets its line and does not answer it.
bool Source::complain(const Error& error) {
    failed_ = true;
    file_.reset();
    port_.out().append("\1" + shown_line(error.message) + "\n");
    return false;
}

void Source::finish() {
    if (waiting_ == Waiting::finished) return;
    waiting_ = Waiting::finished;
    file_.reset();
    port_.finish(failed_ ? 1 : 0);
}

}  // namespace burnbox::scp
