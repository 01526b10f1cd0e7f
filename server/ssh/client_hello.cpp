#include "server/ssh/client_hello.hpp"

#include "server/ssh/identification.hpp"

#include <cstdint>
#include <string_view>

namespace burnbox {
namespace {

constexpr std::uint8_t kKexinit = 20;
constexpr std::size_t kCookieBytes = 16;

std::uint32_t number(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char c : bytes.substr(0, 4)) value = value << 8U | static_cast<std::uint8_t>(c);
    return value;
}

bool lists(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        if (list.substr(0, comma) == name) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
    return false;
}

// The name-lists of RFC 4253 7.1: kex, host keys, then ciphers to the server and from it.
ClientHello read_kexinit(std::string_view payload) {
    if (payload.size() < 1 + kCookieBytes || static_cast<std::uint8_t>(payload[0]) != kKexinit)
        return ClientHello::other;
    payload.remove_prefix(1 + kCookieBytes);
    bool fast = true;
    for (int list = 0; list < 4; ++list) {
        if (payload.size() < 4 || number(payload) > payload.size() - 4) return ClientHello::other;
        const std::string_view names = payload.substr(4, number(payload));
        payload.remove_prefix(4 + names.size());
        if (list >= 2) fast = fast && lists(names, "aes128-gcm@openssh.com");
    }
    return fast ? ClientHello::fast : ClientHello::other;
}

}  // namespace

ClientHello read_client_hello(std::span<const std::byte> bytes) {
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::size_t line_end = text.find('\n');
    if (line_end == std::string_view::npos)
        return text.size() > kLongestIdentification ? ClientHello::other : ClientHello::incomplete;
    if (line_end >= kLongestIdentification || !text.starts_with("SSH-")) return ClientHello::other;
    text.remove_prefix(line_end + 1);
    // RFC 4253 6: packet length, padding length, payload, padding; no MAC yet.
    if (text.size() < 5) return ClientHello::incomplete;
    const std::uint32_t length = number(text);
    const auto padding = static_cast<std::uint8_t>(text[4]);
    if (length > kLongestHello || length < 1U + padding) return ClientHello::other;
    if (text.size() < 4 + length)
        return bytes.size() > kLongestHello ? ClientHello::other : ClientHello::incomplete;
    return read_kexinit(text.substr(5, length - 1 - padding));
}

}  // namespace burnbox
