// A Drive whose operations fail as a FaultPlan says. Burning is four operations: its begin, the attempt's
// record (which the catalogue counts itself), the middle of the write (needs a FakeDrive) and the answer
// after a write that is whole.
#pragma once

#include "tests/support/burner/fake_drive.hpp"
#include "tests/support/storage/fault_plan.hpp"

namespace burnbox::test {

class FaultyDrive : public Drive {
  public:
    FaultyDrive(std::unique_ptr<FakeDrive> drive, FaultPlan& plan);

    [[nodiscard]] const std::string& name() const override { return drive_->name(); }
    [[nodiscard]] bool emulated() const override { return drive_->emulated(); }
    [[nodiscard]] bool has_blanks() const override { return drive_->has_blanks(); }
    [[nodiscard]] Status load(const DiscToLoad& disc) override;
    [[nodiscard]] Status load_blank(const std::string& label) override;
    [[nodiscard]] Result<Medium> inspect() override;
    [[nodiscard]] Result<Written> burn(const BurnJob& job, BurnObserver& observer) override;
    [[nodiscard]] Result<VerifyReport> verify(const BurnJob& job, unsigned disc_session,
                                              BurnObserver& observer) override;
    [[nodiscard]] Result<Outcome> adjudicate(const BurnJob& job, unsigned disc_session,
                                             std::uint32_t start_lba) override;
    [[nodiscard]] Result<std::vector<FoundDiscSession>> contents(const DiscIdentity& disc,
                                                                 unsigned known) override;
    [[nodiscard]] Status check_shelf() override { return drive_->check_shelf(); }
    [[nodiscard]] Result<std::vector<ShelfDisc>> shelf() override { return drive_->shelf(); }
    [[nodiscard]] Status eject() override { return drive_->eject(); }
    [[nodiscard]] std::uint64_t blank_capacity_bytes() const override {
        return drive_->blank_capacity_bytes();
    }

  private:
    std::unique_ptr<FakeDrive> drive_;
    FaultPlan& plan_;
};

}  // namespace burnbox::test
