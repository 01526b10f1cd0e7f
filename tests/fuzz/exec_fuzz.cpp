// libFuzzer: what is parsed before or instead of a login's protocols: an exec request's words, scp's
// and rsync's arguments, a client's hello.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "server/rsync/command.hpp"
#include "server/rsync/options.hpp"
#include "server/scp/command.hpp"
#include "server/service/command_line.hpp"
#include "server/ssh/client_hello.hpp"

namespace {

// What rsync would get has no option that was not in the table, and nothing that it could take for one as a
// path.
void check_rsync(const burnbox::rsync::Command& command) {
    if (command.paths.empty() || (!command.sender && command.paths.size() != 1)) std::abort();
    for (const std::string& path : command.paths)
        if (path.empty() || path.front() == '-') std::abort();
    for (const std::string& option : command.options) {
        if (option.size() < 2 || option.front() != '-') std::abort();
        if (option[1] != '-') continue;
        const std::string_view name = std::string_view(option).substr(2, option.find('=') - 2);
        const auto* const row = burnbox::rsync::find_long_option(name);
        if (row == nullptr || row->use == burnbox::rsync::Use::never) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto words = burnbox::split_command(text);
    if (words) {
        std::size_t total = 0;
        for (const std::string& word : *words) total += word.size();
        if (total > size) std::abort();
        const auto rsync = burnbox::rsync::parse_command(*words);
        if (rsync) check_rsync(*rsync);
        const auto command = burnbox::scp::parse_command(*words);
        if (command && (command->paths.empty() || command->paths.front().empty())) std::abort();
    }
    const auto entry = burnbox::scp::parse_entry(text);
    if (entry && (entry->name.find('/') != std::string::npos || entry->name == "..")) std::abort();
    (void)burnbox::scp::parse_times(text);
    (void)burnbox::read_client_hello(std::as_bytes(std::span(text)));
    return 0;
}
