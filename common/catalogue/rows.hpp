// The catalogue's rows and the words of its columns. Values; what a column means stands in schema.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/digest.hpp"
#include "common/session/staging_area.hpp"
#include "common/session/state.hpp"
#include "common/session/tree_area.hpp"

namespace burnbox {

using SessionId = std::int64_t;
using DiscId = std::int64_t;
using AttemptId = std::int64_t;

struct SessionRow {
    SessionId id = 0;
    std::string account;
    std::string name;       // what the client called it: "holiday"
    std::string disc_name;  // unique in the account, case-insensitively: "holiday-2"
    std::string pool;
    unsigned copies = 0;  // on as many discs: promised at the seal; 0 = nobody knows
    SessionState state = SessionState::queued;
    std::string folder;       // where its folder is, in the inbox: "holiday-queued"; "" = payload released
    std::string folder_next;  // set while a rename is under way
    std::string seal_id;      // state_dir/seals/<seal_id>.jsonl
    Sha256 content_digest;
    std::string marker_name;
    Sha256 marker_sha256;
    std::uint64_t bytes = 0;
    std::uint64_t files_count = 0;
    Timestamp sealed_at;
    std::optional<Timestamp> burned_at;
    std::optional<Timestamp> verified_at;
    std::string reason;     // why it waits or failed, for people
    StagingArea staging{};  // where its folder is
    // A session larger than a disc is burned in parts, each a row of its own: whole != 0, with the folder of
    // the whole one. Of the whole one parts != 0; its state and reason follow from those of its parts.
    SessionId whole{};
    unsigned part{};            // from 1
    unsigned parts{};           // how many there are
    AttemptId retried_after{};  // what failed up to this attempt is forgiven: a person said retry
    [[nodiscard]] bool is_part() const { return whole != 0; }
    [[nodiscard]] SessionId whole_or_self() const { return is_part() ? whole : id; }  // whose folder it is
};

enum class DiscState : std::uint8_t { open, full, closed, suspect };
[[nodiscard]] std::string_view to_string(DiscState state);

// Why a disc is suspect.
enum class Suspicion : std::uint8_t {
    none,      // it is not, or a burnbox before schema 5 did not note it
    spoiled,   // a burn left half a disc session on it, or one that read back wrong
    unjudged,  // a burn was cut off, and what is on it could not be told
    differs,   // a later read-back of what is on it differed, or it could not be read
    changed,   // it holds something else than the catalogue says
};
[[nodiscard]] std::string_view to_string(Suspicion suspicion);

struct DiscRow {
    DiscId id = 0;
    std::string label;   // unique; the first 16 characters too
    std::string serial;  // UUID in the volume set identifier
    std::string pool;
    std::string drive;      // where it was last seen
    std::string medium;     // "dvd+r"
    std::string media_id;   // manufacturer's
    std::string location;   // image file of an emulated disc
    bool is_image = false;  // something was burned on it, and it is an image file; no real disc
    DiscState state = DiscState::open;
    std::string reason;  // why it is suspect, or takes no more, for people
    Suspicion suspicion = Suspicion::none;
    std::optional<Timestamp> suspect_at;
    // What it was before it became suspect, and is again when that is over. A disc that was decided to take
    // no more does not take more then.
    DiscState state_before = DiscState::open;
    std::string reason_before;
    std::optional<Timestamp>
        missing_since;  // emulated: its image is on no shelf; says nothing about its content
    std::uint64_t capacity_bytes = 0;
    std::uint64_t free_bytes = 0;
    unsigned sessions_used = 0;
    unsigned sessions_left = 0;
    std::uint32_t next_lba = 0;  // next writable address after the last good disc session
    std::string head_digest;  // SHA-256 (hex) of the image's first 64 KiB after the last good disc session;
                              // emulated only
    Timestamp created_at;
};

enum class AttemptState : std::uint8_t { writing, verifying, verified, failed };
[[nodiscard]] std::string_view to_string(AttemptState state);

// Why an attempt failed.
enum class AttemptCause : std::uint8_t {
    none,            // it did not, or a burnbox before schema 5 did not note it
    interrupted,     // burnbox or the machine stopped in the middle
    together,        // one of several sessions is to blame: it is looked for in smaller groups
    staged_damaged,  // a staged file differs from its manifest
    no_space,        // the file system of an image is full
    write_error,     // drive, disc or library failed to write
    mismatch,        // what was written reads back different
    unjudged,        // whether it was written could not be told
    out_of_reach,    // the drive hangs or is gone
    disc_gone,       // the disc was taken out, or its image is on no shelf
    image_changed,   // something else changed the image meanwhile
};
[[nodiscard]] std::string_view to_string(AttemptCause cause);

struct AttemptFailure {
    std::string reason;  // for people
    AttemptCause cause = AttemptCause::none;
    bool spoiled = false;  // the disc can't be used any more
};

struct AttemptRow {
    AttemptId id = 0;
    DiscId disc = 0;
    std::string drive;
    std::vector<SessionId> sessions;
    unsigned disc_session = 0;    // the number it gets on the disc, from 1
    std::uint32_t start_lba = 0;  // where it begins
    std::uint32_t blocks = 0;     // 0 until written
    AttemptState state = AttemptState::writing;
    Timestamp started_at;
    std::optional<Timestamp> ended_at;
    std::string messages;  // of libburn and libisofs at SORRY or above, one a line; the reason when it failed
    std::optional<TreeArea> tree{};  // nothing: an older burnbox burned it
    AttemptCause cause = AttemptCause::none;
    bool spoiled = false;  // its disc became suspect by it
};

struct FileRow {       // a file of a burned session
    std::string path;  // as on the disc, from its root: "/alice/holiday/data/a.jpg"
    std::uint64_t size_bytes = 0;
    Sha256 sha256;
    std::uint32_t lba = 0;
    unsigned part{};  // of a session in parts; read only
};

struct DiscSessionRow {  // one session's place on one disc
    DiscId disc = 0;
    std::string disc_label;
    unsigned disc_session = 0;
    SessionId session = 0;
    std::string account;
    std::string session_name;  // disc name
    std::uint32_t start_lba = 0;
    std::uint32_t blocks = 0;
    Timestamp burned_at;
    Timestamp verified_at;
    std::string medium, media_id, serial, drive, location;  // of the disc, for the receipt
    unsigned part{};                                        // of a session in parts, whose row is there
    std::optional<Timestamp> checked_at{};  // the last read-back after that of the burn; nothing = none
    bool good = true;                       // what the last read-back found
};

struct FoundFile {
    std::string path;
    std::uint64_t size_bytes = 0;
    Sha256 sha256;
    std::string account, session, disc;
    unsigned disc_session = 0;
};

}  // namespace burnbox
