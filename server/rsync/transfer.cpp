#include "server/rsync/transfer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/base/log.hpp"
#include "common/process/confinement.hpp"

namespace burnbox::rsync {
namespace {

constexpr std::size_t kMostToProgram = std::size_t{256} << 10U;
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
constexpr int kPartial = 23;  // rsync's own exit code for "not all was taken"
constexpr int kNoStart = 2;

bool is_end(ssize_t got) {
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

}  // namespace

Transfer::Transfer(ServicePort& port, std::shared_ptr<Client> client, const Host& host,
                   const boost::asio::any_io_executor& executor, Command command)
    : port_(port),
      client_(std::move(client)),
      host_(host),
      command_(std::move(command)),
      in_(executor),
      out_(executor),
      err_(executor),
      ended_(executor),
      bounds_(port, host, executor),
      exit_code_(kPartial) {}  // until it has ended

void Transfer::start() {
    const LeaseRequest request{.paths = command_.paths,
                               .writes = !command_.sender,
                               .makes_folders = command_.recursive,
                               .deletes = command_.deletes,
                               .manner = command_.manner,
                               .writes_into_files = command_.writes_into_files};
    client_->lease(request, [this, &host = host_, command = command_,
                             post = port_.poster()](Result<std::unique_ptr<Lease>> lease) {
        auto program = lease ? Program::start(host, std::move(*lease), command)
                             : Result<std::unique_ptr<Program>>(std::unexpected(std::move(lease).error()));
        post([this, shared = std::make_shared<Result<std::unique_ptr<Program>>>(std::move(program))] {
            leased(std::move(*shared));
        });
    });
}

void Transfer::leased(Result<std::unique_ptr<Program>> program) {
    if (!program) {
        port_.say(program.error().message);
        return port_.finish(kNoStart);
    }
    program_ = std::move(*program);
    errors_.emplace(program_->inbox_names());
    state_ = State::running;
    Child& child = program_->child();
    if (!watch_end(in_, child.in()) || !watch_end(out_, child.out()) || !watch_end(err_, child.err()) ||
        !watch_end(ended_, child.ended())) {
        state_ = State::finishing;
        program_.reset();  // ends it
        log::error("rsync not served", log::kv("account", client_->account()),
                   log::kv("reason", "no descriptor left"));
        port_.say("burnbox has no descriptor left for rsync; try again");
        return port_.finish(kPartial);
    }
    wait_for(out_, Descriptor::wait_read, &Transfer::read_output);
    wait_for(err_, Descriptor::wait_read, &Transfer::read_errors);
    wait_for(ended_, Descriptor::wait_read, &Transfer::note_end);
    if (!command_.sender)
        bounds_.start(program_->lease(), [this](const Error& exceeded) { end_at_bounds(exceeded); });
}

bool Transfer::watch_end(End& end, int fd) {
    const int own = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
    boost::system::error_code failed;
    if (own >= 0) end.descriptor.assign(own, failed);
    if (own >= 0 && !failed) return true;
    if (own >= 0) ::close(own);
    return false;
}

void Transfer::wait_for(End& end, Descriptor::wait_type what, void (Transfer::*then)()) {
    if (end.waiting || end.over) return;
    end.waiting = true;
    end.descriptor.async_wait(
        what, [this, &end, then, post = port_.poster()](const boost::system::error_code& error) {
            if (error == boost::asio::error::operation_aborted) return;
            post([this, &end, then] {
                end.waiting = false;
                (this->*then)();
            });
        });
}

std::size_t Transfer::receive(std::span<const std::byte> data) {
    if (state_ == State::starting) return 0;
    if (state_ == State::finishing || in_.over) return data.size();
    const std::size_t taken = std::min(data.size(), kMostToProgram - to_program_.size());
    to_program_.append(data.first(taken));
    if (taken > 0) bounds_.note_input();
    write_input();
    return taken;
}

void Transfer::write_input() {
    if (state_ != State::running || in_.over) return;
    while (!to_program_.empty()) {
        const auto bytes = to_program_.bytes();
        const ssize_t sent = ::write(program_->child().in(), bytes.data(), bytes.size());
        if (sent < 0 && errno == EAGAIN) return wait_for(in_, Descriptor::wait_write, &Transfer::write_input);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) {  // it ends, and says why by its exit code
            to_program_.clear();
            in_.over = true;
            return;
        }
        to_program_.consume(static_cast<std::size_t>(sent));
    }
    if (!input_ended_) return;
    in_.over = true;
    in_.descriptor.close();
    program_->child().close_in();
}

void Transfer::end_of_input() {
    input_ended_ = true;
    write_input();
}

void Transfer::output_drained() {
    read_output();
}

// The client may end at these bytes, and what was said before they were written must have gone out by then.
void Transfer::read_output() {
    if (state_ != State::running || out_.over || out_.waiting) return;
    take_output();
    read_errors();
}

void Transfer::take_output() {
    while (port_.out().size() < kMostQueued) {
        const auto room = port_.out().extend(kReadBytes);
        const ssize_t got = ::read(program_->child().out(), room.data(), room.size());
        const int why = errno;
        port_.out().shrink_by(room.size() - static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        errno = why;
        if (is_end(got)) {
            out_.over = true;
            return finish_when_all_over();
        }
        if (got < 0) return wait_for(out_, Descriptor::wait_read, &Transfer::read_output);
    }
}

void Transfer::read_errors() {
    if (state_ != State::running || err_.over) return;
    std::array<char, 4096> text;
    for (;;) {
        const ssize_t got = ::read(program_->child().err(), text.data(), text.size());
        if (is_end(got)) {
            err_.over = true;
            port_.print_error(errors_->rest());
            return finish_when_all_over();
        }
        if (got < 0) return wait_for(err_, Descriptor::wait_read, &Transfer::read_errors);
        port_.print_error(errors_->take({text.data(), static_cast<std::size_t>(got)}));
    }
}

void Transfer::note_end() {
    const auto code = program_->child().wait();  // it has ended: does not block
    exit_code_ = code ? *code : kPartial;
    ended_.over = true;
    finish_when_all_over();
}

void Transfer::finish_when_all_over() {
    if (!ended_.over || !out_.over || !err_.over || state_ != State::running) return;
    state_ = State::finishing;
    in_.over = true;
    to_program_.clear();
    bounds_.stop();
    for (End* const end : {&in_, &out_, &err_, &ended_}) end->descriptor.close();
    Program::finish(std::move(program_), exit_code_ == 0 && !over_bounds_,
                    [this, post = port_.poster()](const Result<std::string>& result) {
                        post([this, result] { finished(result); });
                    });
}

void Transfer::finished(const Result<std::string>& result) {
    if (!result)
        port_.say(result.error().message);
    else if (!result->empty())
        port_.say(*result);
    if (exit_code_ == kNotConfined) port_.say("rsync can't run on this server: use scp -r or sftp");
    if (over_bounds_ || (exit_code_ == 0 && !result)) exit_code_ = kPartial;
    port_.finish(exit_code_);
}

bool Transfer::busy() const {
    return state_ != State::running || !to_program_.empty();
}

void Transfer::end_at_bounds(const Error& exceeded) {
    over_bounds_ = true;
    port_.say(exceeded.message);
    program_->child().kill();
}

std::unique_ptr<Service> start_rsync(ServicePort& port, std::shared_ptr<Client> client, const Host& host,
                                     const boost::asio::any_io_executor& executor,
                                     const std::vector<std::string>& argv) {
    auto command = parse_command(argv);
    if (!command) {
        port.say(command.error().message);
        port.finish(kNoStart);
        return nullptr;
    }
    auto transfer = std::make_unique<Transfer>(port, std::move(client), host, executor, std::move(*command));
    transfer->start();
    return transfer;
}

}  // namespace burnbox::rsync
