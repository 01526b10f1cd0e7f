#include "server/sftp/decoder.hpp"

#include <doctest/doctest.h>

#include <random>

#include "server/sftp/protocol.hpp"
#include "tests/support/server/sftp_packets.hpp"

using namespace burnbox::sftp;
using burnbox::test::be32;
using burnbox::test::be64;
using burnbox::test::sftp_packet;
using burnbox::test::text;

namespace {

// Writes down what it is told, one line per call; a WRITE's data in one piece whatever pieces it came in.
class Notes final : public PacketSink {
  public:
    std::string lines;
    bool is_full = false;

    void packet(std::uint8_t type, std::span<const std::byte> body) override {
        lines += "packet " + std::to_string(type) + " " + to_text(body) + "\n";
    }
    void write_begin(const WriteHeader& header) override {
        lines += "write " + std::to_string(header.id) + " " + std::string(header.handle) + " at " +
                 std::to_string(header.offset) + " of " + std::to_string(header.length) + ": ";
    }
    void write_data(std::span<const std::byte> data) override { lines += to_text(data); }
    void write_end() override { lines += "\n"; }
    bool full() const override { return is_full; }

  private:
    static std::string to_text(std::span<const std::byte> bytes) {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
};

std::size_t feed(Decoder& decoder, std::string_view bytes) {
    return decoder.feed(std::as_bytes(std::span(bytes)));
}

std::string write_packet(std::uint32_t id, std::string_view handle, std::uint64_t offset,
                         std::string_view data, std::string_view junk = {}) {
    return sftp_packet(kWrite, be32(id) + text(handle) + be64(offset) + text(data) + std::string(junk));
}

}  // namespace

TEST_CASE("sftp decoder: the same requests come out however the bytes are cut") {
    const std::string stream = sftp_packet(kInit, be32(3)) + sftp_packet(kStat, be32(1) + text("/a")) +
                               write_packet(2, "handle-1", 7, "hello") + write_packet(3, "h", 0, "") +
                               sftp_packet(kClose, be32(4) + text("handle-1")) + sftp_packet(99, "");
    Notes whole;
    Decoder all(whole);
    CHECK(feed(all, stream) == stream.size());
    CHECK(all.between_packets());
    CHECK(whole.lines.find("write 2 handle-1 at 7 of 5: hello\n") != std::string::npos);
    for (const unsigned seed : {1U, 2U, 3U, 4U, 5U}) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        Notes notes;
        Decoder decoder(notes);
        for (std::size_t at = 0; at < stream.size();) {
            const std::size_t piece =
                std::min<std::size_t>(1 + random() % (seed == 1 ? 1 : 9), stream.size() - at);
            CHECK(feed(decoder, std::string_view(stream).substr(at, piece)) == piece);
            at += piece;
        }
        CHECK(notes.lines == whole.lines);
    }
}

TEST_CASE("sftp decoder: junk behind a WRITE's data is skipped by the packet's own length") {
    Notes notes;
    Decoder decoder(notes);
    feed(decoder, write_packet(1, "h", 0, "data", std::string(300, 'j')) + sftp_packet(kStat, be32(2)));
    CHECK(notes.lines == "write 1 h at 0 of 4: data\npacket 17 " + be32(2) + "\n");
}

TEST_CASE("sftp decoder: lengths of zero or beyond the bound break the stream before anything is kept") {
    for (const std::uint32_t length : {0U, kMostPacket + 1, 0xFFFFFFFFU}) {
        CAPTURE(length);
        Notes notes;
        Decoder decoder(notes);
        feed(decoder, be32(length) + "\x06 more");
        CHECK(decoder.broken());
        CHECK(notes.lines.empty());
    }
}

TEST_CASE(
    "sftp decoder: a WRITE whose lengths contradict its packet is passed on to be refused, and the stream "
    "goes on") {
    Notes notes;
    Decoder decoder(notes);
    const std::string huge_handle = sftp_packet(kWrite, be32(1) + be32(0xFFFFFFF0) + std::string(20, 'x'));
    const std::string huge_data = sftp_packet(kWrite, be32(2) + text("h") + be64(0) + be32(1000) + "short");
    const std::string tiny = sftp_packet(kWrite, be32(3));
    for (const std::string& packet : {huge_handle, huge_data, tiny}) {
        for (const char c : packet) feed(decoder, std::string_view(&c, 1));
    }
    feed(decoder, sftp_packet(kStat, "x"));
    CHECK(notes.lines ==
          "packet 6 " + be32(1) + "\npacket 6 " + be32(2) + "\npacket 6 " + be32(3) + "\npacket 17 x\n");
}

TEST_CASE("sftp decoder: takes nothing new while its sink is full, but ends what it began") {
    Notes notes;
    Decoder decoder(notes);
    const std::string first = sftp_packet(kStat, "abcd");
    feed(decoder, first.substr(0, 7));
    notes.is_full = true;
    CHECK(feed(decoder, first.substr(7) + first) == first.size() - 7);
    notes.is_full = false;
    CHECK(feed(decoder, first) == first.size());
    CHECK(notes.lines == "packet 17 abcd\npacket 17 abcd\n");
}
