#include "tests/support/storage/faulty_catalogue.hpp"

#include <fmt/format.h>

#include "common/catalogue/database.hpp"

namespace burnbox::test {
namespace {

class FaultyDatabase final : public Database {
  public:
    FaultyDatabase(Database& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  private:
    Status run(Access access, std::string_view operation, const Work& work) override {
        if (access == Access::write) {
            BB_CHECK(plan_.step(fmt::format("catalogue {}", operation)));
            return inner_.write(operation, work);
        }
        if (plan_.dead()) return fail(Errc::io, "catalogue read: planned fault: the process is dead");
        return inner_.read(operation, work);
    }

    Database& inner_;
    FaultPlan& plan_;
};

}  // namespace

std::unique_ptr<Catalogue> make_faulty_catalogue(Catalogue& inner, FaultPlan& plan) {
    return std::make_unique<Catalogue>(std::make_unique<FaultyDatabase>(inner.database(), plan));
}

}  // namespace burnbox::test
