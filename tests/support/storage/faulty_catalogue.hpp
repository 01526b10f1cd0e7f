// A Catalogue whose mutating calls fail as a FaultPlan says, before they have any effect: "catalogue " and
// the operation's name, as in "catalogue end move". When the plan's process is dead, reads fail too.
#pragma once

#include <memory>

#include "common/catalogue/catalogue.hpp"
#include "tests/support/storage/fault_plan.hpp"

namespace burnbox::test {

// In the database of `inner`. Both outlive the result.
[[nodiscard]] std::unique_ptr<Catalogue> make_faulty_catalogue(Catalogue& inner, FaultPlan& plan);

}  // namespace burnbox::test
