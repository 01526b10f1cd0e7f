// The server's side of a drive: every operation runs in a fresh worker process, so that a drive that hangs in
// the kernel or a crash in a library costs one attempt and nothing else. Thread: the drive's burner thread;
// interrupt() and drain() any.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "burner/shelf/image_shelf.hpp"
#include "burner/shelf/shelf_list.hpp"
#include "burner/worker/worker.hpp"
#include "burner/worker/worker_protocol.hpp"
#include "common/process/spawner.hpp"

namespace burnbox {

// When a worker counts as hung and is killed: so long without progress in each step.
struct WorkerPatience {
    std::chrono::milliseconds silence = std::chrono::minutes(2);   // no line at all: it sends one each second
    std::chrono::milliseconds look = std::chrono::seconds(30);     // the kernel answers at once
    std::chrono::milliseconds inspect = std::chrono::minutes(5);   // a medium that gets ready; settling too
    std::chrono::milliseconds prove = std::chrono::minutes(5);     // a million files take some ten seconds
    std::chrono::milliseconds prepare = std::chrono::minutes(60);  // reading the staged files once more
    std::chrono::milliseconds write = std::chrono::minutes(5);     // between two blocks
    std::chrono::milliseconds close = std::chrono::minutes(60);    // after the last one
    std::chrono::milliseconds verify = std::chrono::minutes(15);   // a drive reads bad blocks many times
    std::chrono::milliseconds goodbye = std::chrono::minutes(1);   // to release the drive after the result
    std::chrono::milliseconds death = std::chrono::seconds(5);     // from the kill to the end
};

class WorkerDrive final : public Drive {
  public:
    WorkerDrive(const DriveConfig& config, Spawner& spawner, std::string program,
                const DrivePolicy& policy = {}, const WorkerPatience& patience = {});

    [[nodiscard]] const std::string& name() const override { return config_.name; }
    [[nodiscard]] bool emulated() const override { return config_.emulated(); }
    [[nodiscard]] bool has_blanks() const override { return emulated() && shelf_.has_blanks(); }
    [[nodiscard]] Status load(const DiscToLoad& disc) override;
    [[nodiscard]] Status load_blank(const std::string& label) override;
    [[nodiscard]] Result<bool> medium_changed() override;
    [[nodiscard]] Result<Medium> inspect() override;
    [[nodiscard]] Result<Medium> close_tray() override;
    [[nodiscard]] Result<Written> burn(const BurnJob& job, BurnObserver& observer) override;
    [[nodiscard]] Result<VerifyReport> verify(const BurnJob& job, unsigned disc_session,
                                              BurnObserver& observer) override;
    [[nodiscard]] Result<Outcome> adjudicate(const BurnJob& job, unsigned disc_session,
                                             std::uint32_t start_lba) override;
    [[nodiscard]] Result<std::vector<FoundDiscSession>> contents(const DiscIdentity& disc,
                                                                 unsigned known) override;
    [[nodiscard]] Status check_shelf() override;
    [[nodiscard]] Result<std::vector<ShelfDisc>> shelf() override;
    [[nodiscard]] Status eject() override;
    [[nodiscard]] std::uint64_t blank_capacity_bytes() const override;
    void interrupt() override;
    void drain() override;

  private:
    class LeaveToWrite;
    enum class MayEnd : std::uint8_t { any_time, not_now };
    [[nodiscard]] Result<Device> device() const;
    [[nodiscard]] Status check_not_held();
    [[nodiscard]] Result<Child> start_worker(WorkerOperation operation);
    [[nodiscard]] Status begin_writing();
    [[nodiscard]] bool is_cut_off();
    template <typename Answer>
    [[nodiscard]] Result<Answer> run(WorkerOperation operation, const BurnJob& burn, unsigned disc_session,
                                     std::uint32_t start_lba, BurnObserver* observer);

    const DriveConfig config_;
    Spawner& spawner_;
    const std::string program_;
    const DrivePolicy policy_;
    const WorkerPatience patience_;
    ImageShelf shelf_;
    ShelfList shelf_list_;
    std::optional<Presence> last_presence_;
    std::optional<Child>
        stuck_;  // killed, but the kernel does not let go of it: nobody else may use the drive
    std::mutex running_mutex_;
    ChildKiller running_;  // of the worker that runs, or ran last
    MayEnd running_may_end_ = MayEnd::not_now;
    bool draining_ = false;
};

}  // namespace burnbox
