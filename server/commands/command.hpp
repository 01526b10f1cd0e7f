// The program's commands: one table, one function each. A function gets what was typed after the command's name, reads it with
// CLI11, and returns the exit code: 0 done, 1 the answer is no or it failed, 2 wrong usage, 3 the server can't be reached.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace burnbox {

struct Command {
    std::string_view name;
    std::string_view help;  // one line of `burnbox --help`
    int (*run)(const std::vector<std::string>& arguments) = nullptr;
    bool hidden = false;
};

[[nodiscard]] std::span<const Command> commands();

// main() without the program's name.
[[nodiscard]] int run_command_line(std::vector<std::string> arguments);

int serve_command(const std::vector<std::string>& arguments);
int check_command(const std::vector<std::string>& arguments);
int worker_command(const std::vector<std::string>& arguments);
// A command that the running server answers: `name` is one of server/control/operation_table.hpp.
int ask_command(std::string_view name, const std::vector<std::string>& arguments);

}  // namespace burnbox
