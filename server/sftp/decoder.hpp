// The SFTP stream, cut into requests. Pure: bytes in, calls out. A WRITE's data is passed on as it arrives,
// so no packet is held in memory for it; every other packet is held until it is whole, and never more than
// kMostPacket bytes, growing with what has really arrived (an announced length allocates nothing). One
// thread; a PacketSink may not call back into the decoder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace burnbox::sftp {

struct WriteHeader {
    std::uint32_t id = 0;
    std::string_view handle;  // points into the decoder, until write_begin returns
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
};

class PacketSink {
  public:
    virtual ~PacketSink() = default;
    // A whole packet: its type and what follows the type.
    virtual void packet(std::uint8_t type, std::span<const std::byte> body) = 0;
    // A WRITE: begin, data as it comes (together `length` bytes), end.
    virtual void write_begin(const WriteHeader& header) = 0;
    virtual void write_data(std::span<const std::byte> data) = 0;
    virtual void write_end() = 0;
    // Asked between packets: true = take no more for now.
    [[nodiscard]] virtual bool full() const = 0;
};

class Decoder {
  public:
    explicit Decoder(PacketSink& sink) : sink_(sink) {}

    // Returns how many bytes were taken: all of them, unless the sink is full or the stream is broken.
    [[nodiscard]] std::size_t feed(std::span<const std::byte> data);
    // The stream can't be followed any further (a packet length of 0 or beyond kMostPacket): close the
    // channel.
    [[nodiscard]] bool broken() const { return broken_; }
    [[nodiscard]] bool between_packets() const { return state_ == State::header && held_.empty(); }

  private:
    enum class State : std::uint8_t { header, body, write_header, write_data, skip };

    std::span<const std::byte> collect(std::span<const std::byte>& data, std::size_t wanted);
    void begin_packet(std::span<const std::byte> header);
    bool begin_write(std::span<const std::byte> head);
    void end_packet();

    PacketSink& sink_;
    std::vector<std::byte> held_;  // what has arrived of the piece being collected
    State state_ = State::header;
    bool broken_ = false;
    std::uint8_t type_ = 0;
    std::uint32_t left_ = 0;       // bytes of this packet still to come, the piece being collected included
    std::uint32_t data_left_ = 0;  // of a WRITE's data
    std::size_t head_wanted_ = 0;  // bytes of a WRITE's header to collect
};

}  // namespace burnbox::sftp
