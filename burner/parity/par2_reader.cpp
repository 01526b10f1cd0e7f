#include "burner/parity/par2_reader.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace burnbox {
namespace {

constexpr std::string_view kMagic("PAR2\0PKT", 8);
constexpr std::size_t kHeadBytes = 64;     // magic, length, MD5, set, type
constexpr std::size_t kDigestedFrom = 32;  // of a packet, by its MD5
constexpr std::size_t kMostPacketBytes = 1U << 28U;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kBlockDigestBytes = 20;  // MD5, CRC32
constexpr std::string_view kMain("PAR 2.0\0Main\0\0\0\0", 16);
constexpr std::string_view kDescription("PAR 2.0\0FileDesc", 16);
constexpr std::string_view kDigests("PAR 2.0\0IFSC\0\0\0\0", 16);
constexpr std::string_view kParity("PAR 2.0\0RecvSlic", 16);

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Little-endian, as everything in PAR2.
std::uint64_t number_at(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8U | std::to_integer<std::uint64_t>(bytes[at + i]);
    return value;
}

Md5 md5_at(std::span<const std::byte> bytes, std::size_t at) {
    Md5 digest;
    std::memcpy(digest.data(), bytes.data() + at, digest.size());
    return digest;
}

}  // namespace

Md5 md5_of(std::span<const std::byte> data) {
    Md5 digest{};
    unsigned size = 0;
    EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_md5(), nullptr);
    return digest;
}

// How many bytes are done with: a packet, or what is none. 0 = more bytes are needed to say.
std::size_t Par2Reader::take_packet(std::span<const std::byte> bytes, bool more_may_come) {
    const std::size_t at = text_of(bytes).find(kMagic);
    if (at == std::string_view::npos)
        return bytes.size() < kMagic.size() ? 0 : bytes.size() - (kMagic.size() - 1);
    if (at != 0) return at;
    if (bytes.size() < kHeadBytes) return 0;
    const std::uint64_t length = number_at(bytes, 8, 8);
    if (length < kHeadBytes || length > kMostPacketBytes || length % 4 != 0) return kMagic.size();
    if (length > bytes.size()) return more_may_come ? 0 : kMagic.size();
    const auto packet = bytes.first(length);
    if (md5_of(packet.subspan(kDigestedFrom)) != md5_at(packet, 16)) return kMagic.size();
    read_packet(packet);
    return length;
}

void Par2Reader::read_packet(std::span<const std::byte> packet) {
    const std::string_view type = text_of(packet.subspan(48, 16));
    const auto body = packet.subspan(kHeadBytes);
    if (type == kMain && body.size() >= 12) {
        block_bytes_ = number_at(body, 0, 8);
        files_count_ = number_at(body, 8, 4);
    } else if (type == kParity && body.size() >= 4) {
        parity_blocks_.insert(static_cast<std::uint32_t>(number_at(body, 0, 4)));
    } else if (type == kDescription && body.size() > 56) {
        ProtectedFile& file = files_[std::string(text_of(body.first(kIdBytes)))];
        file.size_bytes = number_at(body, 48, 8);
        file.name = text_of(body.subspan(56));
        file.name.resize(std::strlen(file.name.c_str()));  // filled up with NUL
    } else if (type == kDigests && body.size() > kIdBytes) {
        ProtectedFile& file = files_[std::string(text_of(body.first(kIdBytes)))];
        file.blocks.clear();
        for (std::size_t at = kIdBytes; at + kBlockDigestBytes <= body.size(); at += kBlockDigestBytes)
            file.blocks.push_back(md5_at(body, at));
    }
}

void Par2Reader::add(std::span<const std::byte> bytes) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    std::size_t done = 0;
    while (const std::size_t taken = take_packet(std::span(buffer_).subspan(done), true)) done += taken;
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(done));
}

void Par2Reader::gap() {
    std::size_t done = 0;
    while (const std::size_t taken = take_packet(std::span(buffer_).subspan(done), false)) done += taken;
    buffer_.clear();
}

std::vector<Par2Reader::ProtectedFile> Par2Reader::files() const {
    std::vector<ProtectedFile> whole;
    for (const auto& [id, file] : files_)
        if (!file.name.empty() && !file.blocks.empty()) whole.push_back(file);
    return whole;
}

}  // namespace burnbox
