#include "common/config/units.hpp"

#include <arpa/inet.h>

#include <limits>
#include <span>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr Unit kSizes[] = {
    {"", 1},
    {"KiB", 1ULL << 10U},
    {"MiB", 1ULL << 20U},
    {"GiB", 1ULL << 30U},
    {"TiB", 1ULL << 40U},
    {"kB", 1'000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
};
constexpr Unit kTimes[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};

std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_u64(text.substr(0, digits));
    std::string_view unit = text.substr(digits);
    if (unit.starts_with(' ') && unit.size() > 1) unit.remove_prefix(1);
    if (!number) return std::nullopt;
    for (const Unit& known : units) {
        if (known.name != unit) continue;
        const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / known.factor;
        if (*number > most) return std::nullopt;
        return *number * known.factor;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
    return parse_with_unit(text, kSizes);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    if (text == "0") return std::chrono::milliseconds(0);
    const auto milliseconds = parse_with_unit(text, kTimes);
    if (!milliseconds) return std::nullopt;
    return std::chrono::milliseconds(*milliseconds);
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string host(text.substr(0, colon));
    const auto port = parse_u64(text.substr(colon + 1));
    if (!port || *port > 65535) return std::nullopt;
    const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (brackets) host = host.substr(1, host.size() - 2);
    unsigned char address[sizeof(in6_addr)];
    if (inet_pton(brackets ? AF_INET6 : AF_INET, host.c_str(), address) != 1) return std::nullopt;
    return ListenAddress{host, static_cast<std::uint16_t>(*port)};
}

}  // namespace burnbox
