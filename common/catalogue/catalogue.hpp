// The catalogue: which disc holds what, and which session is where on its way there. Each method is declared
// here and written, with its SQL, in one of the *_queries.cpp; the seam is below them: Database, which tests
// let fail at operation N. Every method is one transaction, durable when it returns; nothing is cached.
// Threads: any. Blocks; never call it on a network thread.
#pragma once

#include <functional>
#include <memory>
#include <set>

#include "common/base/error.hpp"
#include "common/catalogue/rows.hpp"

namespace burnbox {

class Database;

// Told of every operation that failed because the database could not be read or written, from the thread it
// failed on and before the caller knows. Only notes it: the database waits.
using CatalogueTrouble = std::function<void(const Error&)>;

class Catalogue {
  public:
    // Opens or creates the database and migrates its schema to this program's version. `url` is sqlite3://
    // and an absolute path. Errors name the database and the remedy; one written by a newer burnbox is
    // refused.
    [[nodiscard]] static Result<std::unique_ptr<Catalogue>> open(const std::string& url,
                                                                 CatalogueTrouble on_trouble = {});
    // On a database whose schema is this program's.
    explicit Catalogue(std::unique_ptr<Database> database);
    ~Catalogue();

    // --- sessions; parts are found by their id, parts() and burn_queue() only
    // Inserts a sealed session; row.id is ignored, row.disc_name is what the caller asks for.
    // Errors: Errc::exists when the account has that disc name already (any case): take the next one.
    [[nodiscard]] Result<SessionId> add_session(const SessionRow& row);
    // By a session, or on a disc by one that has no row any more.
    [[nodiscard]] Result<bool> is_name_taken(const std::string& account, const std::string& disc_name);
    [[nodiscard]] Result<SessionRow> session(SessionId id);  // Errc::not_found
    [[nodiscard]] Result<std::optional<SessionRow>> find_session(const std::string& account,
                                                                 const std::string& disc_name);
    // In the account's inbox; not in watched folders.
    [[nodiscard]] Result<std::optional<SessionRow>> find_session_by_folder(const std::string& account,
                                                                           const std::string& folder);
    // All, oldest seal first; of one account when it is not empty.
    [[nodiscard]] Result<std::vector<SessionRow>> sessions(const std::string& account);
    [[nodiscard]] Result<std::vector<SessionRow>> sessions_in_state(SessionState state);  // oldest first
    [[nodiscard]] Result<std::vector<std::string>> disc_names(const std::string& account);
    // One step of the state table, only if the row is in `from`: else Errc::conflict and nothing changes.
    [[nodiscard]] Status step(SessionId id, SessionState from, SessionState to, const std::string& reason);
    [[nodiscard]] Status set_reason(SessionId id, const std::string& reason);
    // What a former run said of those that are queued may not hold any more: it is forgotten, but for which
    // copies they have. Returns whose reason is another one now.
    [[nodiscard]] Result<std::vector<SessionId>> forget_reasons();
    [[nodiscard]] Status begin_move(SessionId id, const std::string& folder_next);
    [[nodiscard]] Status end_move(SessionId id);  // folder = folder_next, folder_next = ""
    [[nodiscard]] Status set_folder(SessionId id,
                                    const std::string& folder);  // clears folder_next
    // Another content is burned than the one that was sealed: a person said so. The row says from now on what
    // `content` says: content_digest, marker_name, marker_sha256, bytes and files_count. Errc::conflict when
    // it has not failed, has parts, or is on a disc.
    [[nodiscard]] Status reseal(SessionId id, const SessionRow& content);
    [[nodiscard]] Status remove_session(SessionId id);  // withdrawn ones only

    // --- on how many discs: what was promised at the seal holds, whatever the pool says by then
    // Of this pool, not burned yet, of which nobody knows: an older burnbox sealed them.
    [[nodiscard]] Status promise_copies(const std::string& pool, unsigned copies);
    // A person wants so many of this one, which is queued (Errc::conflict when not).
    [[nodiscard]] Status set_copies(SessionId id, unsigned copies);
    // A person wants it and its parts, as far as they are queued or failed, burned in this pool.
    [[nodiscard]] Status set_pool(SessionId id, const std::string& pool);
    // A queued session whose copies are complete by now (copy_rules) is burned. False: they are not.
    [[nodiscard]] Result<bool> complete_copies(SessionId id);

    // --- sessions larger than a disc
    // The session is to be burned as these parts, or was, when it was found: of each, disc_name, seal_id,
    // content_digest, bytes, files_count, state and reason count. Errc::conflict when it has parts, is on a
    // disc, or is not queued, failed or burned, as its parts then are.
    [[nodiscard]] Status split_session(SessionId id, const std::vector<SessionRow>& parts);
    [[nodiscard]] Result<std::vector<SessionRow>> parts(SessionId whole);  // by number
    // What is queued to be burned as it is, oldest first: sessions without parts, and parts.
    [[nodiscard]] Result<std::vector<SessionRow>> burn_queue();

    // --- discs
    [[nodiscard]] Result<DiscId> add_disc(
        const DiscRow& row);  // Errc::exists: label or its first 16 characters taken
    [[nodiscard]] Status update_disc(const DiscRow& row);  // by id; label and serial never change
    // Where it was seen last; it is missing no more. Touches nothing else: any drive may say so.
    [[nodiscard]] Status disc_seen(DiscId id, const std::string& drive, const std::string& location);
    [[nodiscard]] Status disc_missing(DiscId id, Timestamp since);  // keeps an earlier time
    [[nodiscard]] Result<std::vector<DiscRow>> discs();             // oldest first
    [[nodiscard]] Result<std::optional<DiscRow>> find_disc(const std::string& label);

    // --- attempts
    // Inserts the attempt and steps its sessions queued -> burning, all or nothing (Errc::conflict when one
    // is not queued).
    [[nodiscard]] Result<AttemptId> begin_attempt(const AttemptRow& row);
    // Steps its sessions burning -> verifying too.
    [[nodiscard]] Status attempt_written(AttemptId id, std::uint32_t start_lba, std::uint32_t blocks,
                                         const std::string& messages);

    struct BurnedSession {
        SessionId id = 0;
        std::vector<FileRow> files;
    };
    // The end of a good attempt, in one transaction: attempt verified, disc updated, disc session and files
    // stored. A session whose copies are complete (copy_rules) becomes burned, else queued again.
    [[nodiscard]] Status attempt_verified(AttemptId id, const DiscRow& disc,
                                          const std::vector<BurnedSession>& sessions, Timestamp burned_at,
                                          Timestamp verified_at);
    // The end of a bad one: attempt failed, disc updated; those of its sessions that need a person have
    // failed, the others are queued again, with the reason.
    [[nodiscard]] Status attempt_failed(AttemptId id, const DiscRow& disc,
                                        const std::set<SessionId>& need_a_person,
                                        const AttemptFailure& failure);
    [[nodiscard]] Result<std::vector<AttemptRow>> unfinished_attempts();  // writing or verifying
    [[nodiscard]] Result<std::vector<AttemptRow>> attempts(SessionId session);
    // The good one that made this disc session, if it is known; the newest.
    [[nodiscard]] Result<std::optional<AttemptRow>> attempt_of(DiscId disc, unsigned disc_session);
    // Those on this drive that have ended since a person last vouched for it, the newest first, at most 100.
    [[nodiscard]] Result<std::vector<AttemptRow>> attempts_on_drive(const std::string& drive);
    // A person vouches for the drive: what it did before counts no more.
    [[nodiscard]] Status trust_drive(const std::string& drive);

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
    // failed and whose copies are complete now (copy_rules) is burned. Returns those that are. Errc::exists
    // when a new row's disc name is taken.
    [[nodiscard]] Result<std::vector<SessionId>> take_in(const DiscRow& disc, const TakenDiscSession& found);

    // --- its age: a copy that is put back is younger than what was noted beside the data
    // Grows with every disc and every attempt that is begun.
    [[nodiscard]] Result<std::uint64_t> generation();
    // The number of the next disc, for its label: one more than that of the last one.
    [[nodiscard]] Result<unsigned> next_disc_number();
    // What was begun last, a disc and an attempt, in words that no other catalogue has; "" = nothing was. A
    // fork of it, that went on for itself from the same copy, may be as old and has begun something else.
    [[nodiscard]] Result<std::string> last_begun();
    // Whether that was begun here, once; true of "".
    [[nodiscard]] Result<bool> has_begun(const std::string& what);
    // Goes on behind `generation`, `skip` disc numbers later.
    [[nodiscard]] Status go_on_after(std::uint64_t generation, unsigned skip);

    // --- what is where
    // Verified ones; those of its parts too.
    [[nodiscard]] Result<std::vector<DiscSessionRow>> copies(SessionId session);
    [[nodiscard]] Result<std::vector<DiscSessionRow>> disc_sessions(DiscId disc);  // verified ones, by number
    // A later read-back of this place, whose disc, account and name tell it. Errc::not_found when there is
    // none.
    [[nodiscard]] Status copy_checked(const DiscSessionRow& place, bool good, Timestamp at);
    [[nodiscard]] Result<std::vector<FileRow>> files(SessionId session);
    // Files whose path or base name matches the glob; of one account when it is not empty; at most `most`.
    [[nodiscard]] Result<std::vector<FoundFile>> find(const std::string& account, const std::string& glob,
                                                      std::size_t most);
    // A session of this account and name with this content that waits, is at work or is burned, if any: sent
    // twice. Not a burned one, with a part or as a whole, none of whose copies counts any more: see
    // copy_rules.
    [[nodiscard]] Result<std::optional<SessionRow>> find_same_content(const std::string& account,
                                                                      const std::string& name,
                                                                      const Sha256& content_digest);

    // Commits a write that changes nothing: whether it can be written now.
    [[nodiscard]] Status check_writable();

    // Its files were taken away from under it: what it holds is made durable where it can be found, in the
    // main file when that is still in its place, else in a new file `copy`, which must not exist. True: in
    // the copy.
    [[nodiscard]] Result<bool> rescue(const std::string& copy);

    // Where it is kept: tests put one that fails in front of it.
    [[nodiscard]] Database& database() { return *database_; }

  private:
    const std::unique_ptr<Database> database_;
};

}  // namespace burnbox
