#include "burner/turn/changer.hpp"

#include "common/base/log.hpp"

namespace burnbox {

Status run_changer(AttemptContext& context, const std::vector<std::string>& argv, const std::string& disc,
                   const std::string& wanted) {
    const ConfigSnapshot config = context.services.config.snapshot();
    const DriveConfig& own = config->drives.at(context.drive.name());
    log::info("changer runs", log::kv("drive", context.drive.name()), log::kv("program", argv.front()),
              log::kv("disc", disc), log::kv("wanted", wanted));
    return context.services.run_changer(argv,
                                        {"BURNBOX_DRIVE=" + context.drive.name(),
                                         "BURNBOX_DEVICE=" + (own.emulated() ? own.image_dir : own.device),
                                         "BURNBOX_DISC=" + disc, "BURNBOX_WANTED=" + wanted},
                                        context.schedule.cut_off);
}

Status take_out(AttemptContext& context, const Medium& medium) {
    const ConfigSnapshot config = context.services.config.snapshot();
    const DriveConfig& own = config->drives.at(context.drive.name());
    if (own.eject.empty() || context.drive.emulated()) BB_CHECK(context.drive.eject());
    if (!own.eject.empty()) BB_CHECK(run_changer(context, own.eject, medium.label, ""));
    context.reporter.medium("", "");
    context.schedule.set_disc_in(context.drive.name(), "");
    for (const EventKind over : {EventKind::wrong_medium, EventKind::disc_full})
        context.conditions.clear(over, context.drive.name());
    log::info("disc out", log::kv("disc", medium.label), log::kv("drive", context.drive.name()));
    return {};
}

Status change_disc(AttemptContext& context, const std::string& wanted) {
    const ConfigSnapshot config = context.services.config.snapshot();
    const DriveConfig& own = config->drives.at(context.drive.name());
    BB_TRY(const Medium medium, context.drive.inspect());
    if (medium.state != MediumState::none) BB_CHECK(take_out(context, medium));
    BB_CHECK(run_changer(context, own.load, "", wanted));
    BB_CHECK(context.drive.close_tray());
    return {};
}

}  // namespace burnbox
