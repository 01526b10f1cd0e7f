// The spawner: a small process forked first, before threads and before the server gives up its rights. It
// starts workers when asked over a socket pair and passes a pidfd and the exit status back; when the server
// dies it kills what it started and exits.
#pragma once

#include <memory>
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

// A running child. Dropping it kills the child.
class Child {
  public:
    Child(UniqueFd in, UniqueFd out, UniqueFd status, UniqueFd pidfd);
    Child(Child&&) noexcept;
    ~Child();

    [[nodiscard]] int in() const { return in_.get(); }    // its standard input
    [[nodiscard]] int out() const { return out_.get(); }  // its standard output
    void close_in() { in_.reset(); }
    void kill();
    [[nodiscard]] ChildKiller killer() const;
    // Exit code, or 128 + signal. Blocks.
    [[nodiscard]] Result<int> wait();

  private:
    UniqueFd in_, out_, status_, pidfd_;
};

class Spawner {
  public:
    // Forks. Call before any thread exists. Programs are started with the caller's standard error.
    [[nodiscard]] static Result<std::unique_ptr<Spawner>> start();
    ~Spawner();  // ends the process and what it started

    // fork + exec of argv[0] with pipes on standard input and output. Any thread; blocks shortly.
    [[nodiscard]] Result<Child> run(const std::vector<std::string>& argv);

  private:
    explicit Spawner(UniqueFd socket, int pid);
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace burnbox
