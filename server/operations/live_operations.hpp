// The Operations of a running server: reads what was typed, says no to what is wrong at once, and does the
// rest on threads of its own.
#pragma once

#include <memory>

#include "server/operations/operation_services.hpp"

namespace burnbox {

class LiveOperations final : public Operations {
  public:
    explicit LiveOperations(OperationServices services);
    ~LiveOperations() override;  // stop()

    void run(const CommandRequest& request, std::shared_ptr<CommandSink> sink) override;

    // Nobody waits for a burn any more: those who do are told why. Any thread.
    void drain(const std::string& reason);
    // Ends what runs; those who wait for a burn get no answer. Their connections are closed by their servers.
    void stop();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace burnbox
