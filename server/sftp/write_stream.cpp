// WRITE (draft-ietf-secsh-filexfer-02 6.4): streamed, and gathered into large writes.
#include <algorithm>
#include <utility>

#include "server/sftp/session.hpp"

namespace burnbox::sftp {

// Data that follows on is gathered and written in one go at the end of the batch, or when anything
// else comes.
void Session::write_begin(const WriteHeader& header) {
    if (finished_) return;
    const OpenHandle* handle = started_ ? handles_.find(header.handle) : nullptr;
    const bool goes_on = gather_.lent_to(*this) && gathered_.get() == handle &&
                         gathered_offset_ + gather_.size() == header.offset;
    if (!goes_on) flush_writes();
    write_id_ = header.id;
    write_offset_ = header.offset;
    write_code_ = kOk;
    if (handle == nullptr || !handle->file || !handle->writable) {
        write_code_ = kFailure;
        write_error_ = "write: not a handle that is open for writing";
    } else if (header.offset > static_cast<std::uint64_t>(INT64_MAX) - header.length) {
        write_code_ = kFailure;
        write_error_ = "write: the offset is beyond any file's end";
        handle->file->note_lost_write({Errc::invalid, 0, write_error_});
    } else if (!goes_on) {
        gather_.acquire(*this, header.offset);
        gathered_ = handles_.share(header.handle);
        gathered_offset_ = header.offset;
    }
}

void Session::write_data(std::span<const std::byte> data) {
    if (finished_) return;
    while (!data.empty() && write_code_ == kOk) {
        // Between two batches the memory was given back: this WRITE goes on where it stopped.
        if (!gather_.lent_to(*this)) {
            gather_.acquire(*this, write_offset_);
            gathered_offset_ = write_offset_;
        }
        const auto piece = data.first(std::min(data.size(), gather_.room()));
        gather_.add(piece);
        write_offset_ += piece.size();
        data = data.subspan(piece.size());
        if (gather_.room() == 0) flush_writes();
    }
}

void Session::write_end() {
    if (finished_) return;
    if (write_code_ != kOk) {
        reply(write_id_, write_code_, write_error_);
    } else {
        gathered_ids_.push_back(write_id_);
        if (!gather_.lent_to(*this)) flush_writes();
    }
}

void Session::flush_writes() {
    const bool lent = gather_.lent_to(*this);
    if (!lent && gathered_ids_.empty()) return;
    Status status;
    if (lent && gather_.size() > 0) status = gathered_->file->write_at(gather_.bytes(), gathered_offset_);
    if (lent) gather_.release();
    if (!status && !std::exchange(gathered_->failure_told, true)) refuse("write", status.error());
    for (const std::uint32_t id : gathered_ids_) {
        if (status)
            reply(id, kOk);
        else
            reply(id, status_of(status.error()), status.error().message);
    }
    gathered_ids_.clear();
    if (!status) {  // the WRITE that is still coming in lost its beginning
        write_code_ = status_of(status.error());
        write_error_ = status.error().message;
    }
}

}  // namespace burnbox::sftp
