#include "burner/jobs/by_hand.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/attempts/load_disc.hpp"
#include "burner/discs/refused_disc.hpp"
#include "burner/turn/changer.hpp"
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

// The one that was begun last.
Status load_open_disc(AttemptContext& context) {
    BB_TRY(const auto discs, context.services.catalogue.discs());
    const ShelfView view = context.places.look();
    for (auto disc = discs.rbegin(); disc != discs.rend(); ++disc) {
        const ShelfView::Image* const image = place_of(view, *disc);
        const bool here = image != nullptr && image->drive == context.drive.name();
        if (here && disc->state == DiscState::open && disc->sessions_used != 0)
            return load_image(context, view, *disc);
    }
    return {};
}

}  // namespace

// The catalogue says it first: whatever happens then, nothing more is burned on it.
Result<std::string> close_disc(AttemptContext& context) {
    BB_TRY(const Medium medium, context.drive.inspect());
    BB_TRY(const DiscRow before, disc_in_drive(context, medium));
    BB_TRY(const auto unfinished, context.services.catalogue.unfinished_attempts());
    BB_CHECK(check_may_close(before, unfinished));
    BB_TRY(Work work, make_work(context.services, before, {}));
    work.job.close_disc = true;
    BB_TRY(work.job.tree, newest_tree(context.services.catalogue, before));
    DiscRow closed = before;
    closed.state = DiscState::closed, closed.sessions_left = 0, closed.free_bytes = 0;
    BB_CHECK(context.services.catalogue.update_disc(closed));
    ClosingObserver observer(context.reporter);
    context.reporter.begin({}, closed.label);
    auto written = context.drive.burn(work.job, observer);
    context.reporter.idle();
    if (!written) {
        if (observer.writes) return std::unexpected(std::move(written).error());
        DiscRow as_it_was = before;
        BB_CHECK(context.services.catalogue.update_disc(as_it_was));
        if (written.error().code == Errc::wrong_medium)
            BB_CHECK(judge_refused_disc(context, as_it_was, written.error()));
        return std::unexpected(std::move(written).error());
    }
    if (auto after = context.drive.inspect(); after && after->sessions_used >= before.sessions_used) {
        update_from_medium(closed, *after);
        BB_CHECK(context.services.catalogue.update_disc(closed));
    }
    log::info("disc closed", log::kv("disc", closed.label), log::kv("drive", context.drive.name()));
    tell_when_full(context, closed);
    return fmt::format("disc {} is closed", closed.label);
}

Result<std::string> eject_disc(AttemptContext& context) {
    BB_TRY(const Medium medium, context.drive.inspect());
    BB_CHECK(take_out(context, medium));
    if (medium.state == MediumState::none) return fmt::format("drive {} was empty", context.drive.name());
    return fmt::format("{} is out of drive {}", medium.label.empty() ? "the disc" : "disc " + medium.label,
                       context.drive.name());
}

Result<std::string> load_any_disc(AttemptContext& context) {
    const ConfigSnapshot config = context.services.config.snapshot();
    const DriveConfig& own = config->drives.at(context.drive.name());
    BB_TRY(Medium medium, context.drive.inspect());
    if (medium.state == MediumState::none && !own.load.empty())
        BB_CHECK(run_changer(context, own.load, "", ""));
    if (medium.state == MediumState::none && context.drive.emulated()) BB_CHECK(load_open_disc(context));
    BB_TRY(medium, context.drive.close_tray());
    context.reporter.medium(medium.profile, medium.label);
    if (medium.state == MediumState::none && context.drive.emulated())
        return fmt::format("drive {} has no open disc; a blank one goes in with the next session",
                           context.drive.name());
    BB_TRY(const auto discs, context.services.catalogue.discs());
    const auto known = std::ranges::find_if(
        discs, [&](const DiscRow& row) { return !medium.serial.empty() && row.serial == medium.serial; });
    return describe(medium, known == discs.end() ? nullptr : &*known, context.drive.name());
}

}  // namespace burnbox
