// The rsync program that serves one client, with the folder it was leased. It is started and ended on the
// disk pool; whoever drops it lets it be ended there: the program and all it started are gone before the
// folder is given back.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/process/spawner.hpp"
#include "server/lease/lease.hpp"
#include "server/rsync/command.hpp"

namespace burnbox::rsync {

// What starting programs takes.
struct Host {
    Spawner& spawner;
    std::string self;  // this program's path, for `confine`
    std::function<void(std::function<void()>)> run_blocking;
};

class Program {
  public:
    // Blocks shortly. When it can't be started the lease is given back.
    [[nodiscard]] static Result<std::unique_ptr<Program>> start(const Host& host,
                                                                std::unique_ptr<Lease> lease,
                                                                const Command& command);
    ~Program();  // ends it, in the background

    [[nodiscard]] Child& child() { return parts_->child; }  // its pipes don't block
    [[nodiscard]] const std::shared_ptr<Lease>& lease() { return parts_->lease; }
    // What the account's inbox is called on this machine.
    [[nodiscard]] const std::vector<std::string>& inbox_names() const { return parts_->inbox_names; }
    // It has ended with all that it started: gives the lease back in the background.
    static void finish(std::unique_ptr<Program> program, bool ended_well, Done done);

  private:
    struct Parts {
        std::shared_ptr<Lease> lease;
        Child child;
        std::vector<std::string> inbox_names;
    };
    Program(const Host& host, std::shared_ptr<Parts> parts);
    static void end(Child& child);

    const Host& host_;
    std::shared_ptr<Parts> parts_;
};

// argv for rsync: what the client asked for, and what we add so that it keeps to an inbox's rules.
[[nodiscard]] std::vector<std::string> rsync_arguments(const Command& command, const Lease::Terms& leased);

inline constexpr const char* kProgram = "/usr/bin/rsync";

}  // namespace burnbox::rsync
