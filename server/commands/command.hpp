// The program's commands: one table, one function each. A function gets its name and what was typed after it,
// reads that with CLI11, and returns the exit code: 0 done, 1 the answer is no or it failed, 2 wrong usage, 3
// the server can't be reached.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace burnbox {

struct Command {
    std::string_view name;
    std::string_view help;  // its line of `burnbox --help`
    int (*run)(std::string_view name, const std::vector<std::string>& arguments) = nullptr;
    bool hidden = false;
};

// Those of this program, then those that the running server answers (server/control/operation_table.hpp).
[[nodiscard]] std::vector<Command> commands();

// main() without the program's name.
[[nodiscard]] int run_command_line(std::vector<std::string> arguments);

int serve_command(std::string_view name, const std::vector<std::string>& arguments);
int check_command(std::string_view name, const std::vector<std::string>& arguments);
int ask_command(std::string_view name, const std::vector<std::string>& arguments);

// Parses a command's own arguments. An exit code when that is the end: --help was printed, or the usage is
// wrong.
[[nodiscard]] std::optional<int> parse_arguments(CLI::App& app, const std::vector<std::string>& arguments);

void print_out(std::string_view text);    // to standard output, at once
void print_error(std::string_view line);  // "burnbox: LINE" to standard error

}  // namespace burnbox
