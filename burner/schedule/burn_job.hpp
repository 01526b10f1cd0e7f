// What an attempt is about: the disc, its sessions and their seal records, put together into the job that a
// drive understands.
#pragma once

#include <string>
#include <vector>

#include "burner/drive/drive.hpp"
#include "burner/schedule/services.hpp"
#include "common/session/sealed_session.hpp"

namespace burnbox {

struct Work {
    DiscRow disc;
    std::vector<SessionRow> rows;
    std::vector<SealedSession> sealed;  // as many, in the same order; none: only the disc can tell
    BurnJob job;                        // job.disc: the disc as it was before the attempt
};

// Errors: corrupt when a seal record is damaged or gone; io. With what is known of its recovery data.
[[nodiscard]] Result<SealedSession> read_seal(FileSystem& state_fs, const SessionRow& row);
// Whether the sealed files can be read. Errors: corrupt when the folder is missing; busy when a person gave
// one in a watched folder its open name; else they are out of reach for now.
[[nodiscard]] Status check_payload(const BurnerServices& services, const SessionRow& row);
[[nodiscard]] Result<Work> make_work(const BurnerServices& services, const DiscRow& disc,
                                     std::vector<SessionRow> rows);
// The job is burned in this layout, whatever the configuration says.
void set_layout(Work& work, Layout layout, const BurnConfig& config);
// The same where a seal record is damaged or gone: enough to judge an attempt by what is on the disc.
[[nodiscard]] Result<Work> work_without_records(const BurnerServices& services, const DiscRow& disc,
                                                std::vector<SessionRow> rows);

// Host path of the folder that the sealed files are read from.
[[nodiscard]] std::string payload_folder(const BurnerServices& services, const SessionRow& row);

// The job for reading back what the attempt wrote: the disc has changed since `job.disc`.
[[nodiscard]] BurnJob read_back_job(const Work& work, const AttemptRow& attempt);

// In which layout its first copy was burned, as its files there tell; `supposed` when it has none.
[[nodiscard]] Result<Layout> burned_layout(Catalogue& catalogue, SessionId session,
                                           const SealedSession& sealed, Layout supposed);

// The attempt that burned the session on the disc; a session is on a disc once.
[[nodiscard]] Result<std::optional<AttemptRow>> attempt_that_burned(Catalogue& catalogue, SessionId session,
                                                                    DiscId disc);

// The blocks of the newest disc session on the disc from its start to the first file's content, as they were
// burned; nothing on a blank disc, or when nobody knows.
[[nodiscard]] Result<std::optional<TreeArea>> newest_tree(Catalogue& catalogue, const DiscRow& disc);

// The payload files of each session as they lie on the disc, for the catalogue.
[[nodiscard]] std::vector<Catalogue::BurnedSession> burned_sessions(const Work& work,
                                                                    const VerifyReport& report);

// Takes over what the drive says about the disc after a good disc session.
void update_from_medium(DiscRow& disc, const Medium& medium);

}  // namespace burnbox
