// The rows and seal records of sessions that are found on a disc: those that are there already, or new ones
// made from what the disc says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "burner/drive/drive.hpp"
#include "burner/schedule/schedule.hpp"
#include "burner/schedule/services.hpp"

namespace burnbox {

struct KnownSession {
    SessionRow row;  // id 0: it is new
    // Its name belongs to another session by now, or to another sealing of the same files, or it is a part
    // that no session has: only its place is noted.
    bool listed_only = false;
};

class FoundRecords {
  public:
    // `disc`: that they are found on.
    FoundRecords(const BurnerServices& services, Schedule& schedule, DiscId disc)
        : services_(services), schedule_(schedule), disc_(disc) {}

    // With a seal record that read_seal() finds. `pool`: of a new one. Errors: corrupt when neither the disc
    // nor a record says what was sealed; the catalogue's and the disk's.
    [[nodiscard]] Result<KnownSession> find(const FoundSession& found, const std::string& pool);

  private:
    [[nodiscard]] Result<std::optional<SessionRow>> row_of(const std::string& account,
                                                           const std::string& disc_name);
    // The session that the part belongs to gets rows for its parts, from their seal records, where these are
    // there, and nobody was faster.
    [[nodiscard]] Status give_parts(const SealedSession& part, const std::string& pool);
    [[nodiscard]] Result<std::vector<SessionRow>> rows_of_parts(const Part& part);
    [[nodiscard]] Result<std::optional<SessionRow>> whole_of(const SealedSession& part,
                                                             const std::string& pool);
    [[nodiscard]] Result<bool> is_of_another_sealing(const SealedSession& sealed, const SessionRow& row,
                                                     bool at_work);
    [[nodiscard]] Result<bool> is_judged_here(const SessionRow& row);
    [[nodiscard]] Status keep_record(const FoundSession& found, const SealedSession& sealed,
                                     const SessionRow& row);
    [[nodiscard]] Result<std::string> seal_id_for(const FoundSession& found, const SealedSession& sealed);
    [[nodiscard]] Result<SessionRow> new_row(const SealedSession& sealed, const std::string& seal_id,
                                             const std::string& pool);

    const BurnerServices& services_;
    Schedule& schedule_;
    DiscId disc_;
};

}  // namespace burnbox
