#include "burner/worker/prover.hpp"

#include "burner/worker/worker_exchange.hpp"

namespace burnbox {
namespace {

class WorkerProver final : public Prover {
  public:
    WorkerProver(Spawner& spawner, std::string program) : spawner_(spawner), program_(std::move(program)) {}

    Result<Proof> prove(const BurnJob& job) override {
        const WorkerPatience patience;
        BB_TRY(Child worker, spawner_.run({program_, "worker"}));
        auto [answered, ends_by_itself] =
            converse(worker, WorkerJob{.operation = WorkerOperation::prove, .device = {}, .burn = job},
                     patience, nullptr);
        if (!ends_by_itself || !ends_within(worker, patience.death)) worker.kill();
        if (!answered) return std::unexpected(std::move(answered).error());
        if (auto* proof = std::get_if<Proof>(&*answered)) return std::move(*proof);
        return fail(Errc::io, "prove a session: the worker's answer does not fit the question");
    }

  private:
    Spawner& spawner_;
    const std::string program_;
};

}  // namespace

std::unique_ptr<Prover> make_worker_prover(Spawner& spawner, const std::string& program) {
    return std::make_unique<WorkerProver>(spawner, program);
}

}  // namespace burnbox
