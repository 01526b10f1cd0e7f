// The hands of a test on a test burner: makes drives and discs, puts discs in and out, sets faults, reads the
// log of commands. Thread: one; the burner may be at work in another process meanwhile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/mmc/files.hpp"

namespace burnbox::mmc {

class TestBurner {
  public:
    // Makes the drive's file when there is none.
    explicit TestBurner(const std::string& path);

    [[nodiscard]] const std::string& path() const { return path_; }
    void insert(const std::string& disc);
    void insert_blank(const std::string& disc, std::string_view profile);  // makes the file too
    void remove();                                                         // and closes the tray
    void open_tray();
    void set_other_disc(const std::string& disc);  // what FaultKind::swap_medium puts in
    void add(const Fault& fault);
    void clear_faults();
    void set_speed(std::int64_t bytes_per_second, std::int64_t buffer_bytes = DriveBuffer().capacity_bytes);
    void power_on();  // after Fate::power_cut or drive_gone: the drive is there again
    [[nodiscard]] DriveState state() const { return file_.load(); }
    [[nodiscard]] DiscState disc() const;
    void change_disc(const std::function<void(DiscState&)>& change);
    // Replaces blocks of the disc that is in, whatever is allowed.
    void scribble(std::int32_t lba, std::string_view bytes);
    // One command a line: bytes in hex, then SENSE k/aa/qq if it failed.
    [[nodiscard]] std::vector<std::string> log() const;
    void clear_log();

  private:
    std::string path_;
    DriveFile file_;
};

// A blank disc; `capacity_blocks` 0 = as large as its kind is.
void make_disc(const std::string& path, std::string_view profile, std::int32_t capacity_blocks = 0);

}  // namespace burnbox::mmc
