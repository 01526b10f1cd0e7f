// A Prover that makes no tree: it answers what the test says, or that all is well.
#pragma once

#include <functional>

#include "burner/worker/prover.hpp"
#include "tests/support/storage/fault_plan.hpp"

namespace burnbox::test {

class FakeProver final : public Prover {
  public:
    std::function<Result<Proof>(const BurnJob&)> answer = [](const BurnJob&) { return Proof{}; };
    FaultPlan* plan = nullptr;  // may fail it: "prove"
    unsigned asked = 0;

    Result<Proof> prove(const BurnJob& job) override {
        ++asked;
        if (plan != nullptr) BB_CHECK(plan->step("prove"));
        return answer(job);
    }
};

}  // namespace burnbox::test
