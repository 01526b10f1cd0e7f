// What one drive does right now, told to people: its DriveStatus, and STATUS.txt in the folders of the
// sessions it works on. A text that can't be written is no reason to stop a burn. Threads: snapshot() from
// any, the rest from the drive's thread.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "burner/attempts/drive_status.hpp"
#include "burner/schedule/services.hpp"

namespace burnbox {

class Reporter {
  public:
    Reporter(const BurnerServices& services, std::string drive, std::string device);

    void begin(std::vector<SessionRow> rows, const std::string& disc);  // chosen
    void phase(DriveActivity activity, unsigned disc_session);          // burning, verifying
    void progress(const Progress& progress);
    void idle();
    // The drive waits; reason empty = it does not.
    void drive_waits(const std::string& reason);
    // The session stays as it is for a new reason: catalogue and STATUS.txt. Does nothing when the row says
    // it already.
    void session_waits(const SessionRow& row, const std::string& reason);
    // The session is queued again, as the catalogue says already: STATUS.txt.
    void session_queued(const SessionRow& row, const std::string& reason);
    void medium(const std::string& profile, const std::string& disc);

    [[nodiscard]] DriveStatus snapshot() const;

  private:
    void write_text();
    void tell_waiting(const SessionRow& row, SessionState state, const std::string& reason);

    const BurnerServices& services_;
    mutable std::mutex mutex_;
    DriveStatus status_;
    std::vector<SessionRow> rows_;  // those that are worked on
    unsigned disc_session_ = 0;
    SteadyTime phase_began_;
    SteadyTime text_written_;
};

}  // namespace burnbox
