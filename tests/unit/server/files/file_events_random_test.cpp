// Random events, handles, names, failures and crashes against a plain model of "whole means covered": what
// counts as whole must be proven, whatever happened before. BURNBOX_RUNS and BURNBOX_SEED choose the runs.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "server/files/session_files.hpp"
#include "tests/support/run_number.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using namespace burnbox::upload;

namespace {

constexpr std::size_t kMost = 48;  // bytes of a file
using Places = std::vector<bool>;  // by byte

// A file on the disk, and what is true of it, byte by byte. Several names may lead to it.
struct Disk {
    std::vector<int> bytes;  // each write has its own number; 0 = a hole
    std::uint64_t inode = 0;
    std::uint64_t changes = 0;
    // The model.
    bool clean = true;     // nothing was lost since it was made anew, or whole
    std::size_t base = 0;  // bytes that were whole before the first of these changes
    std::size_t lowest = SIZE_MAX;
    Places written = Places(kMost), good = Places(kMost);
    bool unkept = false;

    struct Hand {
        Places written = Places(kMost);
        bool changed = false, failed = false;
    };
    std::map<HandleId, Hand> hands;

    [[nodiscard]] bool is_changing() const {
        return std::ranges::any_of(hands, [](const auto& one) { return one.second.changed; });
    }
    [[nodiscard]] std::size_t gapless() const {
        std::size_t end = 0;
        const auto is_known = [&](std::size_t i) {
            if (i < std::min(base, lowest) || written[i]) return true;
            return std::ranges::any_of(hands, [&](const auto& one) { return one.second.written[i]; });
        };
        while (end < bytes.size() && is_known(end)) ++end;
        return end;
    }
    [[nodiscard]] bool is_whole() const {
        if (is_changing()) return false;
        if (clean) return true;
        std::size_t begin = bytes.size();
        while (begin > 0 && good[begin - 1]) --begin;
        return begin < bytes.size() && begin <= gapless();
    }
    void settle() {
        if (!is_whole()) return;
        clean = true;
        unkept = false;
        base = bytes.size(), lowest = SIZE_MAX;
        written = good = Places(kMost);
        for (auto& [id, hand] : hands) hand.written = Places(kMost);
        proven().insert(bytes);
    }
    // Every content that was whole once: all that a digest in a journal can be of.
    static std::set<std::vector<int>>& proven() {
        static std::set<std::vector<int>> all;
        return all;
    }
    // One that had changed it is lost: what was whole before the first change is where others may go on.
    void cut() {
        for (std::size_t i = 0; i < std::min({base, lowest, kMost}); ++i) written[i] = true;
        base = 0;
        good = Places(kMost);
        clean = false;
    }
    void know_nothing() {
        base = 0, lowest = SIZE_MAX;
        written = good = Places(kMost);
        for (auto& [id, hand] : hands) hand.written = Places(kMost);
    }
    void lose() {
        know_nothing();
        clean = false;
    }
    void set_size(std::size_t size) {
        bytes.resize(size);
        ++changes;
        for (std::size_t i = size; i < kMost; ++i) {
            written[i] = good[i] = false;
            for (auto& [id, hand] : hands) hand.written[i] = false;
        }
        base = std::min(base, size);
    }
    [[nodiscard]] FileInfo info(unsigned links) const {
        FileInfo info;
        info.size_bytes = bytes.size();
        info.inode = inode;
        info.links = links;
        info.ctime = Timestamp(std::chrono::nanoseconds(changes));
        return info;
    }
    [[nodiscard]] HashedFile hashed() const {
        std::string text;
        for (const int byte : bytes) text += std::to_string(byte) + ",";
        return {.sha256 = Sha256::of(text), .info = info(1)};
    }
};

class World {
  public:
    explicit World(unsigned seed) : random_(seed) {
        Disk::proven() = {{}};
        REQUIRE(make_folders(fs_, "journal/alice", 0700));
        files_ = std::make_unique<SessionFiles>(fs_, "alice", "holiday");
        REQUIRE(files_->begin_journal());
    }

    void run(unsigned steps) {
        for (unsigned i = 0; i < steps; ++i) {
            step();
            check("after a step");
        }
        restart(pick(2) == 0);
        check("after the last start");
        seal();
    }
    unsigned whole_after_cut = 0;

  private:
    using DiskFile = std::shared_ptr<Disk>;

    std::size_t pick(std::size_t below) { return random_() % below; }
    bool once_in(std::size_t times) { return pick(times) == 0; }
    std::string some_name() { return std::string(1, static_cast<char>('a' + pick(4))); }
    unsigned links(const DiskFile& file) const {
        return static_cast<unsigned>(
            std::ranges::count_if(disk_, [&](const auto& one) { return one.second == file; }));
    }

    void check(const std::string& when) {
        CAPTURE(when);
        for (const auto& [path, file] : disk_) {
            const FileRecord* const record = files_->find(path);
            if (record == nullptr) continue;
            // What a start took from the journal is compared before it counts.
            if (record->state() != FileState::whole || record->is_to_be_compared()) continue;
            if (!file->is_whole()) {
                MESSAGE("seed ", seed_text, ", file ", path, " ", shown(*file), "\n", story_);
                REQUIRE(file->is_whole());
            }
        }
    }
    void tell(const std::string& what) { story_ += what + "\n"; }
    static std::string shown(const Disk& file) {
        std::string text = "bytes";
        for (const int byte : file.bytes) text += " " + std::to_string(byte);
        return text + " gapless " + std::to_string(file.gapless());
    }

    void step() {
        switch (pick(20)) {
            case 0:
            case 1:
                return open(true);
            case 2:
            case 3:
            case 4:
                return open(false);
            case 5:
            case 6:
            case 7:
            case 8:
            case 9:
                return write();
            case 10:
                return resize();
            case 11:
            case 12:
            case 13:
                return end(once_in(3));
            case 14:
                return rename();
            case 15:
                return once_in(2) ? link() : remove();
            case 16:
                return bring();
            case 17:
                return once_in(4) ? fail_disk() : prove();
            case 18:
                return seal();
            default:
                return once_in(3) ? restart(once_in(3)) : hash();
        }
    }

    void open(bool anew) {
        const std::string path = some_name();
        const bool made = !disk_.contains(path);
        if (made) {
            disk_[path] = std::make_shared<Disk>();
            disk_[path]->inode = ++last_;
            anew = true;
        }
        const DiskFile file = disk_[path];
        const HandleId id = ++last_;
        tell("open " + path + (anew ? " anew " : " ") + std::to_string(id));
        if (anew) {
            file->set_size(0);
            file->hands.clear();
            std::erase_if(handles_, [&](const auto& one) { return one.second == file; });
            file->know_nothing();
            file->clean = true, file->unkept = false;
            if (once_in(30)) return restart(false);  // before the journal hears of it
        }
        if (!made) files_->counted(files_->found(path), file->bytes.size());
        files_->opened(path, {.id = id, .made = made, .anew = anew});
        files_->counted(*files_->find(path), file->bytes.size());
        file->hands[id].changed = anew;
        handles_[id] = file;
        names_[id] = path;
    }

    // A handle that is open, or 0.
    HandleId some_handle() {
        if (handles_.empty()) return 0;
        auto at = handles_.begin();
        std::advance(at, pick(handles_.size()));
        return at->first;
    }

    void write() {
        const HandleId id = some_handle();
        if (id == 0) return;
        const DiskFile file = handles_[id];
        const std::string path = names_[id];
        const std::size_t size = file->bytes.size();
        std::size_t begin = once_in(3) ? pick(kMost - 8) : size;
        if (once_in(6)) begin = file->gapless();
        if (begin >= kMost) return;
        std::size_t end = std::min(kMost, begin + 1 + pick(12));
        if (once_in(4)) end = std::max(end, size);
        tell("write " + path + " " + std::to_string(begin) + ".." + std::to_string(end) + " by " +
             std::to_string(id));
        FileRecord& record = *files_->find(path);
        files_->counted(record, std::max(size, end));
        REQUIRE(files_->written(path, record, id, {.begin = begin, .end = end}, size));
        if (once_in(40)) return restart(false);  // before the disk has it
        Disk::Hand& hand = file->hands[id];
        if (!hand.changed && !file->clean && size == 0 && !file->is_changing())
            file->clean = true, file->unkept = false;  // nothing was there to go on with
        hand.changed = true;
        file->lowest = std::min(file->lowest, begin);
        const bool fails = once_in(20);
        const std::size_t reached = fails ? begin + pick(end - begin) : end;
        if (reached > file->bytes.size()) file->bytes.resize(reached);
        for (std::size_t i = begin; i < reached; ++i) file->bytes[i] = static_cast<int>(++last_);
        ++file->changes;
        for (std::size_t i = begin; i < end; ++i) {
            hand.written[i] = !fails;
            if (!fails) continue;
            file->written[i] = file->good[i] = false;
            for (auto& [other, one] : file->hands) one.written[i] = false;
        }
        if (!fails) return;
        tell("... failed at " + std::to_string(reached));
        file->base = std::min(file->base, begin);
        hand.failed = true;
        files_->write_failed(path, record, {.begin = begin, .end = end});
    }

    void resize() {
        const HandleId id = once_in(2) ? some_handle() : 0;
        const std::string path = id != 0 ? names_[id] : some_name();
        if (!disk_.contains(path) || (id == 0 && files_->find(path) == nullptr)) return;
        const DiskFile file = disk_[path];
        const std::size_t size = once_in(3) ? 0 : pick(kMost);
        tell("resize " + path + " to " + std::to_string(size) + " by " + std::to_string(id));
        FileRecord& record = *files_->find(path);
        const bool compared = record.is_to_be_compared();
        files_->counted(record, size);
        REQUIRE(files_->truncated(path, record, id, size));
        if (once_in(30)) return restart(false);
        // What a journal says of its content matters no more when none is left.
        const bool was_whole = file->is_whole() || (size == 0 && compared);
        if (was_whole && id == 0) file->clean = true;
        file->set_size(size);
        if (id != 0) {
            file->hands[id].changed = true;
        } else if (was_whole) {
            file->base = size;  // holes are zeros
            Disk::proven().insert(file->bytes);
        }
        if (size != 0) return;
        file->unkept = false;  // nothing is left that the disk may not have
        if (id != 0 || (!file->clean && file->is_changing())) {
            file->know_nothing();
            file->clean = true;
        } else if (!file->clean) {
            file->lose();
        }
        if (once_in(30)) return restart(false);
        files_->emptied(path, record, id);
    }

    void end(bool lost) {
        const HandleId id = some_handle();
        if (id == 0) return;
        const DiskFile file = handles_[id];
        const std::string path = names_[id];
        Disk::Hand hand = std::move(file->hands[id]);
        file->hands.erase(id);
        handles_.erase(id);
        lost = lost || hand.failed;
        tell((lost ? "lost " : "close ") + path + " " + std::to_string(id));
        for (std::size_t i = 0; i < kMost; ++i) {
            file->written[i] = file->written[i] || hand.written[i];
            file->good[i] = file->good[i] || (hand.written[i] && !file->clean);
        }
        if (lost && (hand.changed || hand.failed)) file->cut();
        files_->counted(*files_->find(path), file->bytes.size());
        const bool was_cut = files_->find(path)->is_cut();
        if (lost)
            files_->dropped(path, id, hand.failed);
        else
            files_->closed(path, id, file->info(1), std::nullopt, {.now = ++last_});
        if (files_->find(path)->is_cut()) files_->stamped(*files_->find(path), file->info(1));
        if (hand.changed || lost) file->settle();
        whole_after_cut += was_cut && files_->find(path)->state() == FileState::whole ? 1 : 0;
        if (once_in(2)) hash_at(path);
    }

    void hash_at(const std::string& path) {
        if (const FileRecord* const record = files_->find(path))
            files_->hashed(path, record->completion().now, disk_.at(path)->hashed());
    }
    void hash() {
        const std::string path = some_name();
        if (disk_.contains(path)) hash_at(path);
    }

    void unname(const std::string& path) {
        for (auto& [id, name] : names_) {
            if (name != path || !handles_.contains(id)) continue;
            const DiskFile file = handles_[id];
            if (links(file) > 1) {
                files_->dropped(path, id, false);
                const Disk::Hand hand = std::move(file->hands[id]);
                file->hands.erase(id);
                for (std::size_t i = 0; i < kMost; ++i)
                    file->written[i] = file->written[i] || hand.written[i];
                if (hand.changed) file->cut();
            }
            handles_.erase(id);
        }
        if (files_->find(path) != nullptr) files_->removed(path);
    }

    void rename() {
        const std::string from = some_name(), to = some_name();
        if (from == to || !disk_.contains(from) || files_->find(from) == nullptr) return;
        if (disk_.contains(to) && disk_[to] == disk_[from]) return;
        tell("rename " + from + " to " + to);
        const DiskFile file = disk_[from];
        unname(to);
        disk_.erase(from);
        disk_[to] = file;
        if (once_in(20)) return restart(false);
        files_->renamed(from, to);
        for (auto& [id, name] : names_)
            if (name == from) name = to;
    }

    void link() {
        const std::string from = some_name(), to = some_name();
        const FileRecord* const record = files_->find(from);
        if (record == nullptr || !record->is_at_rest() || disk_.contains(to)) return;
        tell("link " + from + " to " + to);
        disk_[to] = disk_[from];
        files_->linked(from, to);
    }

    void remove() {
        const std::string path = some_name();
        if (!disk_.contains(path)) return;
        tell("remove " + path);
        unname(path);
        disk_.erase(path);
    }

    void bring() {
        const std::string path = some_name();
        const FileRecord* const record = files_->find(path);
        if (record != nullptr && record->writers() != 0) return;
        const bool well = !once_in(3), in_place = disk_.contains(path) && once_in(2);
        tell("bring " + path + (well ? " well" : " badly") + (in_place ? " in place" : ""));
        if (!in_place) {
            if (disk_.contains(path)) {
                if (record == nullptr) return;
            }
            disk_[path] = std::make_shared<Disk>();
            disk_[path]->inode = ++last_;
        }
        const DiskFile file = disk_[path];
        const bool unkept = file->unkept;
        for (int& byte : file->bytes)
            if (once_in(2)) byte = static_cast<int>(++last_);
        file->bytes.resize(pick(kMost));
        ++file->changes;
        file->lose();
        if (well && !unkept) file->clean = true;
        files_->counted(files_->found_at(path, file->info(links(file))), file->bytes.size());
        const HashedFile hashed = file->hashed();
        files_->brought(path, {.info = file->info(links(file)),
                               .hashed = once_in(4) ? nullptr : &hashed,
                               .well = well,
                               .completion = {.now = ++last_}});
        file->settle();
    }

    void prove() {
        const std::string path = some_name();
        if (!disk_.contains(path) || files_->find(path) == nullptr) return;
        const DiskFile file = disk_[path];
        if (!files_->proven(path, file->hashed())) return;
        tell("proven " + path);
        if (file->unkept) return;
        file->clean = true;
        file->settle();
    }

    void fail_disk() {
        tell("the disk failed");
        files_->lost_all();
        for (const auto& [path, file] : disk_) {
            file->lose();
            file->unkept = true;
        }
    }

    // What a seal would take: those that count as whole, read once more.
    void seal() {
        for (const auto& [path, file] : disk_) {
            const FileRecord* const record = files_->find(path);
            if (record == nullptr || !record->is_at_rest()) continue;
            if (!files_->read(path, file->hashed())) continue;
            CAPTURE(path);
            if (!file->is_whole())
                MESSAGE("seed ", seed_text, ", sealed ", path, " ", shown(*file), "\n", story_);
            REQUIRE(file->is_whole());
        }
    }

    // A journal's end may be missing: it is never synced, and a line may be torn.
    void shorten_journal(bool machine) {
        const std::string path = "journal/alice/holiday.jsonl";
        auto text = read_file(fs_, path, 1U << 24U);
        if (!text || text->empty() || !machine) return;
        text->resize(pick(text->size() + 1));
        const auto file = fs_.open(path, {.write = true, .truncate = true});
        REQUIRE(file);
        REQUIRE((*file)->write_at(std::as_bytes(std::span(*text)), 0));
    }

    void restart(bool machine) {
        tell(machine ? "the machine goes down" : "kill -9");
        files_.reset();
        shorten_journal(machine);
        files_ = std::make_unique<SessionFiles>(fs_, "alice", "holiday");
        handles_.clear();
        std::set<Disk*> seen;
        for (const auto& [path, file] : disk_) {
            if (!seen.insert(file.get()).second) continue;
            const bool was_whole = file->is_whole();
            const std::vector<int> before = file->bytes;
            if (machine)
                for (int& byte : file->bytes)
                    if (once_in(4)) byte = 0;
            const std::size_t end = file->gapless();
            const bool in_order = !machine && end == file->bytes.size();
            file->hands.clear();
            ++file->changes;
            if (machine) file->unkept = false;
            if (was_whole && file->bytes == before) {
                file->settle();
                // Unless the journal had its digest, it counts as one that came in order from now on.
                for (std::size_t i = 0; i < file->bytes.size(); ++i) file->written[i] = true;
                continue;
            }
            // Whole once more only as the journal's digest finds it.
            if (Disk::proven().contains(file->bytes)) {
                file->clean = true;
                file->settle();
                continue;
            }
            file->lose();
            if (in_order)
                for (std::size_t i = 0; i < end; ++i) file->written[i] = true;
        }
        const auto journal = files_->load();
        REQUIRE(journal);
        files_->recovered(
            *journal,
            [&](const std::string& path) {
                const auto there = disk_.find(path);
                return there == disk_.end() ? std::nullopt : std::optional(there->second->inode);
            },
            machine);
        for (const auto& [path, file] : disk_) {
            FileRecord& record = files_->recovered(*journal, path, file->info(links(file)), machine);
            files_->completed(record, {.now = ++last_});
            if (!file->clean || record.state() == FileState::whole) continue;
            // It is whole, which nobody can know any more: from here on it is what it counts as.
            file->lose();
            if (record.state() == FileState::cut_off)
                for (std::size_t i = 0; i < file->bytes.size(); ++i) file->written[i] = true;
        }
    }

    test::MemoryFileSystem fs_;
    std::unique_ptr<SessionFiles> files_;
    std::map<std::string, DiskFile> disk_;
    std::map<HandleId, DiskFile> handles_;
    std::map<HandleId, std::string> names_;
    std::mt19937 random_;
    std::uint64_t last_ = 0;
    std::string story_;

  public:
    std::string seed_text;
};

}  // namespace

TEST_CASE("file events: whatever happens, nothing counts as whole that is not proven") {
    const auto [seed, runs] = test::run_numbers(400);
    unsigned whole_after_cut = 0;
    for (unsigned run = 0; run < runs; ++run) {
        World world(seed + run);
        world.seed_text = std::to_string(seed + run);
        world.run(120);
        whole_after_cut += world.whole_after_cut;
    }
    CHECK(whole_after_cut > 0);  // else it would prove nothing
}
