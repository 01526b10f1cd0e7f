// The server's side of a drive: every operation runs in a fresh worker process, so that a drive that hangs in
// the kernel or a crash in a library costs one attempt and nothing else. Thread: the drive's burner thread;
// interrupt() any.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "burner/drive/image_shelf.hpp"
#include "burner/drive/worker_protocol.hpp"
#include "common/process/spawner.hpp"

namespace burnbox {

// When a worker counts as hung and is killed.
struct WorkerPatience {
    std::chrono::milliseconds silence = std::chrono::minutes(2);  // no line at all: it sends one each second
    // Lines, but no progress: of a burn before its first block and after its last one, because closing a slow
    // disc takes long, and of everything else.
    std::chrono::milliseconds closing = std::chrono::minutes(30);
    std::chrono::milliseconds stall = std::chrono::minutes(10);
};

class WorkerDrive final : public Drive {
  public:
    WorkerDrive(const DriveConfig& config, Spawner& spawner, std::string program,
                const WorkerPatience& patience = {});

    [[nodiscard]] const std::string& name() const override { return config_.name; }
    [[nodiscard]] bool emulated() const override { return config_.emulated(); }
    [[nodiscard]] Status load(const std::string& label) override;
    [[nodiscard]] Status load_blank(const std::string& label) override;
    [[nodiscard]] Result<Medium> inspect() override;
    [[nodiscard]] Result<Written> burn(const BurnJob& job, BurnObserver& observer) override;
    [[nodiscard]] Result<VerifyReport> verify(const BurnJob& job, unsigned disc_session,
                                              BurnObserver& observer) override;
    [[nodiscard]] Result<Outcome> settle(const BurnJob& job, unsigned disc_session,
                                         std::uint32_t start_lba) override;
    [[nodiscard]] std::uint64_t blank_capacity_bytes() const override;
    void interrupt() override;

  private:
    [[nodiscard]] Result<Device> device() const;
    template <typename Answer>
    [[nodiscard]] Result<Answer> run(WorkerOperation operation, const BurnJob& burn, unsigned disc_session,
                                     std::uint32_t start_lba, BurnObserver* observer);

    const DriveConfig config_;
    Spawner& spawner_;
    const std::string program_;
    const WorkerPatience patience_;
    ImageShelf shelf_;
    std::mutex running_mutex_;
    ChildKiller running_;  // of the worker that runs, or ran last
};

}  // namespace burnbox
