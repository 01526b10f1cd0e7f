// What is known of one file of an open session, and whether it is provably whole. Its events are in
// SessionFiles, which alone may change it, because it alone writes the journal; the table of states and
// events is in docs/design.md. A file with several names (hard links) has one record. Nothing here looks at
// the disk.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/digest.hpp"
#include "common/storage/file_system.hpp"
#include "server/files/coverage.hpp"

namespace burnbox::upload {

using HandleId = std::uint64_t;

enum class FileState : std::uint8_t {
    whole,    // what was sent is there
    writing,  // open handles have changed it, and none of those was lost
    cut_off,  // one was lost; handles may go on from the end of the gapless beginning
    lost,     // the same, but nothing that is there counts: it must be sent anew
};

// A moment of the file on disk: when these are unchanged, its content is.
struct FileStamp {
    std::uint64_t inode = 0;
    std::uint64_t size_bytes = 0;
    Timestamp ctime;
    bool operator==(const FileStamp&) const = default;
};
[[nodiscard]] FileStamp stamp_of(const FileInfo& info);

// Who completed a file, and when.
struct Completion {
    std::uint64_t now = 0;            // Uploads' counter
    std::uint64_t sender_opened = 0;  // the counter when the connection that sent it was opened; 0 = unknown
    Timestamp sender_opened_at{};     // the same as time of day
};

class FileRecord {
  public:
    [[nodiscard]] FileState state() const { return state_; }
    [[nodiscard]] bool is_cut() const { return state_ == FileState::cut_off || state_ == FileState::lost; }
    [[nodiscard]] std::size_t writers() const { return course_ ? course_->writers.size() : 0; }
    // Complete, and nobody has it open for writing.
    [[nodiscard]] bool is_at_rest() const { return state_ == FileState::whole && writers() == 0; }
    // Up to where everything is known to be there. Of one that is not whole.
    [[nodiscard]] std::uint64_t gapless_bytes() const;
    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }  // as counted against the quota
    [[nodiscard]] unsigned names() const { return names_; }
    // Of the content as `stamp` saw it; nothing when it is only what a journal says.
    [[nodiscard]] std::optional<Sha256> digest(const FileStamp& stamp) const;
    [[nodiscard]] bool has_digest() const { return digest_.has_value(); }
    // The digest was written down before a restart: it must be compared with the file.
    [[nodiscard]] bool is_to_be_compared() const { return from_journal_; }
    [[nodiscard]] const FileStamp& stamp() const { return stamp_; }
    [[nodiscard]] const Completion& completion() const { return completion_; }
    // A program left it that did not end well. Not known any more after a restart.
    [[nodiscard]] bool is_of_program() const { return of_program_; }
    // Since a program began to write in the session.
    [[nodiscard]] bool was_handled() const { return handled_; }

  private:
    friend class SessionFiles;

    struct Writer {
        HandleId id = 0;
        Coverage written;
        bool changed = false;
    };
    // While it has open handles, and while it is not whole.
    struct Course {
        std::vector<Writer> writers;
        std::uint64_t base_bytes = 0;       // of what was whole before the first of these changes
        std::uint64_t lowest = UINT64_MAX;  // the first byte that was written since
        Coverage written;                   // since then, by handles that are gone
        Coverage good;                      // of that: by handles that closed well, and none was lost since
        bool two_hands = false;
        bool scattered = false;  // the journal knows that it has, or had, a gap
    };

    [[nodiscard]] Course& course();
    [[nodiscard]] Writer* writer(HandleId id);
    [[nodiscard]] bool is_being_changed() const;
    [[nodiscard]] bool is_covered() const;
    void begin_anew(bool alone);
    void forget_digest();
    void unknow();        // nothing that was written counts
    bool become_whole();  // if what is open allows it
    void rest();          // nothing of its course is needed any more
    // The first change by this handle, or by nobody's. True when what the journal proves ends here.
    bool begin_change(Writer* by);
    [[nodiscard]] bool has_gap(std::uint64_t size_bytes) const { return gapless_bytes() < size_bytes; }

    FileState state_ = FileState::whole;
    unsigned names_ = 1;
    bool from_journal_ = false;
    bool unsure_ = false;   // with from_journal_: the machine went down since
    bool handled_ = false;  // changed by a handle, or by its path, since a program began
    bool of_program_ = false;
    bool unkept_ = false;  // with lost: the disk failed, and what is read may not be what it has
    std::uint64_t size_bytes_ = 0;
    std::optional<Sha256> digest_;
    FileStamp stamp_;
    Completion completion_;
    std::unique_ptr<Course> course_;
};

}  // namespace burnbox::upload
