// The files of an open session: what is known of each, changed by events alone, and written to its journal by
// nobody else. Each event is told at its moment: those marked "before" when the file is about to be changed,
// so that a server that is killed in between leaves a journal that claims too little, never too much. Thread
// rule: guarded by the account's mutex. Nothing here looks at the inbox.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/files/file_record.hpp"
#include "server/files/hash_files.hpp"
#include "server/files/journal.hpp"

namespace burnbox::upload {

class SessionFiles {
  public:
    // By path in the session. A file with several names is in it several times.
    using Map = std::map<std::string, std::shared_ptr<FileRecord>, std::less<>>;

    SessionFiles() = default;  // without a journal
    SessionFiles(FileSystem& state_fs, const std::string& account, const std::string& session)
        : journal_(state_fs, account, session) {}

    [[nodiscard]] FileRecord* find(std::string_view path);
    [[nodiscard]] const FileRecord* find(std::string_view path) const;
    [[nodiscard]] const Map& all() const { return files_; }
    [[nodiscard]] std::size_t count() const { return files_.size(); }
    [[nodiscard]] std::vector<std::string> paths_cut_off() const;
    [[nodiscard]] std::uint64_t bytes() const;
    // A transfer by a program that writes by itself did not end well, or has not ended: what it was to bring
    // is missing.
    [[nodiscard]] bool is_transfer_open() const { return transfer_open_; }

    // What was refused for a reason of the server's (server_reason.hpp), and was not made or sent since.
    // "" stands for those that are too many to be noted; no request takes it away.
    using Missed = std::set<std::string, std::less<>>;
    static constexpr std::size_t kMostMissed = 100;
    // False: nothing is new of it.
    static bool add_missed(Missed& missed, const std::string& path);
    [[nodiscard]] const Missed& missed() const { return missed_; }
    bool missed(const std::string& path);
    // What a path asks for is there now, or is not wanted any more; files: it was opened for writing.
    void made(const std::string& path);

    // OPEN. `anew`: made, or emptied, by it; `made`: it was not there before. Handles that were open on it
    // write no more, unless they stay.
    struct Opening {
        HandleId id = 0;
        bool made = false;
        bool anew = false;
        bool others_stay = false;
    };
    void opened(const std::string& path, const Opening& opening);
    // Before [begin, end) is written; the file is of `size_before` bytes. Errors: that it leaves a gap can't
    // be noted, so it must not be written.
    [[nodiscard]] Status written(const std::string& path, FileRecord& record, HandleId id,
                                 Coverage::Run bytes, std::uint64_t size_before);
    // Nobody knows what is there now.
    void write_failed(const std::string& path, FileRecord& record, Coverage::Run bytes);
    // Before its size is set, by a handle or (0) by its path. Errors: as those of written().
    [[nodiscard]] Status truncated(const std::string& path, FileRecord& record, HandleId id,
                                   std::uint64_t size_bytes);
    // After its size was set to 0: what comes now is sent anew.
    void emptied(const std::string& path, FileRecord& record, HandleId id);
    // CLOSE. The digest: known when this handle made it anew and wrote in order.
    void closed(const std::string& path, HandleId id, const FileInfo& info,
                const std::optional<Sha256>& digest, const Completion& completion);
    // The handle is gone without a CLOSE. `failed`: one of its writes did.
    void dropped(const std::string& path, HandleId id, bool failed);
    // The handle is gone; what it wrote was taken as it was.
    void let_go(const std::string& path, HandleId id);
    // CLOSE of a marker: it is complete, whatever is in it, and whoever has it open still.
    void taken_as_marker(const std::string& path);

    // A file that somebody put there without us: as it is.
    FileRecord& found(const std::string& path);
    // The same, where that may be another file than before, which may have other names still.
    FileRecord& found_at(const std::string& path, const FileInfo& info);
    // Counted at another size.
    void counted(FileRecord& record, std::uint64_t size_bytes) { record.size_bytes_ = size_bytes; }
    // Times, mode or name were set: the content is the same if nobody else touched it before.
    void restamped(FileRecord& record, const FileInfo& before, const FileInfo& after);
    // This is the file that the record is of.
    void stamped(FileRecord& record, const FileInfo& info) { record.stamp_ = stamp_of(info); }
    void completed(FileRecord& record, const Completion& completion) { record.completion_ = completion; }
    // Where the file is now that was at `path` when it was complete.
    [[nodiscard]] std::optional<std::string> path_completed(const std::string& path, std::uint64_t completed);
    // Read when it was complete; forgotten unless it is the same file still. It may have another name by now.
    void hashed(const std::string& path, std::uint64_t completed, const HashedFile& hashed);
    // Read at the seal. False when it is not what the journal says: it is lost then.
    bool read(const std::string& path, const HashedFile& hashed);
    // A checksum list vouches for this content. False: nothing changes, because what was read may not be what
    // the disk has.
    bool proven(const std::string& path, const HashedFile& hashed);
    // Every file must be sent anew: the disk may have lost any of them.
    void lost_all();

    // What a program brought. `hashed`: none when it could not be read yet. `well`: it ended well.
    struct Bringing {
        FileInfo info;
        const HashedFile* hashed = nullptr;
        bool well = false;
        bool goes_on = false;  // it wrote behind what it found, and looked at none of that
        std::uint64_t bytes_before = 0;
        Completion completion;
    };
    void brought(const std::string& path, const Bringing& bringing);
    // Errors: that it began can't be noted, so it must not.
    [[nodiscard]] Status transfer_began();
    void transfer_ended_well();

    // A client said it of a file or folder; its staging copy may show another.
    void described(const std::string& path, const SentFacts& facts);
    [[nodiscard]] const SentFacts* sent(std::string_view path) const;
    [[nodiscard]] const std::map<std::string, SentFacts, std::less<>>& all_sent() const { return sent_; }

    void linked(const std::string& existing, const std::string& path);
    // Records of `from` and of everything below it, folders too; what was at `to` must be forgotten.
    void renamed(const std::string& from, const std::string& to);
    // The same into another session. Requires can_leave().
    void moved(SessionFiles& other, const std::string& from, const std::string& to);
    // Whether what is at and below `path` may go to another session: all of it whole, and no file with
    // another name that stays. Errors: Errc::permission.
    [[nodiscard]] Status can_leave(std::string_view path) const;
    void removed(const std::string& path);
    void clear() { files_.clear(); }

    // A file of a session that was sealed and is open again: as whole as it was sealed.
    void withdrawn(const std::string& path, const Sha256& sha256, const Completion& completion);

    // Nothing is known of it that a folder with the same content would not show.
    [[nodiscard]] bool is_blank() const {
        return files_.empty() && sent_.empty() && missed_.empty() && !transfer_open_;
    }

    // At start: what the journal says of the session, then of each file that is there.
    [[nodiscard]] Result<JournalContent> load() { return journal_.load(); }
    // `inode_of`: of the file at a path, if one is there.
    using InodeOf = std::function<std::optional<std::uint64_t>(const std::string&)>;
    void recovered(const JournalContent& journal, const InodeOf& inode_of, bool machine_went_down);
    FileRecord& recovered(const JournalContent& journal, const std::string& path, const FileInfo& info,
                          bool machine_went_down);

    // What the start makes of each file is written down.
    void recovered_all() { journal_.caught_up(); }

    // The journal's file: Journal.
    [[nodiscard]] Status begin_journal() { return journal_.begin(); }
    void forsake_journal() { journal_.forsake(); }
    [[nodiscard]] const std::string& journal_path() const { return journal_.path(); }
    void rest_journal() { journal_.rest(); }
    void rename_session(const std::string& session) { journal_.rename_session(session); }
    void remove_journal() { journal_.remove(); }
    [[nodiscard]] Status restart_journal(const Manifest& manifest) { return journal_.restart(manifest); }

  private:
    [[nodiscard]] FileRecord* by_completion(std::string& path, std::uint64_t completed);
    void end_proof(const std::string& path, const FileRecord& record);
    [[nodiscard]] Status note_gap(const std::string& path, FileRecord& record, std::uint64_t size_bytes);
    static void unknow(FileRecord::Course& course, Coverage::Run bytes);
    void end_writer(FileRecord& record, HandleId id);
    void note_whole(const std::string& path, const FileRecord& record);
    void lose(const std::string& path, FileRecord& record);
    FileRecord& separate(const std::string& path);
    void transfer_came();  // with what was moved here
    void move_missed(SessionFiles& other, const std::string& from, const std::string& to);

    Map files_;
    std::map<std::string, SentFacts, std::less<>> sent_;
    Missed missed_;
    bool transfer_open_ = false;
    std::map<std::uint64_t, std::string> by_inode_;  // at start: the first name of each file that has several
    std::set<const ProvenFile*> mixed_up_;  // at start: the journal shares it between files that are several
    bool misses_unkept_ = false;
    bool misses_lines_ = false;  // of the journal: a crash came between a change of names and its line
    Journal journal_;
};

}  // namespace burnbox::upload
