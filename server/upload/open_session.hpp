// An open session in memory: which of its files are whole, being written or cut off, and who writes. It
// follows every change that comes through this server; files that an administrator puts there are seen at the
// seal only. Thread rule: everything here is guarded by the mutex of the account it belongs to. Nothing here
// looks at the inbox.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "server/upload/client.hpp"
#include "server/upload/journal.hpp"
#include "server/upload/marker_rule.hpp"

namespace burnbox::upload {

using ConnectionId = std::uint64_t;
using HandleId = std::uint64_t;

enum class FileState : std::uint8_t { writing, whole, cut_off };

// A moment of the file on disk: when these are unchanged, its content is.
struct FileStamp {
    std::uint64_t inode = 0;
    std::uint64_t size_bytes = 0;
    Timestamp ctime;
    bool operator==(const FileStamp&) const = default;
};
[[nodiscard]] FileStamp stamp_of(const FileInfo& info);

struct FileRecord {
    FileState state = FileState::whole;
    unsigned writers = 0;  // open handles
    bool mixed = false;    // more than one hand wrote: a running hash says nothing
    bool lost = false;     // the disk may have lost what came until now: sent anew, or proven, it is whole
    std::uint64_t size_bytes = 0;  // as counted against the quota
    std::optional<Sha256> digest;  // of the content as `stamp` saw it
    FileStamp stamp;
    bool from_journal = false;        // the digest was written down before a restart: it must be proven again
    std::uint64_t completed = 0;      // Uploads' counter when it was complete
    std::uint64_t sender_opened = 0;  // the counter when the connection that sent it was opened; 0 = unknown
    Timestamp sender_opened_at;       // the same as time of day

    // After a change of times, mode or name: the content is the same if nobody else touched it before.
    void restamp(const FileInfo& before, const FileInfo& after) {
        if (stamp == stamp_of(before)) stamp = stamp_of(after);
    }
};

// Shared by a handle and the session: writes pass only while it is open. Its mutex is taken before the
// account's.
struct WriteGate {
    enum class Shut : std::uint8_t { no, sealed, sent_anew };
    std::mutex mutex;
    Shut shut = Shut::no;
};

struct WriteHandleEntry {
    std::string path;  // in the session, follows renames; "" = the file was removed or is being sent anew
    ConnectionId connection = 0;
    std::shared_ptr<WriteGate> gate;
};

enum class Phase : std::uint8_t {
    open,
    sealing,   // every change is refused until the seal has an answer
    arriving,  // its folder is on its way back from -queued or -failed
    sealed,    // it is another room's; the object lives on for handles and late markers
    gone,      // its folder was removed
};

class OpenSession {
  public:
    OpenSession(FileSystem& state_fs, const std::string& account, std::string session)
        : name(std::move(session)), journal(state_fs, account, name) {}

    std::string name;
    std::string arrives_in;  // the folder that burnbox fills itself; "" = its folder has its name
    Phase phase = Phase::open;
    std::map<std::string, FileRecord, std::less<>> files;  // by path in the session
    std::map<HandleId, WriteHandleEntry> handles;          // open for writing
    bool lent = false;                                     // a program writes in its folder
    unsigned refusals = 0;                                 // burnbox's own files changed that often
    std::set<ConnectionId> writers;       // connections that changed something and are still there
    std::uint64_t folders_completed = 0;  // the counter at the last change of a folder or link
    Journal journal;
    std::string unread;         // why nobody knows what is whole in it: never sealed before the next start
    std::string reason;         // why the last marker was refused
    std::string sealed_answer;  // in Phase::sealed: what its marker was answered
    std::optional<Error> last_refusal;  // the same when it was refused
    std::vector<Done> waiting;          // markers whose answer is under way
    unsigned pending_hashes = 0;        // files being hashed in the background
    std::function<void()> when_hashed;  // the seal waits for them

    [[nodiscard]] const std::string& folder() const { return arrives_in.empty() ? name : arrives_in; }
    [[nodiscard]] FileRecord* find(std::string_view path);
    // Open for writing, without the marker that is being answered: these must end before the seal.
    [[nodiscard]] std::vector<std::string> paths_being_written(std::string_view marker) const;
    [[nodiscard]] bool has_writers_below(std::string_view path) const;
    [[nodiscard]] std::vector<std::string> paths_cut_off() const;
    [[nodiscard]] std::uint64_t bytes() const;
    void cut_all();  // the disk may have lost any of them: every file must be sent anew

    // Moves the records of `from` and of everything below it; handles follow. What was at `to` is forgotten.
    // Returns the bytes that were counted for what was replaced.
    std::uint64_t rename(const std::string& from, const std::string& to);
    // The same into another session.
    std::uint64_t rename_into(OpenSession& other, const std::string& from, const std::string& to);
    // Forgets a removed file and returns its counted bytes. Open handles lose their name.
    std::uint64_t forget(const std::string& path);
};

}  // namespace burnbox::upload
