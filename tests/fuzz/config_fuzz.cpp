// libFuzzer: the configuration reader on any bytes. It must answer with a Config or with findings that carry
// a place.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/config/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto config = burnbox::parse_config(text, "fuzz.yaml");
    if (!config && config.error().message.find(':') == std::string::npos) std::abort();
    return 0;
}
