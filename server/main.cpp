// burnbox: an SFTP/SCP server that burns what was uploaded to write-once discs, and the commands to talk to
// it.
#include "server/commands/command.hpp"

int main(int argc, char** argv) {
    return burnbox::run_command_line({argv + 1, argv + argc});
}
