// The sessions of a job as the disc gets them, made from their seal records: what is burned and what is
// compared come from here.
#pragma once

#include <string>
#include <vector>

#include "burner/drive/drive.hpp"
#include "burner/read/compare.hpp"
#include "common/session/sealed_session.hpp"

namespace burnbox {

struct JobSession {
    SealedSession sealed;
    std::vector<DiscEntry> entries;
    std::string folder;         // host path of the sealed folder
    std::string parity_folder;  // empty = none
};

[[nodiscard]] Result<std::vector<JobSession>> read_job_sessions(const BurnJob& job);
// README.txt as this version writes it on a disc's first disc session.
[[nodiscard]] DiscEntry readme_entry(const DiscIdentity& disc, Timestamp time);
// The newest seal time: the one time that is on the disc besides the entries' own.
[[nodiscard]] Timestamp newest_seal(const std::vector<JobSession>& sessions);

}  // namespace burnbox
