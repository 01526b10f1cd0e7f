#include "server/sftp/decoder.hpp"

#include <algorithm>

#include "server/sftp/protocol.hpp"
#include "server/sftp/wire.hpp"

namespace burnbox::sftp {
namespace {

// id, handle length; then the handle, offset, data length (draft-ietf-secsh-filexfer-02 6.4).
constexpr std::size_t kWriteStart = 8;
constexpr std::size_t kWriteFixed = 4 + 4 + 8 + 4;
constexpr std::size_t kLongestHandle = 256;  // 6.2

}  // namespace

// Gives `wanted` bytes in one piece, straight from the input when it has them all, else collected; empty =
// not yet.
std::span<const std::byte> Decoder::collect(std::span<const std::byte>& data, std::size_t wanted) {
    if (held_.empty() && data.size() >= wanted) {
        const auto piece = data.first(wanted);
        data = data.subspan(wanted);
        return piece;
    }
    const std::size_t more = std::min(wanted - held_.size(), data.size());
    held_.insert(held_.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(more));
    data = data.subspan(more);
    if (held_.size() < wanted) return {};
    return held_;
}

void Decoder::begin_packet(std::span<const std::byte> header) {
    const std::uint32_t length = load_u32(header.data());
    type_ = std::to_integer<std::uint8_t>(header[4]);
    held_.clear();
    if (length == 0 || length > kMostPacket) {
        broken_ = true;
        return;
    }
    left_ = length - 1;
    if (type_ == kWrite && left_ >= kWriteFixed) {
        state_ = State::write_header;
        head_wanted_ = kWriteStart;
    } else if (left_ == 0) {
        sink_.packet(type_, {});
    } else {
        state_ = State::body;
    }
}

// Takes the header as far as it is known; false when more of it is wanted. A WRITE whose lengths contradict
// its packet is passed on as a plain packet, to be answered with BAD_MESSAGE.
bool Decoder::begin_write(std::span<const std::byte> head) {
    const std::uint32_t handle_length = load_u32(head.data() + 4);
    const std::size_t whole = kWriteFixed + handle_length;
    if (handle_length > kLongestHandle || whole > left_) {
        sink_.packet(type_, head.first(4));
        left_ -= static_cast<std::uint32_t>(head.size());
        state_ = State::skip;
        return true;
    }
    if (head.size() < whole) {
        head_wanted_ = whole;
        return false;
    }
    Reader reader(head);
    WriteHeader header;
    header.id = reader.u32();
    header.handle = reader.string();
    header.offset = reader.u64();
    header.length = reader.u32();
    left_ -= static_cast<std::uint32_t>(whole);
    if (header.length > left_) {
        sink_.packet(type_, head.first(4));
        state_ = State::skip;
        return true;
    }
    data_left_ = header.length;
    state_ = State::write_data;
    sink_.write_begin(header);
    return true;
}

void Decoder::end_packet() {
    held_.clear();
    if (held_.capacity() > 8192) held_ = {};
    state_ = State::header;
}

std::size_t Decoder::feed(std::span<const std::byte> data) {
    const std::size_t offered = data.size();
    while (!broken_) {
        if (state_ == State::header) {
            if (data.empty() || (held_.empty() && sink_.full())) break;
            const auto header = collect(data, 5);
            if (header.empty()) break;
            begin_packet(header);
        } else if (state_ == State::body) {
            const auto body = collect(data, left_);
            if (body.empty()) break;
            sink_.packet(type_, body);
            end_packet();
        } else if (state_ == State::write_header) {
            const std::size_t before = held_.size();
            const auto head = collect(data, head_wanted_);
            if (head.empty()) break;
            if (!begin_write(head)) {
                // The handle's length is known now: collect on with what was seen kept.
                if (before == 0 && held_.empty()) held_.assign(head.begin(), head.end());
                continue;
            }
            held_.clear();
        } else if (state_ == State::write_data) {
            const std::size_t piece = std::min<std::size_t>(data_left_, data.size());
            if (piece > 0) sink_.write_data(data.first(piece));
            data = data.subspan(piece);
            data_left_ -= static_cast<std::uint32_t>(piece);
            left_ -= static_cast<std::uint32_t>(piece);
            if (data_left_ > 0) break;
            sink_.write_end();
            state_ = State::skip;
        } else {
            // Junk behind a WRITE's data (rclone sends it): the packet's own length counts.
            const std::size_t piece = std::min<std::size_t>(left_, data.size());
            data = data.subspan(piece);
            left_ -= static_cast<std::uint32_t>(piece);
            if (left_ > 0) break;
            end_packet();
        }
    }
    return offered - data.size();
}

}  // namespace burnbox::sftp
