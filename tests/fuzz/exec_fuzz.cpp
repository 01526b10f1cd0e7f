// libFuzzer: what is parsed before or instead of a login's protocols: an exec request's words, scp's
// arguments, a client's hello.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "server/scp/command.hpp"
#include "server/ssh/client_hello.hpp"
#include "server/ssh/command_line.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto words = burnbox::split_command(text);
    if (words) {
        std::size_t total = 0;
        for (const std::string& word : *words) total += word.size();
        if (total > size) std::abort();
        const auto command = burnbox::scp::parse_command(*words);
        if (command && command->path.empty()) std::abort();
    }
    const auto entry = burnbox::scp::parse_entry(text);
    if (entry && (entry->name.find('/') != std::string::npos || entry->name == "..")) std::abort();
    (void)burnbox::scp::parse_times(text);
    (void)burnbox::read_client_hello(std::as_bytes(std::span(text)));
    return 0;
}
