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
#include "server/files/session_files.hpp"
#include "server/rules/marker_rule.hpp"
#include "server/sessions/done.hpp"

namespace burnbox::upload {

using ConnectionId = std::uint64_t;
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
    away,      // its folder is not where it was: removed or moved by somebody on the server
    gone,      // its folder was removed
};

class OpenSession {
  public:
    OpenSession(FileSystem& state_fs, const std::string& account, std::string session)
        : name(std::move(session)), files(state_fs, account, name) {}
    // One that no client fills: it has no journal, and its account does not list it.
    explicit OpenSession(std::string session) : name(std::move(session)) {}

    std::string name;
    Phase phase = Phase::open;
    SessionFiles files;
    std::map<HandleId, WriteHandleEntry> handles;  // open for writing
    bool leased = false;                           // a program writes in its folder
    bool leased_alone = false;                     // into files that it finds: nobody else may
    unsigned refusals = 0;                         // burnbox's own files changed that often
    std::set<ConnectionId> writers;                // connections that changed something and are still there
    std::uint64_t inode = 0;                       // of its folder; 0 = nobody looked yet
    std::uint64_t away_bytes = 0;                  // in Phase::away: counted before, and not now
    std::size_t others = 0;                        // folders and links in it
    SessionFiles::Missed missed_meanwhile;         // in Phase::arriving and sealing: SessionFiles::missed
    std::uint64_t folders_completed = 0;           // the counter at the last change of a folder or link
    std::string unread;         // why nobody knows what is whole in it: never sealed before the next start
    std::string reason;         // why the last marker was refused
    std::string marker_asked;   // of the seal that is under way, or was the last; "" = by the command
    std::string sealed_answer;  // in Phase::sealed: what its marker was answered
    std::optional<Error> last_refusal;  // the same when it was refused
    std::vector<Done> waiting;          // markers whose answer is under way
    unsigned pending_hashes = 0;        // files being hashed in the background
    std::function<void()> when_hashed;  // the seal waits for them

    // After it was sealing or arriving: what was refused meanwhile is missing now.
    void open_again();
    // SessionFiles::missed, in whatever phase it is. False: nothing is new of it.
    bool note_missed(const std::string& path) {
        if (phase == Phase::arriving || phase == Phase::sealing)
            return SessionFiles::add_missed(missed_meanwhile, path);
        return files.missed(path);
    }
    [[nodiscard]] FileRecord* find(std::string_view path) { return files.find(path); }
    // Open for writing, without the marker that is being answered: these must end before the seal.
    [[nodiscard]] std::vector<std::string> paths_being_written(std::string_view marker) const;
    [[nodiscard]] bool has_writers_below(std::string_view path) const;
    // Moves the records of `from` and of everything below it, into another session too; handles follow. What
    // was at `to` is forgotten. Returns the bytes that were counted for what was replaced.
    std::uint64_t rename_into(OpenSession& other, const std::string& from, const std::string& to);
    // Forgets a removed file and returns its counted bytes. Open handles lose their name.
    std::uint64_t forget(const std::string& path);
};

}  // namespace burnbox::upload
