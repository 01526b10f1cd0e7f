// The journal of an open session, state_dir/journal/<account>/<session>.jsonl: which files are provably whole
// after the process or the machine went down. One JSON object a line:
//     {"open":"photos/a.jpg"}                              before its first change
//     {"anew":"photos/a.jpg"}                              it was emptied: from here on its bytes come in
//     order
//     {"scattered":"photos/a.jpg"}                         before the first write that leaves a gap
//     {"close":"photos/a.jpg","size":12,"sha256":"..."}    after CLOSE, when the digest is known
//     {"cut":"photos/a.jpg"}                               its connection was lost
//     {"lost":"photos/a.jpg"}                              nothing of it counts: it must be sent anew
//     {"unkept":"photos/c.jpg"}                            the same: the disk failed, whatever is read of it
//     {"rename":"a","to":"b"}  {"link":"a","to":"b"}  {"remove":"a"}
//     {"transfer":"began"}  {"transfer":"ended"}           of a program that writes by itself; ended: well
//     {"missed":"a"}  {"made":"a"}                         refused for a reason of the server's; mended
//     {"missed":""}                                        more than are noted by name
//     {"machine":"down"}                                   what was whole before may be so no longer
//     {"sent":"a","mode":493,"mtime":"-5"}                 what a client said of it (nanoseconds since 1970)
// It is appended by write(). A line that proves something may be lost, or outlive its content, because the
// digest is checked against the file before the session is sealed. One that forbids something may not: lines
// that could not be written wait for the next one, and meanwhile the file's mode says kBehind, which takes no
// room on a full disk. A start that finds that mode counts nothing of the session as whole. What no digest
// can prove ("missed", "transfer") is fsynced by whoever notes it: sync(). The file stays open between lines,
// for kMostOpen journals of the process at most: an account may have more sessions open than a process may
// have descriptors. Thread rule: a Journal is used under its account's mutex.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "common/base/digest.hpp"
#include "common/session/manifest.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::upload {

// What a journal says of one file.
struct ProvenFile {
    enum class Kind : std::uint8_t {
        in_order,  // not whole, but nothing before its end is missing
        whole,     // if the content still matches
        lost,      // it must be sent anew
    };
    Kind kind = Kind::in_order;
    std::uint64_t size_bytes = 0;
    Sha256 sha256{};
    bool unkept = false;  // lost, and what is read may not be on the disk
    bool unsure = false;  // whole, and the machine went down since
};
// Names of one file (hard links) share what is said of it.
using ProvenFiles = std::map<std::string, std::shared_ptr<ProvenFile>, std::less<>>;

// What a client said of a file or folder, which its staging copy may not show.
struct SentFacts {
    std::optional<std::uint32_t> mode;
    std::optional<Timestamp> mtime;
    bool operator==(const SentFacts&) const = default;
};

struct JournalContent {
    ProvenFiles files;  // one that is not there came in order, as far as anybody knows
    std::map<std::string, SentFacts, std::less<>> sent;
    std::set<std::string, std::less<>> missed;
    bool transfer_open = false;
    bool missing = false;  // there is no journal: it may have another name
    bool behind = false;   // lines of it could not be written: nothing that it says counts
};

// Applies one line. Lines that can't be read are skipped: a crash may have torn them.
void replay_line(std::string_view line, JournalContent& content);

class Journal {
  public:
    Journal() = default;  // none: nothing is written, and nothing is known
    Journal(FileSystem& state_fs, std::string account, std::string session);
    ~Journal() { rest(); }
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    // Makes it, of a session that is made now: what an earlier one of its name left is not its own.
    [[nodiscard]] Status begin();
    // Closes the file until the next line.
    void rest();
    void opened(std::string_view path);
    void begun_anew(std::string_view path);
    // Errors: neither the line could be written, nor that it is missing; what it forbids must not be done.
    [[nodiscard]] Status scattered(std::string_view path);
    void closed(std::string_view path, std::uint64_t size_bytes, const Sha256& sha256);
    void cut(std::string_view path);
    void lost(std::string_view path);
    void unkept(std::string_view path);
    void renamed(std::string_view from, std::string_view to);
    void linked(std::string_view existing, std::string_view path);
    void removed(std::string_view path);
    void machine_went_down();
    void missed(std::string_view path);
    void made(std::string_view path);
    [[nodiscard]] Status transfer_began();  // errors as those of scattered()
    void transfer_ended_well();
    void described(std::string_view path, const SentFacts& facts);

    // The session has another name from now on.
    void rename_session(const std::string& session);
    void remove();
    // Nothing is written any more: without a journal nothing of the session is proven after a restart.
    void forsake();
    // A missing journal proves nothing. Blocks.
    [[nodiscard]] Result<JournalContent> load();
    // After a start has written down what it made of a journal that was behind.
    void caught_up();
    // What was written so far is durable. Blocks; any thread.
    [[nodiscard]] static Status sync(FileSystem& state_fs, const std::string& path);
    // Starts anew with the files of a manifest, durably: a session that is taken back is as whole as it was
    // sealed. Blocks.
    [[nodiscard]] Status restart(const Manifest& manifest);

    [[nodiscard]] static std::string folder(const std::string& account) { return "journal/" + account; }
    // "" when it has none.
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    static constexpr int kMostOpen = 256;
    static constexpr std::size_t kMostWaiting = 1U << 20U;
    static constexpr std::uint32_t kMode = 0600, kBehind = 0700;

    Status append(const std::string& line);
    [[nodiscard]] Status write(std::string_view lines, bool create);
    [[nodiscard]] Status fall_behind(const Error& why, std::string_view line);
    void close();

    FileSystem* fs_ = nullptr;
    std::string account_;
    std::string path_;
    std::unique_ptr<File> file_;
    std::uint64_t size_bytes_ = 0;  // of what is open: whole lines, but for what `torn_` says
    bool torn_ = false;             // its last line has no end: a crash or a full disk cut it off
    std::string waiting_;           // lines that could not be written yet
    bool behind_ = false;           // its mode says so
    bool is_short_ = false;         // more lines than can wait are missing
};

}  // namespace burnbox::upload
