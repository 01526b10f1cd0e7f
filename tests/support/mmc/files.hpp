// The files a test burner lives in. The drive's file is what libburn opens as its device; it names the file
// of the disc that is in. A disc's file is its state, then its blocks (sparse). Both survive processes.
#pragma once

#include <optional>
#include <string>

#include "common/base/unique_fd.hpp"
#include "tests/support/mmc/mapped_record.hpp"
#include "tests/support/mmc/model.hpp"

namespace burnbox::mmc {

inline constexpr const char* kDriveMagic = "burnbox test drive 1\n";
inline constexpr const char* kDiscMagic = "burnbox test disc 1\n";

class DiscFile final : public BlockStore {
  public:
    [[nodiscard]] static std::optional<DiscFile> open(const std::string& path);
    static void create(const std::string& path, const DiscState& disc);

    [[nodiscard]] DiscState load() const { return record_.load(); }
    void store(const DiscState& disc) { record_.store(disc); }
    void read(std::int32_t lba, std::span<std::uint8_t> into) override;
    void write(std::int32_t lba, std::span<const std::byte> blocks) override;

  private:
    explicit DiscFile(UniqueFd fd) : fd_(std::move(fd)), record_(fd_.get()) {}
    UniqueFd fd_;
    MappedRecord<DiscState> record_;
};

// One drive as a process sees it: every command loads the state, runs the model and stores the state.
class DriveFile {
  public:
    // `fd` is open on the drive's file and may be closed afterwards.
    explicit DriveFile(int fd) : record_(fd) {}
    static void create(const std::string& path);

    [[nodiscard]] Reply run(const Command& command);
    [[nodiscard]] DriveState load() const { return record_.load(); }
    template <typename Change>
    void change(Change&& change) {
        record_.lock();
        DriveState state = record_.load();
        change(state);
        record_.store(state);
        record_.unlock();
    }

  private:
    void load_disc(const std::string& path);

    MappedRecord<DriveState> record_;
    MmcModel model_;
    std::string disc_path_;
    std::optional<DiscFile> disc_;
};

// Into a fixed field of DriveState.
void set_path(std::array<char, 1024>& field, const std::string& path);

}  // namespace burnbox::mmc
