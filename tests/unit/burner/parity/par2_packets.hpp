// Packets of PAR2 files as the program par2 writes them.
#pragma once

#include <string>

#include "burner/parity/par2_reader.hpp"

namespace burnbox::test {

inline std::string little_endian(std::uint64_t value, std::size_t bytes) {
    std::string out;
    for (; bytes > 0; --bytes, value >>= 8U) out += static_cast<char>(value & 0xFFU);
    return out;
}

inline std::string text_of(const Md5& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

inline std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

inline std::string packet(const char (&type)[17], const std::string& body) {
    const std::string digested = std::string(16, 's') + std::string(type, 16) + body;
    return std::string("PAR2\0PKT", 8) + little_endian(64 + body.size(), 8) +
           text_of(md5_of(bytes_of(digested))) + digested;
}

// The index of a set of one file with so many source blocks of four bytes.
inline std::string par2_index(unsigned source_blocks) {
    const std::string id(16, 'i');
    std::string digests = id;
    for (unsigned i = 0; i < source_blocks; ++i) digests += std::string(20, 'd');
    return packet("PAR 2.0\0Main\0\0\0\0", little_endian(4, 8) + little_endian(1, 4) + id) +
           packet("PAR 2.0\0FileDesc", id + std::string(32, 'h') + little_endian(4ULL * source_blocks, 8) +
                                           std::string("data/a.txt\0\0", 12)) +
           packet("PAR 2.0\0IFSC\0\0\0\0", digests);
}

}  // namespace burnbox::test
