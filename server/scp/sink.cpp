#include "server/scp/sink.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "server/service/slow_call.hpp"

namespace burnbox::scp {
namespace {

constexpr std::size_t kDeepest = 256;

}  // namespace

Sink::Sink(ServicePort& port, std::shared_ptr<Client> client, Command command)
    : port_(port), client_(std::move(client)), command_(std::move(command)) {}

void Sink::start() {
    const std::string& target = command_.paths.front();
    const auto info = client_->info(target, true);
    const bool is_folder = info && info->type == FileType::folder;
    if (command_.folder_wanted && !is_folder) {
        give_up(Error{Errc::invalid, 0, "scp: " + target + ": not a folder"});
        return;
    }
    levels_.push_back({.path = target, .is_folder = is_folder, .mode = 0, .times = {}});
    ok();
}

std::size_t Sink::receive(std::span<const std::byte> data) {
    std::size_t taken = 0;
    while (taken < data.size() && state_ != State::closing && port_.out().size() < kMostQueued) {
        const auto rest = data.subspan(taken);
        switch (state_) {
            case State::line:
                taken += take_line(rest);
                break;
            case State::data:
                taken += take_data(rest);
                break;
            case State::verdict:
                // After the data the sender says whether it could read all of it: 0, or 1 and a line.
                ++taken;
                if (rest.front() == std::byte{0}) {
                    end_file(true);
                } else {
                    state_ = State::line;
                    line_.assign(1, static_cast<char>(rest.front()));
                    end_file(false);
                }
                break;
            case State::finished:
                return data.size();
            case State::closing:
                break;
        }
    }
    return taken;
}

std::size_t Sink::take_line(std::span<const std::byte> data) {
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    const std::size_t end = text.find('\n');
    const std::size_t count = end == std::string_view::npos ? text.size() : end;
    if (line_.size() + count > kLongestLine) {
        give_up(Error{Errc::invalid, 0, "scp: a line of more than 4096 bytes"});
        return data.size();
    }
    line_.append(text.substr(0, count));
    if (end == std::string_view::npos) return count;
    const std::string line = std::exchange(line_, {});
    handle_line(line);
    return count + 1;
}

void Sink::handle_line(std::string_view line) {
    const char letter = line.empty() ? '\0' : line.front();
    const std::string_view rest = line.empty() ? line : line.substr(1);
    if (letter == 'C' || letter == 'D') {
        const auto entry = parse_entry(rest);
        if (!entry) return give_up(entry.error());
        if (letter == 'C')
            begin_file(*entry);
        else
            begin_folder(*entry);
    } else if (letter == 'E' && rest.empty()) {
        end_folder();
    } else if (letter == 'T') {
        const auto times = parse_times(rest);
        if (!times) return give_up(times.error());
        times_ = *times;
        ok();
    } else if (letter == '\1') {
        failed_ = true;  // the sender's own trouble with one entry; it has told its person
    } else if (letter == '\2') {
        failed_ = true;
        finish();
    } else {
        give_up(
            Error{Errc::invalid, 0, "scp: not a line of its protocol: " + std::string(line.substr(0, 64))});
    }
}

std::string Sink::path_for(const std::string& name) const {
    const Level& level = levels_.back();
    if (!level.is_folder) return level.path;
    return level.path.ends_with('/') ? level.path + name : level.path + "/" + name;
}

void Sink::begin_file(const Entry& entry) {
    file_path_ = path_for(entry.name);
    file_attributes_ = {};
    if (command_.preserve) file_attributes_.mode = entry.mode & 0777U;
    if (times_) {
        file_attributes_.mtime = times_->mtime;
        file_attributes_.atime = times_->atime;
        times_.reset();
    }
    OpenMode mode{.write = true, .create = true, .truncate = true};
    mode.permissions = (entry.mode & 0777U) | 0600U;
    auto file = client_->open(file_path_, mode);
    if (!file) return complain(file.error());
    file_ = std::move(*file);
    file_->expect_size(entry.size_bytes);
    file_error_.reset();
    offset_ = 0;
    left_ = entry.size_bytes;
    state_ = left_ == 0 ? State::verdict : State::data;
    ok();
}

std::size_t Sink::take_data(std::span<const std::byte> data) {
    const auto piece = data.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, data.size())));
    if (!file_error_) {
        if (auto written = file_->write_at(piece, offset_); !written)
            file_error_ = std::move(written).error();
    }
    offset_ += piece.size();
    left_ -= piece.size();
    if (left_ == 0) state_ = State::verdict;
    return piece.size();
}

void Sink::end_file(bool sender_ok) {
    if (!file_error_ && sender_ok) {
        if (auto set = file_->set_attributes(file_attributes_); !set) file_error_ = std::move(set).error();
    }
    if (!file_error_ && !sender_ok)
        file_error_ = Error{Errc::corrupt, 0,
                            "scp: " + file_path_ + ": the sender could not read it to its end: cut off"};
    if (file_error_) {
        file_.reset();  // not closed: it counts as cut off
        state_ = State::line;
        complain(*file_error_);
        return;
    }
    state_ = State::closing;
    call_slow(
        port_.poster(), client_, [this](const Result<std::string>& result) { file_closed(result); },
        [this](Done done) { client_->close(std::move(file_), std::move(done)); });
}

void Sink::file_closed(const Result<std::string>& result) {
    state_ = State::line;
    if (result) {
        if (!result->empty()) port_.say(*result);
        ok();
    } else {
        complain(result.error());
    }
    if (input_ended_) end_of_input();
}

void Sink::begin_folder(const Entry& entry) {
    if (!command_.recursive) return give_up(Error{Errc::invalid, 0, "scp: a folder without -r"});
    if (levels_.size() > kDeepest)
        return give_up(Error{Errc::invalid, 0, "scp: folders nested more than 256 deep"});
    const std::string path = path_for(entry.name);
    const auto times = std::exchange(times_, {});
    const auto info = client_->info(path, true);
    if (info && info->type != FileType::folder)
        return complain(Error{Errc::exists, 0, "scp: " + path + ": exists and is not a folder"});
    if (!info) {
        if (const Status made = client_->make_folder(path, (entry.mode & 0777U) | 0700U); !made)
            return complain(made.error());
    }
    levels_.push_back({.path = path, .is_folder = true, .mode = entry.mode & 0777U, .times = times});
    ok();
}

void Sink::end_folder() {
    if (levels_.size() < 2)
        return give_up(Error{Errc::invalid, 0, "scp: the end of a folder that was not begun"});
    const Level level = std::move(levels_.back());
    levels_.pop_back();
    Attributes attributes;
    if (command_.preserve) attributes.mode = level.mode;
    if (level.times) {
        attributes.mtime = level.times->mtime;
        attributes.atime = level.times->atime;
    }
    if (attributes.mode || attributes.mtime) {
        if (const Status set = client_->set_attributes(level.path, attributes); !set)
            return complain(set.error());
    }
    ok();
}

void Sink::end_of_input() {
    input_ended_ = true;
    // libssh2, and curl with it, ends its input after the last byte and never says that it could read them
    // all.
    if (state_ == State::verdict) end_file(true);
    if (state_ == State::closing || state_ == State::finished) return;
    if (file_) {
        file_.reset();  // cut off
        give_up(Error{Errc::invalid, 0, "scp: " + file_path_ + ": the data ended early"});
    } else if (!line_.empty() || levels_.size() > 1) {
        give_up(Error{Errc::invalid, 0, "scp: the input ended early"});
    } else {
        finish();
    }
}

void Sink::complain(const Error& error) {
    failed_ = true;
    log::info("request refused", log::kv("account", client_->account()), log::kv("request", "scp"),
              log::kv(error));
    port_.out().append("\1" + shown_line(error.message) + "\n");
}

void Sink::give_up(const Error& error) {
    complain(error);
    finish();
}

void Sink::finish() {
    state_ = State::finished;
    file_.reset();
    port_.finish(failed_ ? 1 : 0);
}

}  // namespace burnbox::scp
