// The catalogue: which disc holds what, and which session is where on its way there. A seam: SqlCatalogue is
// the real one (SOCI), tests add one that fails at call N. Every method is one transaction, durable when it
// returns; nothing is cached. Threads: any. Blocks; never call it on a network thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/digest.hpp"
#include "common/base/error.hpp"
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
    std::string reason;  // why it waits or failed, for people
    std::string root{};  // the watched folder that its folder is in (host path); "" = the account's inbox
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
    std::string drive;     // where it was last seen
    std::string medium;    // "dvd+r"
    std::string media_id;  // manufacturer's
    std::string location;  // image file of an emulated disc
    DiscState state = DiscState::open;
    std::string reason;  // why it is suspect, for people
    Suspicion suspicion = Suspicion::none;
    std::optional<Timestamp> suspect_at;
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

class Catalogue {
  public:
    virtual ~Catalogue() = default;

    // --- sessions; parts are found by their id, parts() and burn_queue() only
    // Inserts a sealed session; row.id is ignored, row.disc_name is what the caller asks for.
    // Errors: Errc::exists when the account has that disc name already (any case): take the next one.
    [[nodiscard]] virtual Result<SessionId> add_session(const SessionRow& row) = 0;
    [[nodiscard]] virtual Result<SessionRow> session(SessionId id) = 0;  // Errc::not_found
    [[nodiscard]] virtual Result<std::optional<SessionRow>> find_session(const std::string& account,
                                                                         const std::string& disc_name) = 0;
    // In the account's inbox; not in watched folders.
    [[nodiscard]] virtual Result<std::optional<SessionRow>> find_session_by_folder(
        const std::string& account, const std::string& folder) = 0;
    // All, oldest seal first; of one account when it is not empty.
    [[nodiscard]] virtual Result<std::vector<SessionRow>> sessions(const std::string& account) = 0;
    [[nodiscard]] virtual Result<std::vector<SessionRow>> sessions_in_state(
        SessionState state) = 0;  // oldest first
    [[nodiscard]] virtual Result<std::vector<std::string>> disc_names(const std::string& account) = 0;
    // One step of the state table, only if the row is in `from`: else Errc::conflict and nothing changes.
    [[nodiscard]] virtual Status step(SessionId id, SessionState from, SessionState to,
                                      const std::string& reason) = 0;
    [[nodiscard]] virtual Status set_reason(SessionId id, const std::string& reason) = 0;
    [[nodiscard]] virtual Status begin_move(SessionId id, const std::string& folder_next) = 0;
    [[nodiscard]] virtual Status end_move(SessionId id) = 0;  // folder = folder_next, folder_next = ""
    [[nodiscard]] virtual Status set_folder(SessionId id,
                                            const std::string& folder) = 0;  // clears folder_next
    [[nodiscard]] virtual Status remove_session(SessionId id) = 0;           // withdrawn ones only

    // --- sessions larger than a disc
    // The session is to be burned as these parts; of each, disc_name, seal_id, content_digest, bytes and
    // files_count count. Errc::conflict when it is not queued, has parts, or is on a disc.
    [[nodiscard]] virtual Status split_session(SessionId id, const std::vector<SessionRow>& parts) = 0;
    [[nodiscard]] virtual Result<std::vector<SessionRow>> parts(SessionId whole) = 0;  // by number
    // What is queued to be burned as it is, oldest first: sessions without parts, and parts.
    [[nodiscard]] virtual Result<std::vector<SessionRow>> burn_queue() = 0;

    // --- discs
    [[nodiscard]] virtual Result<DiscId> add_disc(
        const DiscRow& row) = 0;  // Errc::exists: label or its first 16 characters taken
    [[nodiscard]] virtual Status update_disc(const DiscRow& row) = 0;  // by id; label and serial never change
    // Where it was seen last; it is missing no more. Touches nothing else: any drive may say so.
    [[nodiscard]] virtual Status disc_seen(DiscId id, const std::string& drive,
                                           const std::string& location) = 0;
    [[nodiscard]] virtual Status disc_missing(DiscId id, Timestamp since) = 0;  // keeps an earlier time
    [[nodiscard]] virtual Result<std::vector<DiscRow>> discs() = 0;             // oldest first
    [[nodiscard]] virtual Result<std::optional<DiscRow>> find_disc(const std::string& label) = 0;

    // --- attempts
    // Inserts the attempt and steps its sessions queued -> burning, all or nothing (Errc::conflict when one
    // is not queued).
    [[nodiscard]] virtual Result<AttemptId> begin_attempt(const AttemptRow& row) = 0;
    // Steps its sessions burning -> verifying too.
    [[nodiscard]] virtual Status attempt_written(AttemptId id, std::uint32_t start_lba, std::uint32_t blocks,
                                                 const std::string& messages) = 0;

    struct BurnedSession {
        SessionId id = 0;
        std::vector<FileRow> files;
    };
    // The end of a good attempt, in one transaction: attempt verified, disc updated, disc session and files
    // stored. A session whose copies are complete (`copies_wanted` different discs) becomes burned, else
    // queued again.
    [[nodiscard]] virtual Status attempt_verified(AttemptId id, const DiscRow& disc,
                                                  const std::vector<BurnedSession>& sessions,
                                                  Timestamp burned_at, Timestamp verified_at,
                                                  unsigned copies_wanted) = 0;
    // The end of a bad one: attempt failed, disc updated, sessions stepped to `to` (queued or failed) with
    // the reason.
    [[nodiscard]] virtual Status attempt_failed(AttemptId id, const DiscRow& disc, SessionState to,
                                                const AttemptFailure& failure) = 0;
    [[nodiscard]] virtual Result<std::vector<AttemptRow>> unfinished_attempts() = 0;  // writing or verifying
    [[nodiscard]] virtual Result<std::vector<AttemptRow>> attempts(SessionId session) = 0;
    // Those on this drive that have ended since a person last vouched for it, the newest first, at most 100.
    [[nodiscard]] virtual Result<std::vector<AttemptRow>> attempts_on_drive(const std::string& drive) = 0;
    // A person vouches for the drive: what it did before counts no more.
    [[nodiscard]] virtual Status trust_drive(const std::string& drive) = 0;

    // --- a disc that holds more than the catalogue knew
    struct TakenSession {
        SessionId id = 0;  // 0: it has no row; `row` becomes one, in its state: burned or failed
        SessionRow row{};  // disc_name "": its place is noted under `listed_as`, and nothing else
        std::string listed_as{};
        std::vector<FileRow> files{};
    };
    struct TakenDiscSession {
        unsigned disc_session = 0;
        std::uint32_t start_lba = 0;
        std::uint32_t blocks = 0;
        std::vector<TakenSession> sessions{};
        Timestamp burned_at{};
        Timestamp verified_at{};
    };
    // One disc session that was found on the disc and read back, in one transaction: the disc is updated; its
    // unfinished attempt, if any, has failed, and its sessions are queued again; a verified attempt holds the
    // disc session and the files. What the disc holds of it already is left out. A session that waits or has
    // failed and whose copies are complete now (`copies_wanted` different discs) is burned. Returns those
    // that are. Errc::exists when a new row's disc name is taken.
    [[nodiscard]] virtual Result<std::vector<SessionId>> take_in(const DiscRow& disc,
                                                                 const TakenDiscSession& found,
                                                                 unsigned copies_wanted) = 0;

    // --- its age: a copy that is put back is younger than what was noted beside the data
    // Grows with every disc and every attempt that is begun.
    [[nodiscard]] virtual Result<std::uint64_t> generation() = 0;
    // The number of the next disc, for its label: one more than that of the last one.
    [[nodiscard]] virtual Result<unsigned> next_disc_number() = 0;
    // Goes on behind `generation`, `skip` disc numbers later.
    [[nodiscard]] virtual Status go_on_after(std::uint64_t generation, unsigned skip) = 0;

    // --- what is where
    // Verified ones; those of its parts too.
    [[nodiscard]] virtual Result<std::vector<DiscSessionRow>> copies(SessionId session) = 0;
    [[nodiscard]] virtual Result<std::vector<DiscSessionRow>> disc_sessions(
        DiscId disc) = 0;  // verified ones, by number
    // A later read-back of this session's place on this disc. Errc::not_found when it has none there.
    [[nodiscard]] virtual Status copy_checked(DiscId disc, SessionId session, bool good, Timestamp at) = 0;
    [[nodiscard]] virtual Result<std::vector<FileRow>> files(SessionId session) = 0;
    // Files whose path or base name matches the glob; of one account when it is not empty; at most `most`.
    [[nodiscard]] virtual Result<std::vector<FoundFile>> find(const std::string& account,
                                                              const std::string& glob, std::size_t most) = 0;
    // A burned session of this account and name with this content, if any: sent twice. Not one, with a
    // part or as a whole, none of whose copies counts any more: see copy_rules.
    [[nodiscard]] virtual Result<std::optional<SessionRow>> find_same_content(
        const std::string& account, const std::string& name, const Sha256& content_digest) = 0;

    // Commits a write that changes nothing: whether it can be written now.
    [[nodiscard]] virtual Status check_writable() = 0;

    // Its files were taken away from under it: what it holds is made durable where it can be found, in the
    // main file when that is still in its place, else in a new file `copy`, which must not exist. True: in
    // the copy.
    [[nodiscard]] virtual Result<bool> rescue(const std::string& copy) {
        return fail(Errc::unsupported, "rescue the catalogue to " + copy + ": it is no file");
    }
};

}  // namespace burnbox
