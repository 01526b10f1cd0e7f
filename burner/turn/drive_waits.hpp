// What waits for a drive, told to people: the signals of a drive that needs another disc, and the reasons in
// the sessions' STATUS.txt. A try that fails again changes none of it. Used by one thread at a time.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

class DriveWaits {
  public:
    explicit DriveWaits(AttemptContext& context) : context_(context) {}

    // It needs another disc than there is: it rests on this drive, and others of its pool may take it. Each
    // of the two signals NO_DISC and WRONG_MEDIUM stands as long as anybody waits for that, and speaks of who
    // has waited longest. Returns until when it rests.
    SteadyTime for_disc(const SessionRow& row, const Error& reason, const std::string& said);
    // Its watched folder is away.
    void for_folder(const SessionRow& row, const std::string& said);
    void tell_when_folder_is_back(QueuedSession& session);

    // All that wait for this drive alone get this reason, and lose it when it goes on: those that are queued,
    // or in an attempt of this drive that is to be judged yet.
    [[nodiscard]] Status tell_all(const std::string& reason);
    // The first byte is about to be written: a disc with room is in, and the drive works.
    void began(const std::vector<SessionRow>& rows);

    void keep_only(const std::set<SessionId>& queued);
    void tell_signals();                                // of those that are still there
    [[nodiscard]] std::string reason_of_first() const;  // of who waits for a disc; "" = nobody does

  private:
    struct DiscWait {
        SessionRow row;
        Error reason;
    };
    [[nodiscard]] bool is_of_this_drive(const SessionRow& row) const;
    [[nodiscard]] Status take_reason_back();

    AttemptContext& context_;
    std::map<SessionId, DiscWait> disc_waits_;       // however often they are tried
    std::map<SessionId, std::string> folder_waits_;  // as told
    std::string told_to_all_;
};

}  // namespace burnbox
