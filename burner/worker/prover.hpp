// Proves sessions without any disc or drive: each in a worker of its own, so that what libisofs does with a
// strange tree can't harm the server. Threads: any; every call blocks.
#pragma once

#include <memory>
#include <string>

#include "burner/drive/drive.hpp"
#include "common/process/spawner.hpp"
#include "common/session/proof.hpp"

namespace burnbox {

class Prover {
  public:
    virtual ~Prover() = default;
    // Makes the tree of the job's sessions as for a blank disc, of their records alone: no staged file is
    // looked at, nothing is written. Errors say that it can't be told now, and may be asked again.
    [[nodiscard]] virtual Result<Proof> prove(const BurnJob& job) = 0;
};

// `program` is this program's path.
[[nodiscard]] std::unique_ptr<Prover> make_worker_prover(Spawner& spawner, const std::string& program);

}  // namespace burnbox
