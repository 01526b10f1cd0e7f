// SFTP packets for tests, written and read by hand, not by the code under test.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace burnbox::test {

inline std::string be32(std::uint32_t value) {
    return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U), static_cast<char>(value >> 8U),
            static_cast<char>(value)};
}
inline std::string be64(std::uint64_t value) {
    return be32(static_cast<std::uint32_t>(value >> 32U)) + be32(static_cast<std::uint32_t>(value));
}
inline std::string text(std::string_view value) {
    return be32(static_cast<std::uint32_t>(value.size())) + std::string(value);
}
inline std::string sftp_packet(std::uint8_t type, std::string_view body) {
    return be32(static_cast<std::uint32_t>(body.size() + 1)) + static_cast<char>(type) + std::string(body);
}
inline const std::string kNoAttributes = be32(0);

struct SftpReply {
    std::uint8_t type = 0;
    std::uint32_t id = 0;
    std::string body;  // after the id

    [[nodiscard]] std::uint32_t number(std::size_t at = 0) const {
        std::uint32_t value = 0;
        for (std::size_t i = at; i < at + 4 && i < body.size(); ++i)
            value = value << 8U | static_cast<std::uint8_t>(body[i]);
        return value;
    }
    [[nodiscard]] std::string string(std::size_t at = 0) const { return body.substr(at + 4, number(at)); }
};

// Cuts a stream into replies; what is left over at the end is an error of the server, given as a reply of
// type 0.
inline std::vector<SftpReply> sftp_replies(std::string_view stream) {
    std::vector<SftpReply> replies;
    while (stream.size() >= 9) {
        const SftpReply head{0, 0, std::string(stream.substr(0, 4))};
        if (stream.size() < 4 + head.number() || head.number() < 5) break;
        SftpReply reply{static_cast<std::uint8_t>(stream[4]), 0, std::string(stream.substr(5, 4))};
        reply.id = reply.number();
        reply.body = stream.substr(9, head.number() - 5);
        replies.push_back(reply);
        stream.remove_prefix(4 + head.number());
    }
    if (!stream.empty()) replies.push_back({});
    return replies;
}

}  // namespace burnbox::test
