#include "server/control/control_server.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include "common/base/text.hpp"
#include "common/base/unique_fd.hpp"
#include "server/control/control_client.hpp"
#include "server/control/protocol.hpp"

using namespace burnbox;

namespace {

// Answers at once, but "wait": that one is kept as `burn --wait` keeps it.
class FakeOperations final : public Operations {
  public:
    void run(const CommandRequest& request, std::shared_ptr<CommandSink> sink) override {
        CHECK(request.account.empty());
        if (request.argv.front() == "wait") {
            waiting.set_value(sink);
            return;
        }
        for (const std::string& word : request.argv) sink->out(word + "\n");
        sink->error("that was all");
        sink->out("really");
        sink->finish(static_cast<int>(request.argv.size()));
    }

    std::promise<std::weak_ptr<CommandSink>> waiting;
};

struct Fixture {
    std::string folder =
        (std::filesystem::temp_directory_path() / ("burnbox-control-" + random_uuid())).string();
    std::string path = folder + "/control.sock";
    FakeOperations operations;
    boost::asio::io_context io;
    std::unique_ptr<ControlServer> server;
    std::jthread thread;

    Fixture() {
        std::filesystem::create_directory(folder);
        auto started = ControlServer::start(io, path, operations);
        REQUIRE(started);
        server = std::move(*started);
        thread = std::jthread([this] { io.run(); });
    }
    ~Fixture() {
        stop();
        std::filesystem::remove_all(folder);
    }
    void stop() {
        boost::asio::post(io, [this] { server->stop(); });
        if (thread.joinable()) thread.join();
    }
};

struct Answer {
    std::string out, error, order;
    Result<int> exit = 0;
};

Answer ask(const std::string& path, const std::vector<std::string>& argv) {
    Answer answer;
    answer.exit =
        ask_server(path, argv,
                   {.out = [&](std::string_view text) { answer.out += text, answer.order += 'o'; },
                    .error = [&](std::string_view line) { answer.error += line, answer.order += 'e'; }});
    return answer;
}

UniqueFd connect_raw(const std::string& path) {
    UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path.c_str());
    REQUIRE(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return fd;
}

std::string read_to_end(int fd) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = read(fd, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    return text;
}

}  // namespace

TEST_CASE("control: the answer arrives in order, with its exit code") {
    Fixture fixture;
    const Answer answer = ask(fixture.path, {"find", "*.jpg"});
    REQUIRE(answer.exit);
    CHECK(*answer.exit == 2);
    CHECK(answer.out == "find\n*.jpg\nreally");
    CHECK(answer.error == "that was all");
    CHECK(answer.order == "ooeo");
}

TEST_CASE("control: the socket is for the owner and the group only") {
    Fixture fixture;
    struct stat info{};
    REQUIRE(stat(fixture.path.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777U) == 0660);
    fixture.stop();
    CHECK_FALSE(std::filesystem::exists(fixture.path));
}

TEST_CASE("control: what a killed server left is replaced") {
    Fixture first;
    FakeOperations operations;
    boost::asio::io_context io;
    auto second = ControlServer::start(io, first.path, operations);
    CHECK(second);
}

TEST_CASE("control: a client that waits does not hold up another one") {
    Fixture fixture;
    std::jthread waiting([&] {
        const Answer answer = ask(fixture.path, {"wait"});
        CHECK(answer.exit == 1);
        CHECK(answer.out == "at last");
    });
    const auto sink = fixture.operations.waiting.get_future().get().lock();
    REQUIRE(sink);
    CHECK(ask(fixture.path, {"status"}).exit == 1);
    sink->out("at last");
    sink->finish(1);
}

TEST_CASE("control: a client that goes away lets go of its sink") {
    Fixture fixture;
    UniqueFd fd = connect_raw(fixture.path);
    const std::string request = to_request_line({"wait"});
    REQUIRE(write(fd.get(), request.data(), request.size()) == static_cast<ssize_t>(request.size()));
    const std::weak_ptr<CommandSink> sink = fixture.operations.waiting.get_future().get();
    CHECK_FALSE(sink.expired());
    fd.reset();
    CHECK(ask(fixture.path, {"status"}).exit ==
          1);  // the same thread has seen the end of the other one by now, or sees it next
    while (!sink.expired()) std::this_thread::yield();
}

TEST_CASE("control: at the end of the server the last answers reach their clients") {
    Fixture fixture;
    const std::string text(8U << 20U, 'x');  // more than a socket holds
    std::jthread waiting([&] {
        const Answer answer = ask(fixture.path, {"wait"});
        CHECK(answer.exit == 0);
        CHECK(answer.out == text);
    });
    const UniqueFd silent = connect_raw(fixture.path);
    const auto sink = fixture.operations.waiting.get_future().get().lock();
    REQUIRE(sink);
    sink->out(text);
    sink->finish(0);
    std::promise<void> answered;
    boost::asio::post(fixture.io, [&] {
        fixture.server->end([&] {
            fixture.io.stop();
            answered.set_value();
        });
    });
    answered.get_future().wait();
    fixture.thread.join();
    CHECK(ask(fixture.path, {"status"}).exit.error().code == Errc::unreachable);
}

TEST_CASE("control: a line that is too long or no request is refused with exit code 2") {
    Fixture fixture;
    for (const std::string& line : {std::string(kRequestLineBytes + 1, 'x'), std::string("status\n")}) {
        const UniqueFd fd = connect_raw(fixture.path);
        REQUIRE(send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size()));
        const std::string answer = read_to_end(fd.get());
        CHECK(answer.starts_with("{\"error\":\"control: "));
        CHECK(answer.ends_with("{\"exit\":2}\n"));
    }
}

TEST_CASE("control: a server that stops or is not there is unreachable, and the message says what to do") {
    Fixture fixture;
    std::jthread waiting([&] {
        const Answer answer = ask(fixture.path, {"wait"});
        REQUIRE_FALSE(answer.exit);
        CHECK(answer.exit.error().code == Errc::unreachable);
    });
    fixture.operations.waiting.get_future().wait();
    fixture.stop();
    const Answer answer = ask(fixture.path, {"status"});
    REQUIRE_FALSE(answer.exit);
    CHECK(answer.exit.error().code == Errc::unreachable);
    CHECK(answer.exit.error().message.find(fixture.path) != std::string::npos);
    CHECK(answer.exit.error().message.find("burnbox serve") != std::string::npos);
}

TEST_CASE("control: a path that is too long for a socket is refused with the remedy") {
    boost::asio::io_context io;
    FakeOperations operations;
    const auto server =
        ControlServer::start(io, "/tmp/" + std::string(120, 'x') + "/control.sock", operations);
    REQUIRE_FALSE(server);
    CHECK(server.error().message.find("shorter state_dir") != std::string::npos);
}
