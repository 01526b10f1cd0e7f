#include "tests/support/burner/faulty_drive.hpp"

namespace burnbox::test {

FaultyDrive::FaultyDrive(std::unique_ptr<FakeDrive> drive, FaultPlan& plan)
    : drive_(std::move(drive)), plan_(plan) {
    drive_->during_write = [this] { return plan_.step("drive: middle of the write"); };
}

Status FaultyDrive::load(const DiscToLoad& disc) {
    BB_CHECK(plan_.step("drive: load"));
    return drive_->load(disc);
}

Status FaultyDrive::load_blank(const std::string& label) {
    BB_CHECK(plan_.step("drive: load a blank"));
    BB_CHECK(drive_->load_blank(label));
    return plan_.step("drive: answer of load a blank");
}

Result<Medium> FaultyDrive::inspect() {
    BB_CHECK(plan_.step("drive: inspect"));
    return drive_->inspect();
}

Result<Written> FaultyDrive::burn(const BurnJob& job, BurnObserver& observer) {
    BB_CHECK(plan_.step("drive: begin of burn"));
    BB_TRY(Written written, drive_->burn(job, observer));
    BB_CHECK(plan_.step("drive: answer of burn"));
    return written;
}

Result<VerifyReport> FaultyDrive::verify(const BurnJob& job, unsigned disc_session, BurnObserver& observer) {
    BB_CHECK(plan_.step("drive: verify"));
    return drive_->verify(job, disc_session, observer);
}

Result<Drive::Outcome> FaultyDrive::adjudicate(const BurnJob& job, unsigned disc_session,
                                               std::uint32_t start_lba) {
    BB_CHECK(plan_.step("drive: adjudicate"));
    return drive_->adjudicate(job, disc_session, start_lba);
}

Result<std::vector<FoundDiscSession>> FaultyDrive::contents(const DiscIdentity& disc, unsigned known) {
    BB_CHECK(plan_.step("drive: contents"));
    return drive_->contents(disc, known);
}

}  // namespace burnbox::test
