#include "common/process/spawner.hpp"

#include <dirent.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <thread>

namespace burnbox {
namespace {

std::string read_all(int fd) {
    std::string text;
    char buffer[65536];
    ssize_t length = 0;
    while ((length = ::read(fd, buffer, sizeof buffer)) > 0)
        text.append(buffer, static_cast<std::size_t>(length));
    return text;
}

std::unique_ptr<Spawner> started() {
    auto spawner = Spawner::start();
    REQUIRE(spawner.has_value());
    return std::move(*spawner);
}

Child run_shell(Spawner& spawner, const std::string& script) {
    auto child = spawner.run({"/bin/sh", "-c", script});
    REQUIRE_MESSAGE(child.has_value(), child.error().message);
    return std::move(*child);
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    DIR* folder = ::opendir("/proc/self/fd");
    REQUIRE(folder != nullptr);
    while (::readdir(folder) != nullptr) ++count;
    ::closedir(folder);
    return count;
}

}  // namespace

TEST_CASE("spawner: reports the exit code, or 128 and the signal") {
    auto spawner = started();
    CHECK(run_shell(*spawner, "exit 0").wait() == 0);
    CHECK(run_shell(*spawner, "exit 7").wait() == 7);
    CHECK(run_shell(*spawner, "kill -TERM $$").wait() == 128 + SIGTERM);
}

TEST_CASE("spawner: a program that does not exist is an error with its name") {
    auto spawner = started();
    auto child = spawner->run({"/nonexistent/burnbox"});
    REQUIRE_FALSE(child.has_value());
    CHECK(child.error().code == Errc::not_found);
    CHECK(child.error().message.find("/nonexistent/burnbox") != std::string::npos);
    CHECK(run_shell(*spawner, "exit 3").wait() == 3);  // and it goes on
}

TEST_CASE("spawner: the child talks over its pipes and sees the end of its input") {
    auto spawner = started();
    Child child = run_shell(*spawner, "cat; echo end");
    REQUIRE(::write(child.in(), "hello\n", 6) == 6);
    child.close_in();
    CHECK(read_all(child.out()) == "hello\nend\n");
    CHECK(child.wait() == 0);
}

TEST_CASE("spawner: large output arrives whole") {
    auto spawner = started();
    Child child = run_shell(*spawner, "head -c 5000000 /dev/zero");
    CHECK(read_all(child.out()).size() == 5'000'000);
    CHECK(child.wait() == 0);
}

TEST_CASE("spawner: kill ends the child, dropping it too") {
    auto spawner = started();
    Child child = run_shell(*spawner, "exec sleep 1000");
    child.kill();
    CHECK(child.wait() == 128 + SIGKILL);

    int out = -1;
    {
        Child dropped = run_shell(*spawner, "exec sleep 1000");
        out = ::dup(dropped.out());
    }
    CHECK(read_all(out).empty());  // returns only because the child is gone
    ::close(out);
}

TEST_CASE("spawner: a child gets the environment that was asked for, or else the caller's") {
    ::setenv("BURNBOX_TEST_WORD", "inherited", 1);
    auto spawner = started();
    Child inherits = run_shell(*spawner, "echo $BURNBOX_TEST_WORD");
    CHECK(read_all(inherits.out()) == "inherited\n");
    auto given =
        spawner->run({.argv = {"/usr/bin/env"}, .environment = {{"A=1", "B=two words\nand a line"}}});
    REQUIRE(given.has_value());
    CHECK(read_all(given->out()) == "A=1\nB=two words\nand a line\n");
    auto none = spawner->run({.argv = {"/usr/bin/env"}, .environment = {std::vector<std::string>()}});
    REQUIRE(none.has_value());
    CHECK(read_all(none->out()).empty());
    ::unsetenv("BURNBOX_TEST_WORD");
}

TEST_CASE("spawner: standard error comes separately when it is asked for") {
    auto spawner = started();
    auto child =
        spawner->run({.argv = {"/bin/sh", "-c", "echo out; echo wrong >&2; exit 4"}, .take_errors = true});
    REQUIRE(child.has_value());
    CHECK(read_all(child->out()) == "out\n");
    CHECK(read_all(child->err()) == "wrong\n");
    pollfd ended{child->ended(), POLLIN, 0};
    CHECK(::poll(&ended, 1, 10'000) == 1);
    CHECK(child->wait() == 4);
}

TEST_CASE("spawner: killing the leader of a group ends what it started, its own end does not") {
    auto spawner = started();
    const auto group = [&](const std::string& script) {
        auto child = spawner->run({.argv = {"/bin/sh", "-c", script}, .own_group = true});
        REQUIRE(child.has_value());
        return std::move(*child);
    };
    Child hangs = group("sleep 1000 & echo; wait");
    char newline = 0;
    REQUIRE(::read(hangs.out(), &newline, 1) == 1);
    hangs.kill();
    CHECK(hangs.wait() == 128 + SIGKILL);
    CHECK(read_all(hangs.out()).empty());  // returns only because sleep, which holds the pipe too, is gone

    Child leaves = group("exec 3<&0; (read word <&3; echo still here) & exit 0");
    CHECK(leaves.wait() == 0);
    REQUIRE(::write(leaves.in(), "word\n", 5) == 5);
    CHECK(read_all(leaves.out()) == "still here\n");
}

TEST_CASE("spawner: a request that is too long is refused and names the program") {
    auto spawner = started();
    const auto child = spawner->run({.argv = {"/bin/true"}, .environment = {{std::string(70'000, 'x')}}});
    REQUIRE_FALSE(child.has_value());
    CHECK(child.error().message.find("/bin/true") != std::string::npos);
    CHECK(run_shell(*spawner, "exit 6").wait() == 6);
}

TEST_CASE("spawner: another thread may kill a child, and one that has ended too") {
    auto spawner = started();
    Child child = run_shell(*spawner, "exec sleep 1000");
    ChildKiller killer = child.killer();
    std::thread other([&] { killer.kill(); });
    CHECK(child.wait() == 128 + SIGKILL);
    other.join();
    killer.kill();
    CHECK(run_shell(*spawner, "exit 5").wait() == 5);
}

TEST_CASE("spawner: fifty children at once end each with its own code") {
    auto spawner = started();
    std::vector<Child> children;
    for (int i = 0; i < 50; ++i)
        children.push_back(run_shell(*spawner, "read go; exit " + std::to_string(i)));
    for (Child& child : children) child.close_in();
    for (int i = 0; i < 50; ++i) CHECK(children[static_cast<std::size_t>(i)].wait() == i);
}

TEST_CASE("spawner: children inherit no descriptor and nothing leaks here") {
    ::signal(SIGUSR1, SIG_IGN);
    auto spawner = started();
    CHECK(run_shell(*spawner, "exit 0").wait() == 0);
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 20; ++i) {
        Child child = run_shell(*spawner, "ls /proc/self/fd");
        const std::string listed = read_all(child.out());
        CHECK(listed == "0\n1\n2\n3\n");  // 3 is the folder that ls reads
        CHECK(child.wait() == 0);
    }
    CHECK(open_descriptors() == before);
    CHECK(run_shell(*spawner, "kill -USR1 $$; exit 0").wait() == 128 + SIGUSR1);  // ignored here, not there
    ::signal(SIGUSR1, SIG_DFL);
}

TEST_CASE("spawner: when its owner is killed its children end too, and what those left behind") {
    // A child; a grandchild in a session of its own, whose parent is alive; one whose parent is gone.
    for (const char* script : {"echo $$; exec sleep 1000", "setsid sh -c 'echo $$; exec sleep 1000' & wait",
                               "(setsid sh -c 'echo $$; exec sleep 1000' &) & exit 0"}) {
        CAPTURE(script);
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        const pid_t owner = ::fork();
        REQUIRE(owner >= 0);
        if (owner == 0) {
            auto spawner = Spawner::start();
            if (!spawner) ::_exit(1);
            auto child = (*spawner)->run({.argv = {"/bin/sh", "-c", script}, .own_group = true});
            char text[32];
            if (!child) ::_exit(1);
            const ssize_t length = ::read(child->out(), text, sizeof text);
            static_cast<void>(!::write(ends[1], text, static_cast<std::size_t>(length)));
            while (true) ::pause();
        }
        char text[32] = {};
        REQUIRE(::read(ends[0], text, sizeof text - 1) > 0);
        const UniqueFd grandchild(static_cast<int>(::syscall(SYS_pidfd_open, std::stol(text), 0)));
        REQUIRE(grandchild);
        ::kill(owner, SIGKILL);
        CHECK(::waitpid(owner, nullptr, 0) == owner);
        pollfd ended{grandchild.get(), POLLIN, 0};
        CHECK(::poll(&ended, 1, 10'000) == 1);
        ::close(ends[0]);
        ::close(ends[1]);
    }
}

TEST_CASE("spawner: what outlives the spawner goes on without it, and is heard and seen to end") {
    auto spawner = started();
    auto child = spawner->run(
        {.argv = {"/bin/sh", "-c", "echo $PPID; read word; echo $word"}, .outlives_spawner = true});
    REQUIRE(child.has_value());
    char text[32] = {};
    REQUIRE(::read(child->out(), text, sizeof text - 1) > 0);
    pollfd gone{spawner->gone(), POLLIN, 0};
    CHECK(::poll(&gone, 1, 0) == 0);
    ::kill(static_cast<pid_t>(std::stol(text)), SIGKILL);
    CHECK(::poll(&gone, 1, 10'000) == 1);
    pollfd ended{child->ended(), POLLIN, 0};
    CHECK(::poll(&ended, 1, 0) == 0);
    REQUIRE(::write(child->in(), "word\n", 5) == 5);
    CHECK(read_all(child->out()) == "word\n");
    CHECK(::poll(&ended, 1, 10'000) == 1);
    CHECK(child->wait().error().code == Errc::cancelled);
}

TEST_CASE("spawner: when the spawner is killed, waiting ends with an error instead of for ever") {
    auto spawner = started();
    Child child = run_shell(*spawner, "echo $PPID; exec sleep 1000");
    char text[32] = {};
    REQUIRE(::read(child.out(), text, sizeof text - 1) > 0);
    ::kill(static_cast<pid_t>(std::stol(text)), SIGKILL);
    const auto code = child.wait();
    REQUIRE_FALSE(code.has_value());
    CHECK(code.error().code == Errc::cancelled);
    CHECK(read_all(child.out()).empty());  // the child died with it
    const auto next = spawner->run({"/bin/true"});
    REQUIRE_FALSE(next.has_value());
    CHECK(next.error().code == Errc::cancelled);
}

}  // namespace burnbox
