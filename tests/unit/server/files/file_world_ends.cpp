// What others do: programs, lists, a disk that fails, the seal, a start.
#include "tests/unit/server/files/file_world.hpp"

namespace burnbox::upload::test {

void World::hash_at(const std::string& path) {
    if (const FileRecord* const record = files_->find(path))
        files_->hashed(path, record->completion().now, disk_.at(path)->hashed());
}

void World::hash() {
    const std::string path = some_name();
    if (disk_.contains(path)) hash_at(path);
}

void World::bring() {
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

void World::prove() {
    const std::string path = some_name();
    if (!disk_.contains(path) || files_->find(path) == nullptr) return;
    const DiskFile file = disk_[path];
    if (!files_->proven(path, file->hashed())) return;
    tell("proven " + path);
    if (file->unkept) return;
    file->clean = true;
    file->settle();
}

void World::fail_disk() {
    tell("the disk failed");
    files_->lost_all();
    for (const auto& [path, file] : disk_) {
        file->lose();
        file->unkept = true;
    }
}

// What a seal would take: those that count as whole, read once more.
void World::seal() {
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
void World::shorten_journal(bool machine) {
    const std::string path = "journal/alice/holiday.jsonl";
    auto text = read_file(fs_, path, 1U << 24U);
    if (!text || text->empty() || !machine) return;
    text->resize(pick(text->size() + 1));
    const auto file = fs_.open(path, {.write = true, .truncate = true});
    REQUIRE(file);
    REQUIRE((*file)->write_at(std::as_bytes(std::span(*text)), 0));
}

void World::restart(bool machine) {
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

}  // namespace burnbox::upload::test
