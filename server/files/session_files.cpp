#include "server/files/session_files.hpp"

#include <algorithm>

namespace burnbox::upload {

FileRecord* SessionFiles::find(std::string_view path) {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : found->second.get();
}

const FileRecord* SessionFiles::find(std::string_view path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : found->second.get();
}

std::vector<std::string> SessionFiles::paths_cut_off() const {
    std::vector<std::string> paths;
    for (const auto& [path, record] : files_)
        if (record->is_cut()) paths.push_back(path);
    return paths;
}

std::uint64_t SessionFiles::bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [path, record] : files_) sum += record->size_bytes_;
    return sum;
}

void SessionFiles::opened(const std::string& path, const Opening& opening) {
    const bool is_known = files_.contains(path);
    FileRecord& record = opening.made && is_known ? separate(path) : found(path);
    FileRecord::Course& course = record.course();
    if (opening.anew) {
        if (!opening.others_stay) course.writers.clear();
        record.begin_anew(!record.is_being_changed());
    }
    course.writers.push_back({.id = opening.id, .written = {}, .changed = opening.anew});
    // Of a file that is new the journal says nothing, which proves as little.
    if (opening.anew && (is_known || !opening.made)) journal_.begun_anew(path);
    made(path);
}

// What the journal proves of it is true no longer.
void SessionFiles::end_proof(const std::string& path, const FileRecord& record) {
    if (record.state_ == FileState::lost)
        journal_.lost(path);
    else
        journal_.opened(path);
}

// The first gap of a course is written down: after a restart nobody would know where it is.
Status SessionFiles::note_gap(const std::string& path, FileRecord& record, std::uint64_t size_bytes) {
    FileRecord::Course& course = record.course();
    if (course.scattered || record.state_ == FileState::lost) return {};
    if (!course.two_hands && !record.has_gap(size_bytes)) return {};
    BB_CHECK(journal_.scattered(path));
    course.scattered = true;
    return {};
}

Status SessionFiles::written(const std::string& path, FileRecord& record, HandleId id, Coverage::Run bytes,
                             std::uint64_t size_before) {
    FileRecord::Writer* const by = record.writer(id);
    if (by == nullptr || bytes.begin >= bytes.end) return {};
    FileRecord::Course& course = *record.course_;
    if (!by->changed) {
        if (record.is_cut() && size_before == 0 && !record.is_being_changed()) {
            record.begin_anew(true);  // nothing was there to go on with
            journal_.begun_anew(path);
        }
        if (record.begin_change(by)) end_proof(path, record);
    }
    by->written.add(bytes.begin, bytes.end);
    course.lowest = std::min(course.lowest, bytes.begin);
    const bool goes_on = bytes.begin <= size_before && bytes.begin >= course.base_bytes && !course.two_hands;
    if (goes_on) return {};
    Status noted = note_gap(path, record, std::max(size_before, bytes.end));
    if (!noted) unknow(course, bytes);
    return noted;
}

void SessionFiles::unknow(FileRecord::Course& course, Coverage::Run bytes) {
    course.written.remove(bytes.begin, bytes.end);
    course.good.remove(bytes.begin, bytes.end);
    for (FileRecord::Writer& one : course.writers) one.written.remove(bytes.begin, bytes.end);
    course.base_bytes = std::min(course.base_bytes, bytes.begin);
}

void SessionFiles::write_failed(const std::string& path, FileRecord& record, Coverage::Run bytes) {
    if (!record.course_) return;
    unknow(*record.course_, bytes);
    (void)note_gap(path, record, record.size_bytes_);  // it happened already
}

Status SessionFiles::truncated(const std::string& path, FileRecord& record, HandleId id,
                               std::uint64_t size_bytes) {
    FileRecord::Writer* const by = record.writer(id);
    if (size_bytes == 0) record.unsure_ = false;  // whatever was there
    if (record.begin_change(by)) end_proof(path, record);
    if (!record.course_) return {};
    FileRecord::Course& course = *record.course_;
    course.written.clip(size_bytes);
    course.good.clip(size_bytes);
    for (FileRecord::Writer& one : course.writers) one.written.clip(size_bytes);
    course.base_bytes = std::min(course.base_bytes, size_bytes);
    if (record.state_ == FileState::whole) {
        course.base_bytes = size_bytes;  // holes are zeros
        return {};
    }
    if (by == nullptr) course.two_hands = course.two_hands || record.is_being_changed();
    return size_bytes > 0 ? note_gap(path, record, size_bytes) : Status();
}

void SessionFiles::emptied(const std::string& path, FileRecord& record, HandleId id) {
    FileRecord::Writer* const by = record.writer(id);
    if (by == nullptr && !record.is_cut()) return;
    const auto changing = std::ranges::count(record.course().writers, true, &FileRecord::Writer::changed);
    record.begin_anew(changing <= (by != nullptr ? 1 : 0));
    // By its path: who empties it has not sent it yet.
    if (by == nullptr && changing == 0) record.state_ = FileState::cut_off;
    journal_.begun_anew(path);
    (void)note_gap(path, record, 0);  // a second hand's, which is there already
}

void SessionFiles::end_writer(FileRecord& record, HandleId id) {
    std::erase_if(record.course_->writers, [&](const FileRecord::Writer& one) { return one.id == id; });
    if (record.state_ == FileState::whole) record.rest();
}

void SessionFiles::note_whole(const std::string& path, const FileRecord& record) {
    if (record.state_ == FileState::whole && record.digest_ && !record.from_journal_)
        journal_.closed(path, record.size_bytes_, *record.digest_);
}

void SessionFiles::closed(const std::string& path, HandleId id, const FileInfo& info,
                          const std::optional<Sha256>& digest, const Completion& completion) {
    FileRecord* const record = find(path);
    FileRecord::Writer* const by = record == nullptr ? nullptr : record->writer(id);
    if (by == nullptr) return;
    if (!by->changed) return end_writer(*record, id);
    record->handled_ = true;
    FileRecord::Course& course = *record->course_;
    const bool two_hands = course.two_hands;
    course.written.add(by->written);
    if (record->is_cut()) course.good.add(by->written);
    end_writer(*record, id);
    record->completion_ = completion;
    record->stamp_ = stamp_of(info);
    record->digest_ = two_hands ? std::nullopt : digest;
    if (record->become_whole()) note_whole(path, *record);
    if (record->is_cut()) record->forget_digest();
}

void SessionFiles::dropped(const std::string& path, HandleId id, bool failed) {
    FileRecord* const record = find(path);
    FileRecord::Writer* const by = record == nullptr ? nullptr : record->writer(id);
    if (by == nullptr) return;
    if (!by->changed && !failed) {
        end_writer(*record, id);
        (void)record->become_whole();
        return;
    }
    record->handled_ = true;
    FileRecord::Course& course = *record->course_;
    course.written.add(by->written);
    course.good.clear();
    if (record->state_ != FileState::lost) record->state_ = FileState::cut_off;
    end_writer(*record, id);
    record->forget_digest();
    journal_.cut(path);
}

void SessionFiles::let_go(const std::string& path, HandleId id) {
    FileRecord* const record = find(path);
    if (record == nullptr || record->writer(id) == nullptr) return;
    end_writer(*record, id);
    (void)record->become_whole();
}

void SessionFiles::taken_as_marker(const std::string& path) {
    FileRecord& record = found(path);
    record.state_ = FileState::whole;
    record.rest();
}

FileRecord& SessionFiles::found(const std::string& path) {
    auto& slot = files_[path];
    if (!slot) slot = std::make_shared<FileRecord>();
    return *slot;
}

void SessionFiles::restamped(FileRecord& record, const FileInfo& before, const FileInfo& after) {
    if (record.stamp_ == stamp_of(before)) record.stamp_ = stamp_of(after);
}

// The record that a hash was asked for: its file may have another name by now.
FileRecord* SessionFiles::by_completion(std::string& path, std::uint64_t completed) {
    if (FileRecord* const record = find(path); record != nullptr && record->completion_.now == completed)
        return record;
    const auto other = std::ranges::find_if(
        files_, [&](const auto& one) { return one.second->completion_.now == completed; });
    if (other == files_.end()) return nullptr;
    path = other->first;
    return other->second.get();
}

std::optional<std::string> SessionFiles::path_completed(const std::string& path, std::uint64_t completed) {
    std::string now = path;
    return by_completion(now, completed) == nullptr ? std::nullopt : std::optional(now);
}

void SessionFiles::hashed(const std::string& asked, std::uint64_t completed, const HashedFile& hashed) {
    std::string path = asked;
    FileRecord* const record = by_completion(path, completed);
    if (record == nullptr || !record->is_at_rest() || record->from_journal_ ||
        record->stamp_ != stamp_of(hashed.info))
        return;
    record->digest_ = hashed.sha256;
    note_whole(path, *record);
}

bool SessionFiles::read(const std::string& path, const HashedFile& hashed) {
    FileRecord* const record = find(path);
    if (record == nullptr) return true;
    if (record->from_journal_ && record->digest_ != hashed.sha256) {
        lose(path, *record);
        return false;
    }
    record->stamp_ = stamp_of(hashed.info);
    const bool is_written_down = record->from_journal_ && !record->unsure_;
    record->from_journal_ = record->unsure_ = false;
    record->digest_ = hashed.sha256;
    if (!is_written_down) note_whole(path, *record);
    return true;
}

bool SessionFiles::proven(const std::string& path, const HashedFile& hashed) {
    FileRecord* const record = find(path);
    if (record == nullptr || record->unkept_ || record->writers() != 0) return false;
    record->state_ = FileState::whole;
    record->rest();
    record->forget_digest();
    record->stamp_ = stamp_of(hashed.info);
    record->digest_ = hashed.sha256;
    note_whole(path, *record);
    return true;
}

void SessionFiles::lose(const std::string& path, FileRecord& record) {
    record.unknow();
    record.forget_digest();
    if (record.unkept_)
        journal_.unkept(path);
    else if (record.state_ != FileState::lost)
        journal_.lost(path);
    record.state_ = FileState::lost;
}

void SessionFiles::lost_all() {
    for (auto& [path, record] : files_) {
        record->unkept_ = true;
        lose(path, *record);
    }
}

}  // namespace burnbox::upload
