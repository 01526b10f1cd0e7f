#include "burner/attempts/attempt.hpp"

#include "burner/attempts/adjudication.hpp"
#include "burner/attempts/verifier.hpp"
#include "burner/rules/failure_rules.hpp"
#include "common/base/log.hpp"

namespace burnbox {
namespace {

class AttemptObserver : public BurnObserver {
  public:
    AttemptObserver(AttemptContext& context, const Work& work, const std::function<void()>& began)
        : context_(context), work_(work), began_(began) {}

    AttemptRow row;                // id 0: nothing is in the catalogue, so nothing may have been written
    std::optional<Error> refusal;  // ours, not the drive's

    Status about_to_write(const BurnPlan& plan) override {
        auto begun = begin(plan);
        if (!begun) refusal = begun.error();
        return begun;
    }
    void progress(const Progress& progress) override { context_.reporter.progress(progress); }

  private:
    Status begin(const BurnPlan& plan) {
        if (context_.schedule.stopping) return fail(Errc::cancelled, "burn: burnbox is stopping");
        if (context_.schedule.waits_for_shelves())
            return fail(Errc::cancelled, "burn: an image_dir came that knows of more than the catalogue");
        AttemptRow next;
        next.disc = work_.disc.id;
        next.drive = context_.drive.name();
        for (const SessionRow& session : work_.rows) next.sessions.push_back(session.id);
        next.disc_session = plan.disc_session;
        next.start_lba = plan.start_lba;
        next.blocks = plan.blocks;
        next.tree = plan.tree;
        next.started_at = context_.services.clock.now();
        BB_TRY(next.id, context_.services.catalogue.begin_attempt(next));
        row = next;
        if (context_.services.note_generation) BB_CHECK(context_.services.note_generation());
        for (const SessionRow& session : work_.rows) {
            log::info("attempt began", log::kv("account", session.account),
                      log::kv("session", session.disc_name), log::kv("drive", row.drive),
                      log::kv("disc", work_.disc.label), log::kv("disc_session", row.disc_session),
                      log::kv("start_lba", row.start_lba), log::kv("blocks", row.blocks));
            publish(context_, EventKind::session_burning, session, work_.disc.label, "");
        }
        context_.reporter.phase(DriveActivity::burning, plan.disc_session);
        began_();
        return {};
    }

    AttemptContext& context_;
    const Work& work_;
    const std::function<void()>& began_;
};

// Of an emulated disc there is nothing to say as a rule; of a real one, how fast it was.
void tell_remarks(const AttemptContext& context, const Work& work, const std::string& remarks) {
    if (remarks.empty()) return;
    log::write(context.drive.emulated() ? log::Level::warning : log::Level::info, "written, with a remark",
               {log::kv("drive", context.drive.name()), log::kv("disc", work.disc.label),
                log::kv("remark", remarks)});
}

}  // namespace

Result<Attempted> run_attempt(AttemptContext& context, Work& work, const std::function<void()>& began) {
    AttemptObserver observer(context, work, began);
    auto written = context.drive.burn(work.job, observer);
    if (observer.row.id == 0) {
        if (!written && context.schedule.stopping) return std::unexpected(std::move(written).error());
        if (observer.refusal) return Attempted{Ending::untouched, std::move(*observer.refusal), true};
        if (written)
            return fail(Errc::io, "burn on " + context.drive.name() +
                                      ": the drive wrote without asking; update burnbox");
        return Attempted{Ending::untouched, std::move(written).error(), false};
    }
    if (written) {
        BB_CHECK(context.services.catalogue.attempt_written(observer.row.id, written->start_lba,
                                                            written->blocks, written->messages));
        tell_remarks(context, work, written->messages);
        observer.row.start_lba = written->start_lba;
        observer.row.blocks = written->blocks;
        observer.row.state = AttemptState::verifying;
        work.job.just_burned = true;
        return verify_attempt(context, observer.row, work);
    }
    if (context.schedule.stopping)
        return std::unexpected(std::move(written).error());  // the next start judges it
    Error error = std::move(written).error();
    const AttemptCause cause = cause_of(error);
    note_cause(context.notes, observer.row.id, cause, std::move(error));
    return adjudicate_attempt(context, observer.row, work);
}

}  // namespace burnbox
