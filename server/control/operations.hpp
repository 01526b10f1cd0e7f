// What users can ask of a running server, over the control socket or over SSH: one interface, implemented
// where uploads, catalogue and burner meet (server/commands/).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox {

// One request: argv as typed ("find", "*.jpg", "--json"). `account` limits it to that account's own sessions;
// empty = the administrator on the control socket.
struct CommandRequest {
    std::string account;
    std::vector<std::string> argv;
};

// Where the answer goes; called from any thread, in order, finish() last and once.
class CommandSink {
  public:
    virtual ~CommandSink() = default;
    virtual void out(std::string text) = 0;    // standard output
    virtual void error(std::string line) = 0;  // one line for standard error
    virtual void finish(int exit_code) = 0;    // 0 done, 1 no or failed, 2 wrong usage
};

class Operations {
  public:
    virtual ~Operations() = default;
    // Answers at once or later (burn --wait); never blocks the caller. Dropping the last reference to the
    // sink elsewhere is how a gone client is noticed: implementations hold it weakly while they wait.
    virtual void run(const CommandRequest& request, std::shared_ptr<CommandSink> sink) = 0;
};

}  // namespace burnbox
