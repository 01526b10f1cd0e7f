#include "server/files/file_record.hpp"

#include <algorithm>

namespace burnbox::upload {

FileStamp stamp_of(const FileInfo& info) {
    return {.inode = info.inode, .size_bytes = info.size_bytes, .ctime = info.ctime};
}

std::uint64_t FileRecord::gapless_bytes() const {
    if (!course_) return state_ == FileState::whole ? size_bytes_ : 0;
    std::uint64_t end = std::min(course_->base_bytes, course_->lowest);
    // Each set may go on where another one ends.
    for (std::uint64_t before = UINT64_MAX; before != end;) {
        before = end;
        end = course_->written.gapless_from(end);
        for (const Writer& one : course_->writers) end = one.written.gapless_from(end);
    }
    return end;
}

std::optional<Sha256> FileRecord::digest(const FileStamp& stamp) const {
    return from_journal_ || stamp_ != stamp ? std::nullopt : digest_;
}

FileRecord::Course& FileRecord::course() {
    if (!course_) {
        course_ = std::make_unique<Course>();
        if (state_ == FileState::whole) course_->base_bytes = size_bytes_;
    }
    return *course_;
}

FileRecord::Writer* FileRecord::writer(HandleId id) {
    if (!course_) return nullptr;
    const auto found = std::ranges::find(course_->writers, id, &Writer::id);
    return found == course_->writers.end() ? nullptr : &*found;
}

bool FileRecord::is_being_changed() const {
    return course_ && std::ranges::any_of(course_->writers, &Writer::changed);
}

// Handles that closed well since the last one was lost have written everything from the gapless beginning to
// the end.
bool FileRecord::is_covered() const {
    if (!course_ || course_->good.runs().empty()) return false;
    const Coverage::Run last = course_->good.runs().back();
    return last.end == size_bytes_ && last.begin <= gapless_bytes();
}

void FileRecord::forget_digest() {
    digest_.reset();
    from_journal_ = unsure_ = false;
}

void FileRecord::unknow() {
    Course& now = course();
    now.base_bytes = 0;
    now.lowest = UINT64_MAX;
    now.written.clear();
    now.good.clear();
    for (Writer& one : now.writers) one.written.clear();
}

void FileRecord::begin_anew(bool alone) {
    handled_ = true;
    of_program_ = false;
    unknow();
    forget_digest();
    course_->scattered = unkept_ = false;
    course_->two_hands = !alone;
    state_ = FileState::writing;
}

void FileRecord::rest() {
    if (!course_) return;
    if (course_->writers.empty()) return course_.reset();
    unknow();
    course_->base_bytes = size_bytes_;
    course_->two_hands = course_->scattered = false;
    for (Writer& one : course_->writers) one.changed = false;
}

bool FileRecord::become_whole() {
    if (state_ == FileState::whole || is_being_changed()) return false;
    if (is_cut() && !is_covered()) return false;
    state_ = FileState::whole;
    unkept_ = false;
    rest();
    return true;
}

bool FileRecord::begin_change(Writer* by) {
    handled_ = true;
    of_program_ = false;
    const bool first = by == nullptr || !by->changed;
    if (!first) return false;
    if (by != nullptr) course().two_hands = course().two_hands || is_being_changed();
    if (by != nullptr) by->changed = true;
    if (state_ != FileState::whole) return false;
    // What a journal says, and a machine that went down may have taken, is no beginning to go on from.
    if (unsure_) {
        unknow();
        state_ = FileState::lost;
    } else if (by != nullptr) {
        state_ = FileState::writing;
    }
    forget_digest();
    return true;
}

}  // namespace burnbox::upload
