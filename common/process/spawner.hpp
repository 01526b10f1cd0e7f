// The spawner: a small process forked first, before threads and before the server gives up its rights. It
// starts programs (burn workers, hooks) when asked over a socket pair and passes a pidfd and the exit status
// back; when the server dies it kills what it started, with all that those started, and exits.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox {

// Kills a child from another thread than the one that talks to it; harmless when the child has ended.
class ChildKiller {
  public:
    ChildKiller() = default;
    explicit ChildKiller(UniqueFd pidfd) : pidfd_(std::move(pidfd)) {}
    void kill();

  private:
    UniqueFd pidfd_;
};

// What to start and how.
struct Launch {
    std::vector<std::string> argv;  // argv[0] is looked for in PATH when it has no '/'
    std::optional<std::vector<std::string>> environment{};  // NAME=VALUE; none = the spawner's own
    // The child leads a process group of its own, and killing it kills what it started too. What it leaves
    // behind when it ends by itself lives on, unless group_ends_with_it.
    bool own_group = false;
    bool group_ends_with_it = false;  // with own_group: what the child leaves behind is killed
    bool take_errors = false;  // its standard error comes through Child::err(); else it is the caller's
    // Cutting it off would cost something: it goes on when the spawner alone dies, and the server still talks
    // to it. Its exit code is lost then.
    bool outlives_spawner = false;
};

// A running child. Dropping it kills the child.
class Child {
  public:
    struct Pipes {
        UniqueFd in, out, err;  // our ends
    };
    Child(Pipes pipes, UniqueFd status, UniqueFd pidfd);
    Child(Child&&) noexcept;
    ~Child();

    [[nodiscard]] int in() const { return pipes_.in.get(); }    // its standard input
    [[nodiscard]] int out() const { return pipes_.out.get(); }  // its standard output
    [[nodiscard]] int err() const { return pipes_.err.get(); }  // its standard error; -1 = the caller's
    // Readable once it has ended; then wait() blocks for no longer than the spawner takes to report it.
    [[nodiscard]] int ended() const { return pidfd_.get(); }
    void close_in() { pipes_.in.reset(); }
    void close_out() { pipes_.out.reset(); }
    void kill();
    [[nodiscard]] ChildKiller killer() const;
    // Exit code, or 128 + signal. Blocks. Errors: cancelled when the spawner is gone, at once: nobody knows.
    [[nodiscard]] Result<int> wait();

  private:
    Pipes pipes_;
    UniqueFd status_, pidfd_;
};

class Spawner {
  public:
    // Forks. Call before any thread exists. Programs are started with the caller's standard error.
    [[nodiscard]] static Result<std::unique_ptr<Spawner>> start();
    ~Spawner();  // ends the process and what it started

    // Readable once the spawner's process has ended, before its time too: nothing can be started any more.
    [[nodiscard]] int gone() const;

    // fork + exec with pipes on standard input and output. Any thread; blocks shortly. Errors: cancelled when
    // the spawner is gone, which is no fault of the program's.
    [[nodiscard]] Result<Child> run(const Launch& launch);
    [[nodiscard]] Result<Child> run(const std::vector<std::string>& argv) { return run(Launch{argv}); }

  private:
    Spawner(UniqueFd socket, UniqueFd pidfd, int pid);
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace burnbox
