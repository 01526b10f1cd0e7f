#include "burner/media/opened_disc.hpp"
#include "burner/operations/adjudication_rules.hpp"
#include "burner/operations/disc_operations.hpp"
#include "burner/shelf/rollback.hpp"

namespace burnbox {
namespace {

Medium empty(const char* reason) {
    Medium medium;
    medium.reason = reason;
    return medium;
}

}  // namespace

Result<Medium> inspect_disc(const Device& device) {
    if (tray_is_open(device)) return empty("the tray is open: put the disc in and close it");
    return load_disc(device);
}

Result<Medium> load_disc(const Device& device) {
    BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::read, OpenedDisc::Tray::close));
    return disc->medium();
}

Result<Medium> eject_disc(const Device& device) {
    if (!tray_is_open(device)) {
        BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::read));
        BB_CHECK(disc->eject());
    }
    return empty("no disc is in the drive");
}

Result<Drive::Outcome> adjudicate_disc(const Device& device, const BurnJob& job, unsigned disc_session,
                                       std::uint32_t start_lba) {
    if (device.emulated()) {
        auto image = ImageFile::open(device.path, ImageFile::Access::write);
        if (!image && image.error().code == Errc::permission) {  // closed at its end: it was written
            BB_TRY(image, ImageFile::open(device.path, ImageFile::Access::read));
        }
        if (!image) return std::unexpected(std::move(image).error());
        return adjudicate_image(*image, job, start_lba);
    }
    BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::read));
    BB_TRY(const Medium medium, disc->medium());
    return adjudicate_medium(medium, job.disc, disc_session);
}

}  // namespace burnbox
