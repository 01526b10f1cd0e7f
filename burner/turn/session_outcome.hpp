// What it means for session, disc and drive when a drive took sessions and wrote nothing: the rules are those
// of burner/rules/unwritten.hpp. Used by one thread at a time.
#pragma once

#include <string>
#include <vector>

#include "burner/attempts/attempt.hpp"
#include "burner/rules/unwritten.hpp"
#include "burner/turn/drive_waits.hpp"

namespace burnbox {

class SessionOutcome {
  public:
    SessionOutcome(AttemptContext& context, DriveWaits& waits) : context_(context), waits_(waits) {}

    // After an attempt that ended as Ending::untouched. False: burnbox is stopping. Errors: the drive is to
    // rest.
    [[nodiscard]] Result<bool> nothing_written(Work& work, const Attempted& attempted);
    // Their records could not be read when the job was put together. Errors: as above.
    [[nodiscard]] Status without_work(const std::vector<SessionRow>& rows, const Error& error);
    // It can't be burned without a person.
    [[nodiscard]] Status fail_session(const SessionRow& row, const std::string& reason);

  private:
    [[nodiscard]] bool all_files_are_there(const std::vector<SessionRow>& rows) const;
    [[nodiscard]] Result<bool> is_still_queued(const SessionRow& row);
    [[nodiscard]] Status session_failed(const std::vector<SessionRow>& rows, const Error& error);
    [[nodiscard]] Status disproved(Work& work, const Error& error);
    [[nodiscard]] Status has_less_room(Work& work);
    [[nodiscard]] Status other_disc_is_in(Work& work, const Error& error);
    [[nodiscard]] Status refused(const Work& work, const Error& error);

    AttemptContext& context_;
    DriveWaits& waits_;
};

}  // namespace burnbox
