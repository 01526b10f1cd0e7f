#include "burner/worker/worker_drive.hpp"

#include "burner/media/medium_profile.hpp"
#include "burner/worker/worker_exchange.hpp"

namespace burnbox {
namespace {

std::unexpected<Error> stopping() {
    return fail(Errc::cancelled, "burnbox is stopping");
}

// Before leave to write is given, a burn is one of these.
bool loses_nothing_when_cut(WorkerOperation operation) {
    switch (operation) {
        case WorkerOperation::burn:
        case WorkerOperation::look:
        case WorkerOperation::verify:
        case WorkerOperation::prove:
        case WorkerOperation::contents:
            return true;
        case WorkerOperation::inspect:
        case WorkerOperation::adjudicate:
        case WorkerOperation::eject:
        case WorkerOperation::load:
            return false;
    }
    return false;
}

}  // namespace

// Between the decision to write and the worker's leave nobody may end it: the catalogue has the attempt by
// then.
class WorkerDrive::LeaveToWrite final : public BurnObserver {
  public:
    LeaveToWrite(WorkerDrive& drive, BurnObserver& observer) : drive_(drive), observer_(observer) {}
    Status about_to_write(const BurnPlan& plan) override {
        BB_CHECK(drive_.begin_writing());
        return observer_.about_to_write(plan);
    }
    void progress(const Progress& progress) override { observer_.progress(progress); }

  private:
    WorkerDrive& drive_;
    BurnObserver& observer_;
};

WorkerDrive::WorkerDrive(const DriveConfig& config, Spawner& spawner, std::string program,
                         const DrivePolicy& policy, const WorkerPatience& patience)
    : config_(config),
      spawner_(spawner),
      program_(std::move(program)),
      policy_(policy),
      patience_(patience),
      shelf_(config,
             [check = policy.check_folder, folder = config.image_dir] {
                 return check && !folder.empty() ? check(folder) : Status();
             }),
      shelf_list_(config.image_dir) {}

Result<Device> WorkerDrive::device() const {
    if (!emulated()) return Device{config_.device, "", policy_.write_once_only, policy_.speed};
    if (find_medium_profile(config_.medium) == nullptr)
        return fail(Errc::invalid, "drive " + config_.name + ": unknown medium '" + config_.medium +
                                       "'; known: " + medium_names());
    if (shelf_.loaded().empty())
        return fail(Errc::no_medium, "drive " + config_.name + ": no disc is loaded");
    return Device{.path = shelf_.loaded(), .medium = shelf_.medium()};
}

Status WorkerDrive::check_not_held() {
    if (!stuck_) return {};
    if (ends_within(*stuck_, std::chrono::milliseconds(0))) {
        stuck_.reset();
        return {};
    }
    return fail(
        Errc::unreachable,
        "drive " + config_.name +
            " hangs: its worker was killed, but the kernel still waits for the drive. Switch the drive off "
            "and on; if that does not help, restart the machine");
}

Result<Child> WorkerDrive::start_worker(WorkerOperation operation) {
    const std::lock_guard lock(running_mutex_);
    const bool may_end = loses_nothing_when_cut(operation);
    if (draining_ && (may_end || operation == WorkerOperation::adjudicate)) return stopping();
    BB_TRY(Child worker, spawner_.run({.argv = {program_, "worker"}, .outlives_spawner = true}));
    running_ = worker.killer();
    running_may_end_ = may_end ? MayEnd::any_time : MayEnd::not_now;
    return worker;
}

Status WorkerDrive::begin_writing() {
    const std::lock_guard lock(running_mutex_);
    if (draining_) return stopping();
    running_may_end_ = MayEnd::not_now;
    return {};
}

bool WorkerDrive::is_cut_off() {
    const std::lock_guard lock(running_mutex_);
    return draining_ && running_may_end_ == MayEnd::any_time;
}

template <typename Answer>
Result<Answer> WorkerDrive::run(WorkerOperation operation, const BurnJob& burn_job, unsigned disc_session,
                                std::uint32_t start_lba, BurnObserver* observer) {
    BB_CHECK(check_not_held());
    if (emulated()) BB_CHECK(shelf_.check_place());
    BB_TRY(Device where, device());
    const WorkerJob job{operation, std::move(where), burn_job, disc_session, start_lba};
    BB_TRY(Child worker, start_worker(operation));
    auto [answered, ends_by_itself] = converse(worker, job, patience_, observer);
    // The drive is free again only when the worker is gone.
    if (!ends_by_itself || !ends_within(worker, patience_.goodbye)) {
        worker.kill();
        if (!ends_within(worker, patience_.death)) stuck_.emplace(std::move(worker));
    }
    if (!answered && is_cut_off()) return stopping();
    if (!answered && emulated()) answered = shelf_.or_away(std::move(answered));
    if (!answered) return std::unexpected(std::move(answered).error());
    WorkerLine line = std::move(*answered);
    if (auto* answer = std::get_if<Answer>(&line)) return std::move(*answer);
    return fail(Errc::io, "drive " + config_.name + ": the worker's answer does not fit the question");
}

void WorkerDrive::interrupt() {
    const std::lock_guard lock(running_mutex_);
    running_.kill();
}

void WorkerDrive::drain() {
    const std::lock_guard lock(running_mutex_);
    draining_ = true;
    if (running_may_end_ == MayEnd::any_time) running_.kill();
}

Status WorkerDrive::load(const DiscToLoad& disc) {
    if (emulated()) return shelf_.or_away(shelf_.load(disc));
    const std::string& label = disc.label;
    BB_TRY(const Medium medium, inspect());
    if (medium.state == MediumState::none)
        return fail(Errc::no_medium, "drive " + config_.name + " is empty: insert disc " + label);
    if (medium.label != label)
        return fail(Errc::wrong_medium,
                    "drive " + config_.name + " holds " +
                        (medium.label.empty() ? "a disc without label" : "disc " + medium.label) +
                        ": insert disc " + label);
    return {};
}

Status WorkerDrive::load_blank(const std::string& label) {
    if (emulated()) return shelf_.or_away(shelf_.load_blank(label));
    BB_TRY(const Medium medium, inspect());
    if (medium.state == MediumState::blank) return {};
    const std::string wanted = config_.expect.empty() ? "disc" : config_.expect + " disc";
    const std::string there = medium.state == MediumState::none ? "is empty" : "holds no blank disc";
    return fail(Errc::no_medium, "drive " + config_.name + " " + there + ": insert a blank " + wanted +
                                     (medium.reason.empty() ? "" : " (" + medium.reason + ")"));
}

Result<bool> WorkerDrive::medium_changed() {
    if (emulated()) return false;
    BB_TRY(const Look look, run<Look>(WorkerOperation::look, {}, 0, 0, nullptr));
    const bool first = !last_presence_;
    const bool other = last_presence_ != look.presence;
    last_presence_ = look.presence;
    return !first && (other || look.changed);
}

Result<Medium> WorkerDrive::inspect() {
    if (emulated() && shelf_.loaded().empty()) {
        Medium empty;
        empty.reason = "no disc is loaded";
        return empty;
    }
    return run<Medium>(WorkerOperation::inspect, {}, 0, 0, nullptr);
}

Result<Medium> WorkerDrive::close_tray() {
    return emulated() ? inspect() : run<Medium>(WorkerOperation::load, {}, 0, 0, nullptr);
}

Result<Written> WorkerDrive::burn(const BurnJob& job, BurnObserver& observer) {
    LeaveToWrite leave(*this, observer);
    return run<Written>(WorkerOperation::burn, job, 0, 0, &leave);
}

Result<VerifyReport> WorkerDrive::verify(const BurnJob& job, unsigned disc_session, BurnObserver& observer) {
    return run<VerifyReport>(WorkerOperation::verify, job, disc_session, 0, &observer);
}

Result<Drive::Outcome> WorkerDrive::adjudicate(const BurnJob& job, unsigned disc_session,
                                               std::uint32_t start_lba) {
    return run<Outcome>(WorkerOperation::adjudicate, job, disc_session, start_lba, nullptr);
}

Result<std::vector<FoundDiscSession>> WorkerDrive::contents(const DiscIdentity& disc, unsigned known) {
    BurnJob job;
    job.disc = disc;
    return run<std::vector<FoundDiscSession>>(WorkerOperation::contents, job, known, 0, nullptr);
}

Result<std::vector<ShelfDisc>> WorkerDrive::shelf() {
    if (!emulated()) return std::vector<ShelfDisc>();
    BB_CHECK(shelf_.check_place());
    return shelf_.or_away(shelf_list_.read());
}

Status WorkerDrive::check_shelf() {
    return emulated() ? shelf_.check_place() : Status();
}

Status WorkerDrive::eject() {
    if (emulated()) {
        shelf_.unload();
        return {};
    }
    BB_CHECK(run<Medium>(WorkerOperation::eject, {}, 0, 0, nullptr));
    return {};
}

std::uint64_t WorkerDrive::blank_capacity_bytes() const {
    const MediumProfile* profile = find_medium_profile(emulated() ? config_.medium : config_.expect);
    if (profile == nullptr) return 0;
    const std::uint64_t blocks =
        emulated() ? free_blocks(*profile, 0, kImageHeadBlocks) : profile->capacity_bytes / kSectorBytes;
    return blocks * kSectorBytes;
}

std::unique_ptr<Drive> make_worker_drive(const DriveConfig& config, Spawner& spawner,
                                         const std::string& program, const DrivePolicy& policy) {
    return std::make_unique<WorkerDrive>(config, spawner, program, policy);
}

}  // namespace burnbox
