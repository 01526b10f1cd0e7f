#include "server/net/network_of.hpp"

#include <utility>  // before Asio 1.74, which forgets it

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace burnbox {

std::string network_of(const std::string& address) {
    namespace ip = boost::asio::ip;
    constexpr unsigned short kOneParty = 64;
    boost::system::error_code error;
    const auto parsed = ip::make_address(address, error);
    if (error || !parsed.is_v6()) return address;
    const ip::address_v6 v6 = parsed.to_v6();
    if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6).to_string();
    if (v6.is_link_local() || v6.is_loopback()) return address;
    return ip::make_network_v6(v6, kOneParty).canonical().to_string();
}

}  // namespace burnbox
