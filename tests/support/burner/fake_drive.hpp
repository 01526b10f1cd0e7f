// A Drive without discs: the shelf keeps what was burned in memory, apart from the Drive, so that it survives
// a simulated crash of the process as a disc does. It reads seal records and staged files through the
// FileSystems of the test, by their host paths, and compares with disc_entries() as the real verifier does.
// Threads: as Drive; a shelf may be shared by drives of one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "burner/drive/drive.hpp"
#include "common/bag/bag.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::test {

struct FakeDiscEntry {
    FileType type = FileType::file;
    std::string content;  // of a file, or a link's target
    std::uint32_t lba = 0;
    std::uint32_t mode = 0;
    Timestamp mtime{};
};

struct FakeDiscSession {
    std::uint32_t start_lba = 0;
    std::uint32_t blocks = 0;
    bool whole = false;                 // false: the write was cut off
    std::vector<std::string> sessions;  // "alice/holiday"
    std::map<std::string, FakeDiscEntry>
        entries;  // by path from the disc's root; only what this disc session added
};

struct FakeDisc {
    std::string label;
    std::string serial;
    std::vector<FakeDiscSession> sessions;
    bool closed = false;
    bool of_refused_kind = false;  // nothing is burned on such a disc, as with burn.write_once_only
};

struct FakeShelf {
    std::string medium = "dvd+r";
    std::string media_id;
    std::uint64_t capacity_bytes = 4'700'372'992;
    unsigned session_limit = 153;
    std::optional<unsigned> blanks;  // left in the box; empty = no limit
    std::map<std::string, FakeDisc> discs;
    bool away = false;  // as a folder that is not mounted

    // How often this session is whole on a disc.
    [[nodiscard]] std::size_t times_burned(const std::string& label, const std::string& session) const;
};

class FakeDrive : public Drive {
  public:
    // Host paths are looked up in `roots` by FileSystem::host_path("").
    FakeDrive(std::string name, FakeShelf& shelf, std::vector<FileSystem*> roots);

    // What the next operations do wrong.
    std::function<Status(const BurnJob&)> before_write;  // its error is answered before leave is asked for
    std::function<Status()> during_write;                // an error cuts the write off in the middle
    std::function<Status()> after_write;        // its error is answered although the disc session is whole
    std::function<Status()> before_verify;      // its error is verify()'s
    std::function<Status()> before_adjudicate;  // its error is adjudicate()'s
    std::function<Status()> before_load;        // its error is that of load() and load_blank()
    std::function<Status()> before_contents;    // its error is contents()'
    Outcome after_cut = Outcome::untouched;     // what adjudicate() makes of a disc session that was cut off:
                                                // untouched, doubtful or damaged
    std::function<void(std::string&)> change_on_disc;  // is given each file's content as it is written
    std::uint64_t needed_bytes = 0;                    // of the disc session that is being burned
    unsigned read_backs = 0;                           // verify() so far
    std::string loaded;                                // label; empty = none
    std::function<Result<bool>()> look;  // set: a drive with a tray, and what medium_changed() says

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] bool emulated() const override { return !look; }
    [[nodiscard]] bool has_blanks() const override { return emulated() && shelf_.blanks != 0U; }
    [[nodiscard]] Status load(const DiscToLoad& disc) override;
    [[nodiscard]] Status load_blank(const std::string& label) override;
    [[nodiscard]] Result<bool> medium_changed() override { return look ? look() : Result<bool>(false); }
    [[nodiscard]] Result<Medium> inspect() override;
    [[nodiscard]] Result<Written> burn(const BurnJob& job, BurnObserver& observer) override;
    [[nodiscard]] Result<VerifyReport> verify(const BurnJob& job, unsigned disc_session,
                                              BurnObserver& observer) override;
    [[nodiscard]] Result<Outcome> adjudicate(const BurnJob& job, unsigned disc_session,
                                             std::uint32_t start_lba) override;
    [[nodiscard]] Result<std::vector<FoundDiscSession>> contents(const DiscIdentity& disc,
                                                                 unsigned known) override;
    [[nodiscard]] Status check_shelf() override;
    [[nodiscard]] Result<std::vector<ShelfDisc>> shelf() override;
    [[nodiscard]] Status eject() override {
        loaded.clear();
        return {};
    }
    [[nodiscard]] std::uint64_t blank_capacity_bytes() const override;

    static constexpr std::uint32_t kOverheadBlocks = 32;  // of every disc session

  private:
    struct Staged {
        SealedSession sealed;
        std::string folder;
        std::string parity_folder;
        std::vector<DiscEntry> entries;
    };
    [[nodiscard]] Result<std::string> read_host(const std::string& path) const;
    [[nodiscard]] Result<std::vector<Staged>> stage(const BurnJob& job) const;
    [[nodiscard]] Status write_entries(const std::vector<Staged>& staged, FakeDiscSession& target,
                                       BurnObserver& observer);
    [[nodiscard]] Result<FakeDisc*> disc_for(const BurnJob& job, bool before_writing);

    std::string name_;
    FakeShelf& shelf_;
    std::vector<FileSystem*> roots_;
};

}  // namespace burnbox::test
