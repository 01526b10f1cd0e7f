// `burn --wait`: stays with a session until it is burned (its receipt is printed), failed or taken back.
// Events only say when to look; what is true is read from the catalogue each time. The sink is held weakly,
// so that a client that left is let go. Threads: any.
#pragma once

#include <memory>

#include "common/base/thread_pool.hpp"
#include "server/operations/operation_services.hpp"

namespace burnbox {

class BurnWaits {
  public:
    explicit BurnWaits(const OperationServices& services);
    ~BurnWaits();

    class Wait;
    // Listens from now on, before the session is sealed, so that nothing is missed. Ended by follow() and
    // what comes of it, or by dropping the last handle without having called that.
    [[nodiscard]] std::shared_ptr<Wait> begin(const Asked& asked);
    void follow(std::shared_ptr<Wait> wait, SessionId session);

    // Ends every wait, those to come too, with exit code 3, that reason, and what becomes of the session.
    void drain(const std::string& reason);
    void stop();  // lets go of every wait, without an answer

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace burnbox
