// The texts for people in a session's folder. Pure.
//
// STATUS.txt is lines of "word: text", those that apply, in this order:
//     session: alice/holiday
//     state: queued | burning | verifying
//     disc: BURNBOX_0003, disc session 2
//     drive: tray
//     part 1 of 3: on disc BURNBOX_0002     (a line for each part of a session larger than a disc)
//     progress: 37% (271.2 MiB of 734.0 MiB), 12.3 MiB/s, about 38 s left
//     waits: why it is not burning yet, and what to do
//     time: 2026-11-23T10:00:00Z
// FAILED.txt says what failed and what to do, in sentences.
#pragma once

#include <string>

#include "burner/drive/drive.hpp"
#include "common/catalogue/catalogue.hpp"

namespace burnbox {

struct StatusFacts {
    std::string session;  // "alice/holiday"
    std::string state;
    std::string disc;  // label
    unsigned disc_session = 0;
    std::string drive;
    Progress progress;  // total 0 = not known yet
    double bytes_per_second = 0;
    std::string waits;
    std::vector<std::string> parts;  // lines
    Timestamp time;
};

[[nodiscard]] std::string status_text(const StatusFacts& facts);
[[nodiscard]] std::string failed_text(const SessionRow& row, Timestamp time);
// Of one that has parts on discs, so that it can't be taken back.
[[nodiscard]] std::string partly_burned_text(const SessionRow& row, Timestamp time);

}  // namespace burnbox
