// What clients do: handles, names, sizes.
#include "tests/unit/server/files/file_world.hpp"

namespace burnbox::upload::test {

void World::run(unsigned steps) {
    for (unsigned i = 0; i < steps; ++i) {
        step();
        check("after a step");
    }
    restart(pick(2) == 0);
    check("after the last start");
    seal();
}

void World::check(const std::string& when) {
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

void World::step() {
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

void World::open(bool anew) {
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
HandleId World::some_handle() {
    if (handles_.empty()) return 0;
    auto at = handles_.begin();
    std::advance(at, pick(handles_.size()));
    return at->first;
}

void World::write() {
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

void World::resize() {
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

void World::end(bool lost) {
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

void World::unname(const std::string& path) {
    for (auto& [id, name] : names_) {
        if (name != path || !handles_.contains(id)) continue;
        const DiskFile file = handles_[id];
        if (links(file) > 1) {
            files_->dropped(path, id, false);
            const Disk::Hand hand = std::move(file->hands[id]);
            file->hands.erase(id);
            for (std::size_t i = 0; i < kMost; ++i) file->written[i] = file->written[i] || hand.written[i];
            if (hand.changed) file->cut();
        }
        handles_.erase(id);
    }
    if (files_->find(path) != nullptr) files_->removed(path);
}

void World::rename() {
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

void World::link() {
    const std::string from = some_name(), to = some_name();
    const FileRecord* const record = files_->find(from);
    if (record == nullptr || !record->is_at_rest() || disk_.contains(to)) return;
    tell("link " + from + " to " + to);
    disk_[to] = disk_[from];
    files_->linked(from, to);
}

void World::remove() {
    const std::string path = some_name();
    if (!disk_.contains(path)) return;
    tell("remove " + path);
    unname(path);
    disk_.erase(path);
}

}  // namespace burnbox::upload::test
