#include "server/skim/index_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "common/base/text.hpp"

namespace burnbox::skim {
namespace {

constexpr std::string_view kMagic = "burnbox skim 1\n";
constexpr std::size_t kBufferBytes = 1U << 20U;
constexpr std::size_t kMostPathBytes = 1U << 20U;  // deeper than any walk goes
constexpr std::uint8_t kEnd = 0;

void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) out += static_cast<char>(value | 0x80U);
    out += static_cast<char>(value);
}

void put_fixed(std::string& out, std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(value >> shift);
}

void put_digest(std::string& out, const Sha256& digest) {
    for (const std::uint8_t byte : digest.bytes) out += static_cast<char>(byte);
}

std::uint64_t to_number(Timestamp time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

Timestamp to_time(std::uint64_t number) {
    return Timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(number)));
}

Sha256 take_digest(const char* from) {
    Sha256 digest;
    std::memcpy(digest.bytes.data(), from, digest.bytes.size());
    return digest;
}

}  // namespace

IndexWriter::IndexWriter(File& file) : file_(file), buffer_(kMagic) {}

Status IndexWriter::add(const IndexEntry& entry) {
    const auto shared =
        static_cast<std::size_t>(std::ranges::mismatch(last_path_, entry.path).in1 - last_path_.begin());
    put_varint(buffer_, shared);
    put_varint(buffer_, entry.path.size() - shared);
    buffer_.append(entry.path, shared);
    buffer_ += static_cast<char>(entry.kind);
    if (entry.kind != IndexEntry::Kind::gone) {
        put_fixed(buffer_, entry.size_bytes);
        put_fixed(buffer_, to_number(entry.mtime));
        put_fixed(buffer_, to_number(entry.ctime));
        put_fixed(buffer_, entry.inode);
        put_digest(buffer_, entry.sha256);
    }
    last_path_ = entry.path;
    ++count_;
    return buffer_.size() < kBufferBytes ? Status() : flush();
}

Status IndexWriter::flush() {
    hasher_.update(buffer_);
    BB_CHECK(file_.write_at(std::as_bytes(std::span(buffer_)), offset_));
    offset_ += buffer_.size();
    buffer_.clear();
    return {};
}

Status IndexWriter::finish() {
    put_varint(buffer_, 0);
    put_varint(buffer_, 0);
    buffer_ += static_cast<char>(kEnd);
    put_fixed(buffer_, count_);
    BB_CHECK(flush());
    put_digest(buffer_, hasher_.finish());
    return file_.write_at(std::as_bytes(std::span(buffer_)), offset_);
}

std::unique_ptr<IndexReader> IndexReader::empty() {
    return std::unique_ptr<IndexReader>(new IndexReader());
}

Result<std::unique_ptr<IndexReader>> IndexReader::open(FileSystem& fs, const std::string& path) {
    auto reader = empty();
    BB_TRY(reader->file_, fs.open(path, {.read = true}));
    reader->shown_ = fs.host_path(path);
    BB_CHECK(reader->need(kMagic.size()));
    if (!reader->buffer_.starts_with(kMagic)) return reader->corrupt("it is no index of this version");
    reader->at_ = kMagic.size();
    return reader;
}

std::unexpected<Error> IndexReader::corrupt(std::string_view why) const {
    return fail(Errc::corrupt,
                fmt::format("skim index {}: {}; restore it, or remove it: then everything is taken once more",
                            escape(shown_), why));
}

// So many bytes are in the buffer behind at_.
Status IndexReader::need(std::size_t bytes) {
    if (buffer_.size() - at_ >= bytes) return {};
    hasher_.update(std::string_view(buffer_).substr(hashed_, at_ - hashed_));
    buffer_.erase(0, at_);
    at_ = hashed_ = 0;
    while (buffer_.size() < bytes) {
        const std::size_t old = buffer_.size();
        buffer_.resize(old + kBufferBytes);
        BB_TRY(const std::size_t got,
               file_->read_at(std::as_writable_bytes(std::span(buffer_).subspan(old)), offset_));
        buffer_.resize(old + got);
        offset_ += got;
        if (got == 0) return corrupt("it is cut off");
    }
    return {};
}

Result<std::uint64_t> IndexReader::varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
        BB_CHECK(need(1));
        const auto byte = static_cast<unsigned char>(buffer_[at_++]);
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if (byte < 0x80U) return value;
    }
    return corrupt("a number has no end");
}

std::uint64_t IndexReader::fixed() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 8)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(buffer_[at_++])) << shift;
    return value;
}

Status IndexReader::read_end() {
    BB_CHECK(need(8));
    if (fixed() != count_) return corrupt("records are missing");
    hasher_.update(std::string_view(buffer_).substr(hashed_, at_ - hashed_));
    hashed_ = at_;
    BB_CHECK(need(32));
    if (take_digest(buffer_.data() + at_) != hasher_.finish()) return corrupt("it is damaged");
    ended_ = true;
    return {};
}

Result<const IndexEntry*> IndexReader::next() {
    if (!file_ || ended_) return nullptr;
    BB_TRY(const std::uint64_t shared, varint());
    BB_TRY(const std::uint64_t more, varint());
    if (shared > entry_.path.size() || more > kMostPathBytes) return corrupt("a path has no end");
    BB_CHECK(need(more + 1));
    entry_.path.resize(shared);
    entry_.path.append(buffer_, at_, more);
    at_ += more;
    const auto kind = static_cast<std::uint8_t>(buffer_[at_++]);
    if (kind == kEnd) {
        BB_CHECK(read_end());
        return nullptr;
    }
    if (kind > static_cast<std::uint8_t>(IndexEntry::Kind::gone)) return corrupt("a kind is not known");
    entry_.kind = static_cast<IndexEntry::Kind>(kind);
    ++count_;
    if (entry_.kind == IndexEntry::Kind::gone) return &entry_;
    BB_CHECK(need(4 * 8 + 32));
    entry_.size_bytes = fixed();
    entry_.mtime = to_time(fixed());
    entry_.ctime = to_time(fixed());
    entry_.inode = fixed();
    entry_.sha256 = take_digest(buffer_.data() + at_);
    at_ += 32;
    return &entry_;
}

}  // namespace burnbox::skim
