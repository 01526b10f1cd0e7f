// Turns a grafted tree into the next disc session: production of the image, exact size, writing with
// progress. Thread: the operation's.
#pragma once

#include <chrono>

#include "burner/operations/image_stream.hpp"
#include "burner/operations/session_image.hpp"
#include "common/session/tree_area.hpp"

namespace burnbox {

class SessionWriter {
  public:
    // Begins to produce the image that is attached to the disc, up to the end of its tree; nothing is written
    // yet. Without write() it is cancelled. The image must outlive the writer.
    [[nodiscard]] static Result<std::unique_ptr<SessionWriter>> prepare(OpenedDisc& disc,
                                                                        SessionImage& image);
    ~SessionWriter();
    SessionWriter(const SessionWriter&) = delete;
    SessionWriter& operator=(const SessionWriter&) = delete;

    [[nodiscard]] std::uint32_t start_lba() const { return start_lba_; }
    [[nodiscard]] std::uint32_t blocks() const { return blocks_; }  // exact
    // Everything before the first file's content, as it will be written.
    [[nodiscard]] const TreeArea& tree() const { return tree_; }
    [[nodiscard]] std::span<const std::byte> tree_bytes() const { return stream_.tree_bytes(); }

    // Writes the disc session and waits until the libraries' threads are gone. The disc shows it only after
    // activate().
    [[nodiscard]] Status write(bool close_disc, BurnObserver& observer);
    // Emulated discs and overwritable media: makes the new disc session the one that is seen. Else a no-op.
    [[nodiscard]] Status activate();
    // Real drives: the speed that was asked for and the one that was reached. Empty before write().
    [[nodiscard]] const std::string& speed_note() const { return speed_note_; }

  private:
    explicit SessionWriter(OpenedDisc& disc) : disc_(disc) {}
    [[nodiscard]] Status set_options(Timestamp time);
    [[nodiscard]] Status measure(SessionImage& image);
    [[nodiscard]] Status keep_tree(SessionImage& image);
    [[nodiscard]] Status check_end() const;
    void watch(BurnObserver& observer);
    [[nodiscard]] int mmc_profile() const;
    [[nodiscard]] bool is_cd() const;
    void set_speed();
    void note_speed(std::chrono::steady_clock::duration took);
    void start_writeback(std::uint64_t written_bytes);

    OpenedDisc& disc_;
    ImageStream stream_;
    TreeArea tree_;
    burn::isoburn_imgen_opts* image_options_ = nullptr;
    burn::burn_disc* layout_ = nullptr;
    burn::burn_write_opts* write_options_ = nullptr;
    std::uint32_t start_lba_ = 0;
    std::uint32_t blocks_ = 0;
    std::uint64_t flushed_bytes_ = 0;
    unsigned threads_before_ = 0;
    int asked_kb_ = 0;  // 0 = as fast as it goes
    std::string speed_note_;
    bool pending_ = false;
};

}  // namespace burnbox
