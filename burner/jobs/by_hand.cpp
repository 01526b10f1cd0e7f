// What a person or an autoloader does with the disc of a drive: close it, take it out, put one in.
#include <fmt/format.h>

#include <algorithm>

#include "burner/attempts/load_disc.hpp"
#include "burner/jobs/drive_loop.hpp"
#include "common/base/log.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

// The closing disc session is no attempt: no session's fate depends on it.
class ClosingObserver final : public BurnObserver {
  public:
    explicit ClosingObserver(Reporter& reporter) : reporter_(reporter) {}
    bool writes = false;
    Status about_to_write(const BurnPlan& /*plan*/) override {
        writes = true;
        return {};
    }
    void progress(const Progress& progress) override { reporter_.progress(progress); }

  private:
    Reporter& reporter_;
};

// `known`: the disc as the catalogue has it; nothing is written to one that is not open any more, whatever
// the medium would take.
std::string describe(const Medium& medium, const DiscRow* known, const std::string& drive) {
    if (medium.state == MediumState::none) return fmt::format("drive {} is empty", drive);
    const std::string disc = medium.label.empty() ? fmt::format("a {} disc", to_string(medium.state))
                                                  : fmt::format("disc {}", medium.label);
    if (known != nullptr && known->state != DiscState::open && medium.state == MediumState::appendable)
        return fmt::format("{} is in drive {}: {}, {}, nothing more is written to it{}", disc, drive,
                           medium.profile, to_string(known->state),
                           known->reason.empty() ? "" : "; " + known->reason);
    std::string text = fmt::format("{} is in drive {}: {}, {}, {} free", disc, drive, medium.profile,
                                   to_string(medium.state), human_bytes(medium.free_bytes));
    if (!medium.reason.empty()) text += "; " + medium.reason;
    return text;
}

Status check_may_close(const DiscRow& disc, const std::vector<AttemptRow>& unfinished) {
    const std::string what = "close disc " + disc.label + ": ";
    if (disc.state == DiscState::closed) return fail(Errc::conflict, what + "it is closed already");
    if (disc.state == DiscState::suspect)
        return fail(Errc::conflict, what + "it is suspect, nothing is written to it any more");
    if (disc.sessions_used == 0) return fail(Errc::conflict, what + "nothing is on it yet");
    if (std::ranges::find(unfinished, disc.id, &AttemptRow::disc) != unfinished.end())
        return fail(Errc::busy, what + "a burn on it is not settled yet; try again when it is");
    return {};
}

}  // namespace

Result<DiscRow> DriveLoop::disc_in_drive(const Medium& medium) {
    if (medium.state == MediumState::none)
        return fail(Errc::no_medium, fmt::format("no disc is in drive {}; `burnbox load {}` puts one in",
                                                 drive_->name(), drive_->name()));
    BB_TRY(const auto discs, services_.catalogue.discs());
    const auto disc = std::ranges::find_if(discs, [&](const DiscRow& row) {
        return row.label == medium.label && row.serial == medium.serial && row.sessions_used != 0;
    });
    if (disc == discs.end())
        return fail(Errc::not_found,
                    fmt::format("the disc in drive {} is none that burnbox has burned", drive_->name()));
    return *disc;
}

// The catalogue says it first: whatever happens then, nothing more is burned on it.
Result<std::string> DriveLoop::close_disc() {
    BB_TRY(const Medium medium, drive_->inspect());
    BB_TRY(const DiscRow before, disc_in_drive(medium));
    BB_TRY(const auto unfinished, services_.catalogue.unfinished_attempts());
    BB_CHECK(check_may_close(before, unfinished));
    BB_TRY(Work work, make_work(services_, before, {}));
    work.job.close_disc = true;
    DiscRow closed = before;
    closed.state = DiscState::closed, closed.sessions_left = 0, closed.free_bytes = 0;
    BB_CHECK(services_.catalogue.update_disc(closed));
    ClosingObserver observer(reporter_);
    reporter_.begin({}, closed.label);
    auto written = drive_->burn(work.job, observer);
    reporter_.idle();
    if (!written) {
        if (!observer.writes) BB_CHECK(services_.catalogue.update_disc(before));  // it is as it was
        return std::unexpected(std::move(written).error());
    }
    if (auto after = drive_->inspect(); after && after->sessions_used >= before.sessions_used) {
        update_from_medium(closed, *after);
        BB_CHECK(services_.catalogue.update_disc(closed));
    }
    log::info("disc closed", log::kv("disc", closed.label), log::kv("drive", drive_->name()));
    tell_when_full(context_, closed);
    return fmt::format("disc {} is closed", closed.label);
}

Status DriveLoop::run_changer(const std::vector<std::string>& argv, const std::string& disc,
                              const std::string& wanted) {
    const DriveConfig& config = services_.config.drives.at(drive_->name());
    log::info("changer runs", log::kv("drive", drive_->name()), log::kv("program", argv.front()),
              log::kv("disc", disc), log::kv("wanted", wanted));
    return services_.run_changer(argv,
                                 {"BURNBOX_DRIVE=" + drive_->name(),
                                  "BURNBOX_DEVICE=" + (config.emulated() ? config.image_dir : config.device),
                                  "BURNBOX_DISC=" + disc, "BURNBOX_WANTED=" + wanted},
                                 schedule_.cut_off);
}

Status DriveLoop::take_out(const Medium& medium) {
    const DriveConfig& config = services_.config.drives.at(drive_->name());
    if (config.eject.empty() || drive_->emulated()) BB_CHECK(drive_->eject());
    if (!config.eject.empty()) BB_CHECK(run_changer(config.eject, medium.label, ""));
    reporter_.medium("", "");
    schedule_.set_disc_in(drive_->name(), "");
    for (const EventKind over : {EventKind::wrong_medium, EventKind::disc_full})
        conditions_.clear(over, drive_->name());
    log::info("disc out", log::kv("disc", medium.label), log::kv("drive", drive_->name()));
    return {};
}

Result<std::string> DriveLoop::eject() {
    BB_TRY(const Medium medium, drive_->inspect());
    BB_CHECK(take_out(medium));
    if (medium.state == MediumState::none) return fmt::format("drive {} was empty", drive_->name());
    return fmt::format("{} is out of drive {}", medium.label.empty() ? "the disc" : "disc " + medium.label,
                       drive_->name());
}

Result<std::string> DriveLoop::load() {
    const DriveConfig& config = services_.config.drives.at(drive_->name());
    BB_TRY(Medium medium, drive_->inspect());
    if (medium.state == MediumState::none && !config.load.empty()) BB_CHECK(run_changer(config.load, "", ""));
    if (medium.state == MediumState::none && drive_->emulated()) BB_CHECK(load_open_disc());
    BB_TRY(medium, drive_->close_tray());
    reporter_.medium(medium.profile, medium.label);
    known_medium_ = drive_->emulated();
    if (medium.state == MediumState::none && drive_->emulated())
        return fmt::format("drive {} has no open disc; a blank one goes in with the next session",
                           drive_->name());
    BB_TRY(const auto discs, services_.catalogue.discs());
    const auto known = std::ranges::find_if(
        discs, [&](const DiscRow& row) { return !medium.serial.empty() && row.serial == medium.serial; });
    return describe(medium, known == discs.end() ? nullptr : &*known, drive_->name());
}

// The one that was begun last.
Status DriveLoop::load_open_disc() {
    BB_TRY(const auto discs, services_.catalogue.discs());
    const ShelfView view = context_.places.look();
    for (auto disc = discs.rbegin(); disc != discs.rend(); ++disc) {
        const ShelfView::Image* const image = place_of(view, *disc);
        const bool here = image != nullptr && image->drive == drive_->name();
        if (here && disc->state == DiscState::open && disc->sessions_used != 0)
            return load_image(context_, view, *disc);
    }
    return {};
}

Result<bool> DriveLoop::change_disc(const std::string& wanted) {
    const DriveConfig& config = services_.config.drives.at(drive_->name());
    if (config.load.empty()) return false;
    BB_TRY(const Medium medium, drive_->inspect());
    if (medium.state != MediumState::none) BB_CHECK(take_out(medium));
    BB_CHECK(run_changer(config.load, "", wanted));
    BB_CHECK(drive_->close_tray());
    return true;
}

}  // namespace burnbox
