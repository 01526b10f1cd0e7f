#include "burner/drive/disc_operations.hpp"
#include "burner/drive/opened_disc.hpp"
#include "burner/drive/rollback.hpp"

namespace burnbox {

Result<Medium> inspect_disc(const Device& device) {
    BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::read));
    return disc->medium();
}

Result<Drive::Outcome> settle_disc(const Device& device, const BurnJob& job, unsigned disc_session,
                                   std::uint32_t start_lba) {
    if (device.emulated()) {
        auto image = ImageFile::open(device.path, ImageFile::Access::write);
        if (!image && image.error().code == Errc::permission) {  // closed at its end: it was written
            BB_TRY(image, ImageFile::open(device.path, ImageFile::Access::read));
        }
        if (!image) return std::unexpected(std::move(image).error());
        return settle_image(*image, job, start_lba);
    }
    BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::read));
    BB_TRY(const Medium medium, disc->medium());
    if (medium.state == MediumState::none)
        return fail(Errc::no_medium, "settle disc " + job.disc.label + ": insert it");
    const bool was_blank = job.disc.sessions_used == 0;
    if (medium.state == MediumState::blank)
        return was_blank ? Drive::Outcome::untouched : Drive::Outcome::damaged;
    if (medium.state == MediumState::damaged || medium.state == MediumState::foreign)
        return Drive::Outcome::damaged;
    BB_CHECK(check_same_disc(medium, job.disc));
    if (medium.sessions_used == disc_session) return Drive::Outcome::written;
    const bool as_before =
        medium.sessions_used == job.disc.sessions_used && medium.next_lba == job.disc.next_lba;
    return as_before ? Drive::Outcome::untouched : Drive::Outcome::damaged;
}

}  // namespace burnbox
