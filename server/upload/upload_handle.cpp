#include "server/upload/upload_handle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "common/base/text.hpp"
#include "common/storage/disk_space.hpp"
#include "server/files/sent_modes.hpp"
#include "server/rules/attributes.hpp"

namespace burnbox::upload {
namespace {

constexpr std::uint64_t kMiB = 1U << 20U;
constexpr std::uint64_t kPushBytes = 8 * kMiB;
constexpr std::uint64_t kReserveFrom = 16 * kMiB;  // smaller files gain nothing
constexpr std::uint64_t kReserveBytes = 64 * kMiB;
constexpr std::uint64_t kMostHole = 64 * kMiB;  // larger ones are compared with the free space
constexpr std::uint64_t kMostFileBytes = std::numeric_limits<std::int64_t>::max();

Status apply_times_and_mode(File& file, const Attributes& attributes) {
    if (attributes.mode) BB_CHECK(file.set_mode(staged_mode(FileType::file, *attributes.mode)));
    if (!attributes.atime && !attributes.mtime) return {};
    Timestamp atime = attributes.atime.value_or(Timestamp{}), mtime = attributes.mtime.value_or(Timestamp{});
    if (!attributes.atime || !attributes.mtime) {
        BB_TRY(const FileInfo info, file.info());
        if (!attributes.atime) atime = info.atime;
        if (!attributes.mtime) mtime = info.mtime;
    }
    return file.set_times(atime, mtime);
}

}  // namespace

WriteHandle::WriteHandle(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account,
                         std::shared_ptr<OpenSession> session, std::shared_ptr<WriteGate> gate,
                         std::unique_ptr<File> file, const Facts& facts)
    : registry_(std::move(registry)),
      account_(std::move(account)),
      session_(std::move(session)),
      gate_(std::move(gate)),
      file_(std::move(file)),
      facts_(facts),
      in_order_(facts.emptied && !facts.appends) {}

WriteHandle::~WriteHandle() {
    if (finished_) return;
    const std::lock_guard gate(gate_->mutex);
    const std::lock_guard lock(account_->mutex);
    const auto entry = session_->handles.find(facts_.id);
    if (entry == session_->handles.end()) return;
    const std::string path = entry->second.path;
    session_->handles.erase(entry);
    FileRecord* const record = path.empty() ? nullptr : session_->find(path);
    if (record == nullptr || session_->phase == Phase::sealed || session_->phase == Phase::gone) return;
    const bool is_alone = record->writers() == 1;
    const auto info = file_->info();
    if (info) {
        account_->set_size(session_->files, *record, info->size_bytes);
        if (gate_->shut == WriteGate::Shut::no && is_alone && reserved_ > info->size_bytes)
            (void)file_->truncate(info->size_bytes);  // what was reserved ahead is for others
    }
    if (gate_->shut != WriteGate::Shut::no)
        session_->files.let_go(path, facts_.id);  // what it wrote before was taken as it was
    else
        session_->files.dropped(path, facts_.id, first_error_.has_value());
    if (info && record->is_cut()) session_->files.stamped(*record, *info);
}

std::string WriteHandle::fs_path() const {
    const std::lock_guard lock(account_->mutex);
    const auto entry = session_->handles.find(facts_.id);
    if (entry == session_->handles.end() || entry->second.path.empty()) return {};
    return join_path(join_path(account_->name, session_->name), entry->second.path);
}

Result<std::size_t> WriteHandle::read_at(std::span<std::byte> buffer, std::uint64_t offset) {
    if (!facts_.readable) return fail(Errc::permission, "the file was opened for writing only");
    BB_CHECK(check_read_right(*account_, {}));
    const std::lock_guard gate(gate_->mutex);
    return file_->read_at(buffer, offset);
}

Status WriteHandle::check_gate() const {
    if (gate_->shut == WriteGate::Shut::sealed) return fail(Errc::permission, "the session is sealed");
    if (gate_->shut == WriteGate::Shut::sent_anew)
        return fail(Errc::conflict, "the file is being sent anew by another request");
    return {};
}

Result<WriteHandle::Known> WriteHandle::find_record() const {
    const auto entry = session_->handles.find(facts_.id);
    if (entry != session_->handles.end() && !entry->second.path.empty())
        if (FileRecord* const record = session_->find(entry->second.path))
            return Known{.path = &entry->second.path, .record = record};
    return fail(Errc::permission, "the file was removed, or is being sent anew");
}

Status WriteHandle::check_hole(const FileRecord& record, std::uint64_t end) const {
    if (end <= record.size_bytes() || end - record.size_bytes() <= kMostHole) return {};
    BB_TRY(const auto space, space_at(registry_->inbox(), account_->name));
    if (end - record.size_bytes() <= space.free_bytes) return {};
    return fail(Errc::no_space, fmt::format("a file of {} doesn't fit: {} are free", human_bytes(end),
                                            human_bytes(space.free_bytes)));
}

// Counts the file, and notes what is about to be written. Rights may be others than at OPEN.
Status WriteHandle::note_write(Coverage::Run bytes) {
    const std::lock_guard lock(account_->mutex);
    BB_CHECK(check_upload_right(*account_));
    BB_TRY(const Known file, find_record());
    const std::uint64_t before = file.record->size_bytes();
    if (bytes.end > before) {
        BB_CHECK(check_hole(*file.record, bytes.end));
        BB_CHECK(account_->charge(session_->files, *file.record, bytes.end));
    }
    return session_->files.written(*file.path, *file.record, facts_.id, bytes, before);
}

void WriteHandle::note_failure(Coverage::Run bytes) {
    const std::lock_guard lock(account_->mutex);
    if (const auto file = find_record()) session_->files.write_failed(*file->path, *file->record, bytes);
}

Status WriteHandle::write_at(std::span<const std::byte> data, std::uint64_t offset) {
    const std::lock_guard gate(gate_->mutex);
    BB_CHECK(check_gate());
    std::uint64_t end = offset + data.size();
    if (facts_.appends) {
        BB_TRY(const FileInfo now, file_->info());
        if (auto alone = check_appends_alone(offset, now.size_bytes); !alone) {
            if (!first_error_) first_error_ = alone.error();
            return alone;
        }
        end = now.size_bytes + data.size();
    } else if (offset > kMostFileBytes || data.size() > kMostFileBytes - offset) {
        auto refused = fail(Errc::invalid, fmt::format("write at {}: no file can be that large", offset));
        if (!first_error_) first_error_ = refused.error();
        return refused;
    }
    const Status done = write_through(data, {.begin = end - data.size(), .end = end});
    if (!done && !first_error_) first_error_ = done.error();
    if (done && facts_.appends) appended_ += data.size();
    return done;
}

// A client that appends counts from the end that it saw, or from its own first byte; another offset is one
// whose end somebody else has moved since.
Status WriteHandle::check_appends_alone(std::uint64_t offset, std::uint64_t size_bytes) const {
    if (offset == size_bytes || offset == appended_ || offset == 0) return {};
    return fail(
        Errc::conflict,
        fmt::format("append at {}: the file has {} bytes by now, so somebody else writes to it too; send it "
                    "again when nobody does",
                    offset, size_bytes));
}

void WriteHandle::note_lost_write(const Error& error) {
    const std::lock_guard gate(gate_->mutex);
    if (!first_error_) first_error_ = error;
}

Status WriteHandle::check_complete() {
    return fail(Errc::permission,
                "it is being written, and a copy of it would not be complete: close it first");
}

Status WriteHandle::write_through(std::span<const std::byte> data, Coverage::Run bytes) {
    BB_CHECK(note_write(bytes));
    const std::uint64_t end = bytes.end;
    reserve_ahead(end);
    if (Status written = file_->write_at(data, bytes.begin); !written) {
        note_failure(bytes);
        return written;
    }
    hash_in_order(data, bytes.begin);
    if (in_order_ && end - pushed_ >= kPushBytes) {
        file_->start_writeback(pushed_, end - pushed_);
        pushed_ = end;
    }
    return {};
}

void WriteHandle::hash_in_order(std::span<const std::byte> data, std::uint64_t offset) {
    if (!in_order_ || offset != hashed_) {
        in_order_ = false;
        return;
    }
    hasher_.update(data);
    hashed_ += data.size();
}

void WriteHandle::reserve_ahead(std::uint64_t end) {
    if (end < kReserveFrom || end <= reserved_ || !in_order_) return;
    std::uint64_t until = end + kReserveBytes;
    if (expected_ > end) until = std::min(until, expected_);
    file_->reserve(end, until - end);
    reserved_ = until;
}

void WriteHandle::expect_size(std::uint64_t size_bytes) {
    const std::lock_guard gate(gate_->mutex);
    if (gate_->shut != WriteGate::Shut::no || size_bytes < kReserveFrom) return;
    expected_ = size_bytes;
    reserved_ = std::min(size_bytes, kReserveBytes);  // no more at once: it is only what the sender says
    file_->reserve(0, reserved_);
}

Result<FileInfo> WriteHandle::info() {
    const std::lock_guard gate(gate_->mutex);
    BB_TRY(FileInfo info, file_->info());
    const std::lock_guard lock(account_->mutex);
    const auto file = find_record();
    return file ? as_sent(session_->files, *file->path, info) : info;
}

Status WriteHandle::set_size(std::uint64_t size_bytes) {
    if (size_bytes > kMostFileBytes)
        return fail(Errc::invalid, fmt::format("no file can be {} bytes large", size_bytes));
    {
        const std::lock_guard lock(account_->mutex);
        BB_CHECK(check_upload_right(*account_));
        BB_TRY(const Known file, find_record());
        BB_CHECK(check_hole(*file.record, size_bytes));
        BB_CHECK(account_->charge(session_->files, *file.record, size_bytes));
        BB_CHECK(session_->files.truncated(*file.path, *file.record, facts_.id, size_bytes));
    }
    if (size_bytes != hashed_) in_order_ = false;
    BB_CHECK(file_->truncate(size_bytes));
    if (size_bytes > 0) return {};
    const std::lock_guard lock(account_->mutex);
    BB_TRY(const Known file, find_record());
    session_->files.emptied(*file.path, *file.record, facts_.id);
    return {};
}

Status WriteHandle::set_attributes(const Attributes& attributes) {
    const std::lock_guard gate(gate_->mutex);
    if (attributes.size_bytes) {
        BB_CHECK(check_gate());
        const Status done = set_size(*attributes.size_bytes);
        if (!done) {
            if (!first_error_) first_error_ = done.error();
            return done;
        }
    }
    if (gate_->shut != WriteGate::Shut::no)
        return {};  // times and modes of what is sealed: accepted and ignored
    BB_CHECK(apply_times_and_mode(*file_, attributes));
    if (!attributes.mode) return {};
    const std::lock_guard lock(account_->mutex);
    if (const auto file = find_record())
        note_sent_mode(session_->files, *file->path, FileType::file, *attributes.mode);
    return {};
}

// What was reserved ahead, and what lies behind all that was written since the file was emptied: a handle
// that was open on it before may have been in the middle of a write. Not while another handle is open on the
// file: what that one writes meanwhile would be cut off with it.
Result<FileInfo> WriteHandle::settle_size() {
    const std::lock_guard lock(account_->mutex);
    BB_TRY(const FileInfo info, file_->info());
    const auto file = find_record();
    if (gate_->shut != WriteGate::Shut::no || !file || file->record->writers() != 1) return info;
    const std::uint64_t end =
        facts_.emptied ? std::min(info.size_bytes, file->record->size_bytes()) : info.size_bytes;
    if (end == info.size_bytes && reserved_ <= end) return info;
    BB_CHECK(file_->truncate(end));
    // That set the time of the last change; a client may have set its own before CLOSE.
    BB_CHECK(file_->set_times(info.atime, info.mtime));
    return file_->info();
}

Result<WriteHandle::Finished> WriteHandle::finish() {
    const std::lock_guard gate(gate_->mutex);
    if (first_error_ && gate_->shut == WriteGate::Shut::no) return std::unexpected(*first_error_);
    BB_TRY(const FileInfo info, settle_size());
    finished_ = true;
    Finished out{.info = info, .digest = std::nullopt, .shut = gate_->shut};
    if (in_order_ && hashed_ == info.size_bytes) out.digest = hasher_.finish();
    return out;
}

Result<FileInfo> ReadHandle::info() {
    BB_TRY(FileInfo info, file_->info());
    const std::lock_guard lock(account_->mutex);
    if (place_.where == Where::open) return as_sent(place_.session->files, place_.path.inside, info);
    if (place_.alias) place_.alias->tell_sent_mode(place_.path.inside, info);
    return info;
}

Status ReadHandle::write_at(std::span<const std::byte>, std::uint64_t) {
    return fail(Errc::permission, "the file was opened for reading only");
}

Status ReadHandle::check_complete() {
    if (place_.where != Where::open) return {};
    const std::lock_guard lock(account_->mutex);
    const FileRecord* const record = place_.session->find(place_.path.inside);
    if (record == nullptr || record->is_at_rest()) return {};
    return fail(Errc::permission,
                fmt::format("{} is not complete, and a copy of it would not be: send it again first",
                            escape(place_.path.text())));
}

Status ReadHandle::set_attributes(const Attributes& attributes) {
    if (attributes.size_bytes) return fail(Errc::permission, "the file was opened for reading only");
    const std::lock_guard lock(account_->mutex);
    if (place_.where == Where::alias) return {};
    if (place_.where == Where::open &&
        (place_.session->phase == Phase::sealing || place_.session->phase == Phase::sealed))
        return {};
    BB_CHECK(check_changeable(*account_, place_));
    BB_TRY(const FileInfo before, file_->info());
    BB_CHECK(apply_times_and_mode(*file_, attributes));
    if (attributes.mode)
        note_sent_mode(place_.session->files, place_.path.inside, before.type, *attributes.mode);
    BB_TRY(const FileInfo after, file_->info());
    if (FileRecord* const record = place_.session->find(place_.path.inside))
        place_.session->files.restamped(*record, before, after);
    return {};
}

}  // namespace burnbox::upload
