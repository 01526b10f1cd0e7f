// Drive: the seam between the burner and whatever writes discs. A real one runs every operation in a fresh
// worker process; tests have an in-memory one and one that fails. Emulated drives have a shelf of images, and
// `load` takes one from it. Threads: one at a time (the drive's burner thread). Every call blocks, for hours
// when it burns.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/bag/bag.hpp"
#include "common/base/error.hpp"
#include "common/session/tree_area.hpp"

namespace burnbox {

inline constexpr std::uint64_t kSectorBytes = 2048;

enum class MediumState : std::uint8_t { none, blank, appendable, closed, foreign, damaged };
[[nodiscard]] std::string_view to_string(MediumState state);

struct Medium {
    std::string profile;  // "dvd+r", "bd-r" ...
    MediumState state = MediumState::none;
    bool readable = false;  // all that was burned on it is whole and burnbox's, whether it takes more or not
    std::string label;      // empty when blank
    std::string serial;
    std::string media_id;
    std::string location;  // image file, or device
    std::uint64_t capacity_bytes = 0;
    std::uint64_t free_bytes = 0;  // what one more disc session may take, its overhead already subtracted
    unsigned sessions_used = 0;
    unsigned sessions_left = 0;
    std::uint32_t next_lba = 0;
    std::string head_digest;          // emulated: SHA-256 (hex) of the first 64 KiB
    std::vector<unsigned> speeds_kb;  // real: at which it can be written, in kB/s, fastest first
    std::string reason;               // why it can't be used, and the remedy
};

// The disc an operation is meant for. The worker refuses when what it finds differs: a swapped disc is
// noticed before anything is written, and an image that lost its sessions is not overwritten.
struct DiscIdentity {
    std::string label;
    std::string serial;
    unsigned sessions_used = 0;  // 0 = blank: it gets label and serial with its first disc session
    std::uint32_t next_lba = 0;  // refused when the medium's is lower
    std::string head_digest;     // refused when it differs; empty = not checked
    std::string media_id{};      // manufacturer and type; refused when it differs; empty = not checked
};

struct BurnSession {
    std::string seal_record;      // host path of state_dir/seals/<id>.jsonl
    std::string folder;           // host path of the sealed folder
    std::string parity_record{};  // host path; empty = the session has no recovery data
    std::string parity_folder{};  // host path of its files
};

struct BurnJob {
    DiscIdentity disc;
    std::vector<BurnSession> sessions;
    Layout layout = Layout::bag;
    ModePolicy modes = ModePolicy::readable;
    // Read-back: this very version wrote it, as `layout` and `modes` say. Else the disc tells how it was
    // burned.
    bool just_burned = false;
    // Read-back: of the disc session, if known. Burn: of the newest one on the disc, if known: nothing is
    // appended to one that differs.
    std::optional<TreeArea> tree{};
    bool close_disc = false;  // for good, with this disc session; without sessions: nothing but that
    std::uint64_t close_below_bytes = 0;  // the same when less than this would be left for another; 0 = never
    std::string
        rollback_file;  // host path where an emulated disc's old head is kept until the new one is durable
};

struct BurnPlan {
    unsigned disc_session = 0;
    std::uint32_t start_lba = 0;
    std::uint32_t blocks = 0;  // exact, with padding; without the overhead between disc sessions
    TreeArea tree{};           // of these blocks, proven: what a read-back compares, also one after a crash
};

struct Written {
    std::uint32_t start_lba = 0;
    std::uint32_t blocks = 0;
    std::string messages;
};

struct VerifiedFile {
    std::string path;  // on the disc, from its root, without leading '/'
    std::uint32_t lba = 0;
};

struct VerifyReport {
    std::uint64_t files_checked = 0;
    std::uint64_t bytes_checked = 0;
    std::vector<VerifiedFile> files{};
    std::vector<std::string>
        mismatches{};  // sentences, at most 100; empty = every entry of every session is as sealed
    std::vector<std::string> repair{};  // sentences: whether the recovery data on the disc mends it
    Layout layout = Layout::bag;        // in which the sessions were found
    ModePolicy modes = ModePolicy::readable;
};

struct Progress {
    std::uint64_t done_bytes = 0;
    std::uint64_t total_bytes = 0;
};

// A session that a disc holds, as far as the disc itself says it.
struct FoundSession {
    std::string account;
    std::string disc_name;
    std::string seal_record{};    // made again from its bag or list; empty: see `unclear`
    std::string parity_record{};  // the same of its recovery data; empty = it has none
    std::string unclear{};        // why it can't be made again
};

struct FoundDiscSession {
    unsigned number = 0;  // from 1
    std::uint32_t start_lba = 0;
    std::uint32_t blocks = 0;
    std::vector<FoundSession> sessions{};    // what it brought
    std::vector<std::string> unexplained{};  // paths: what else it brought
};

// An image in the folder of an emulated drive.
struct ShelfDisc {
    std::string label;     // in its head; of a blank one, or one that has none, its file's name without .iso
    std::string serial;    // empty = it has none
    std::string location;  // the file
    std::string head_digest;  // SHA-256 (hex) of its first 64 KiB; empty = it has fewer
    bool blank = false;       // it has no bytes at all
    bool cut_off = false;     // it has fewer than its head speaks of
    bool closed = false;      // nobody may write to it: its disc is closed
};

// A disc that a drive should have in it.
struct DiscToLoad {
    std::string label;
    std::string location{};  // emulated: its file, directly in image_dir; empty = LABEL.iso
    std::string medium{};    // emulated: what it plays; empty = what the drive's blanks are
};

class BurnObserver {
  public:
    virtual ~BurnObserver() = default;
    // Called once the exact size is known and the tree is proven, before anything is written: an error stops
    // the operation with that error and leaves the disc untouched. The attempt goes into the catalogue here.
    [[nodiscard]] virtual Status about_to_write(const BurnPlan& plan) = 0;
    virtual void progress(const Progress& progress) = 0;  // some times a second
};

// Whether an operation failed because the drive hangs, is gone or can't be reached: a person has to look
// after it, and no disc is to blame.
[[nodiscard]] inline bool drive_is_lost(const Error& error) {
    return error.code == Errc::unreachable;
}

// Whether an operation failed because image_dir, a folder that the server works in, is away: nothing in it
// and no drive is to blame, and it is waited for without limit.
[[nodiscard]] inline bool shelf_is_away(const Error& error) {
    return error.code == Errc::unreachable && error.origin == Origin::state_folder;
}

class Drive {
  public:
    virtual ~Drive() = default;
    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual bool emulated() const = 0;

    // Emulated: puts this disc in; Errc::not_found when its file is not there, wrong_medium when it is no
    // plain file. Real: Errc::wrong_medium with "insert LABEL" when one of another label is there.
    [[nodiscard]] virtual Status load(const DiscToLoad& disc) = 0;
    // Emulated: makes IMAGE_DIR/LABEL.iso exclusively and puts it in; one of no bytes that is there already
    // is put in as it is. Errc::no_medium when no blanks are left, Errc::exists when the name is taken. Real:
    // succeeds when a blank is in, else Errc::no_medium with what to insert.
    [[nodiscard]] virtual Status load_blank(const std::string& label) = 0;
    // Real: whether a medium came or went since the last call, asked without disturbing it; cheap.
    [[nodiscard]] virtual Result<bool> medium_changed() { return false; }
    // What is in it now. No medium is not an error. A tray that is open stays open: somebody is at it.
    [[nodiscard]] virtual Result<Medium> inspect() = 0;
    // The same, after closing the tray if it is open.
    [[nodiscard]] virtual Result<Medium> close_tray() { return inspect(); }
    // Appends one disc session with the cumulative tree. Errors before writing: does_not_fit (the message has
    // both sizes), wrong_medium (also when what is on the disc is not as it was burned), whatever
    // about_to_write returned, corrupt (a staged file differs from its manifest: nothing counts as burned);
    // any other error leaves the disc in doubt: adjudicate() it.
    // A real drive closes nothing without writing: without sessions the same tree is written once more.
    [[nodiscard]] virtual Result<Written> burn(const BurnJob& job, BurnObserver& observer) = 0;
    // Reads disc session `disc_session` back in a fresh process and compares every entry with the seal
    // records.
    [[nodiscard]] virtual Result<VerifyReport> verify(const BurnJob& job, unsigned disc_session,
                                                      BurnObserver& observer) = 0;

    enum class Outcome : std::uint8_t {
        untouched,   // as before the attempt (an interrupted emulated write was rolled back): may be tried
                     // again
        written,     // the disc session is there: verify it
        damaged,     // none of these: the disc is suspect
        holds_more,  // whole disc sessions that the catalogue does not know
        doubtful,  // as before, but something else changed the image: its older disc sessions may be damaged
    };
    // Judges an attempt that was cut off, from the disc itself; job.disc is the disc as it was before the
    // attempt.
    [[nodiscard]] virtual Result<Outcome> adjudicate(const BurnJob& job, unsigned disc_session,
                                                     std::uint32_t start_lba) = 0;

    // The disc sessions behind number `known` of the disc in the drive, and the sessions that each of them
    // brought. Nothing is compared but digests of tag files: verify() does that. Errors: wrong_medium,
    // no_medium, io; corrupt when the disc can't be made out.
    [[nodiscard]] virtual Result<std::vector<FoundDiscSession>> contents(const DiscIdentity& disc,
                                                                         unsigned known) = 0;

    // Emulated: whether image_dir is the folder that it was. Errors: unreachable, of Origin::state_folder, as
    // all that needs the folder then answers. Any thread; cheap.
    [[nodiscard]] virtual Status check_shelf() { return {}; }
    // Emulated: the plain files in image_dir, by name. Real: nothing. Errors: as check_shelf(). Any thread.
    [[nodiscard]] virtual Result<std::vector<ShelfDisc>> shelf() { return std::vector<ShelfDisc>(); }

    // Gives the disc out: opens the tray, or takes the emulated disc out.
    [[nodiscard]] virtual Status eject() = 0;

    // The largest session a blank disc of the kind this drive is fed with could take, payload with all
    // overhead; 0 = unknown.
    [[nodiscard]] virtual std::uint64_t blank_capacity_bytes() const = 0;

    // Emulated: whether the next blank goes in by itself when a disc is full. Real: never; a person or an
    // autoloader changes it.
    [[nodiscard]] virtual bool has_blanks() const { return false; }

    // Any thread: kills the running operation, which then returns an error; what it wrote is in doubt.
    // Nothing runs: no-op.
    virtual void interrupt() {}
    // Any thread, once: from now on only what would be lost goes on: a burn that was given leave to write,
    // a tray that moves, a judgment that may roll an image back. What only reads, or has not begun to write,
    // is cut off, and no more of that begins: Errc::cancelled.
    virtual void drain() {}
};

}  // namespace burnbox
