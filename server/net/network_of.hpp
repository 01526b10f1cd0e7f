// Which addresses are one party's. Pure.
#pragma once

#include <string>

namespace burnbox {

// `address` as Asio writes it. An IPv6 address stands for its /64, of which whoever has one address has all
// (RFC 4291 2.5.4); a link-local one, whose /64 is everybody's, and an IPv4 address stand for themselves.
// Whatever is no address too.
[[nodiscard]] std::string network_of(const std::string& address);

}  // namespace burnbox
