// Base64 as SSH keys use it (RFC 4648 4, with padding). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace burnbox {

[[nodiscard]] std::string base64_encode(std::string_view bytes);

// Nothing unless it is exactly what base64_encode() gives.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace burnbox
