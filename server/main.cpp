// burnbox: an SFTP/SCP server that burns what was uploaded to write-once discs, and the commands to talk to
// it.
#include <string_view>

#include "common/process/fast_copies.hpp"
#include "server/commands/command.hpp"

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "serve") burnbox::start_with_fast_copies(argv);
    return burnbox::run_command_line({argv + 1, argv + argc});
}
