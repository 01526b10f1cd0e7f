#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "burner/worker/worker.hpp"
#include "common/base/text.hpp"
#include "common/process/confinement.hpp"
#include "server/commands/command.hpp"
#include "server/control/operation_table.hpp"

namespace burnbox {
namespace {

int worker_command(std::string_view /*name*/, const std::vector<std::string>& /*arguments*/) {
    return worker_main();
}

int confine_command(std::string_view /*name*/, const std::vector<std::string>& arguments) {
    return confine_main(arguments);
}

std::string overview() {
    std::string text =
        "Usage: burnbox COMMAND [OPTIONS]\n"
        "An SFTP/SCP server that burns what was uploaded to write-once discs.\n\nCommands:\n";
    for (const Command& command : commands())
        if (!command.hidden) text += fmt::format("  {:<10} {}\n", command.name, command.help);
    return text +
           "\n`burnbox COMMAND --help` says more; `burnbox --version` says which version this is.\n"
           "Example: burnbox serve, then follow what it prints\n";
}

// "-c FILE" and "-s SOCKET" may stand before the command too.
std::vector<std::string> take_leading_options(std::vector<std::string>& arguments) {
    std::vector<std::string> options;
    while (arguments.size() >= 2 && (arguments[0] == "-c" || arguments[0] == "--config" ||
                                     arguments[0] == "-s" || arguments[0] == "--socket")) {
        options.insert(options.end(), arguments.begin(), arguments.begin() + 2);
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    return options;
}

}  // namespace

std::vector<Command> commands() {
    std::vector<Command> all = {
        {"serve", "Runs the server in the foreground", serve_command},
        {"check", "Checks a configuration and access to its folders and drives", check_command}};
    for (const OperationSpec& spec : operation_table()) all.push_back({spec.name, spec.help, ask_command});
    all.push_back({"worker", "Works on one disc, for the server", worker_command, true});
    all.push_back({"confine", "Runs a program in one folder only, for the server", confine_command, true});
    return all;
}

int run_command_line(std::vector<std::string> arguments) {
    const std::vector<std::string> options = take_leading_options(arguments);
    const std::string name = arguments.empty() ? "" : arguments.front();
    if (name == "--help" || name == "-h" || name == "help") {
        print_out(overview());
        return 0;
    }
    if (name == "--version") {
        print_out("burnbox " BURNBOX_VERSION "\n");
        return 0;
    }
    const std::vector<Command> all = commands();
    const auto command = std::ranges::find(all, name, &Command::name);
    if (command == all.end()) {
        print_error(name.empty()
                        ? "a command is missing; `burnbox --help` lists them"
                        : fmt::format("unknown command \"{}\"; `burnbox --help` lists them", escape(name)));
        return 2;
    }
    arguments.erase(arguments.begin());
    arguments.insert(arguments.begin(), options.begin(), options.end());
    return command->run(name, arguments);
}

std::optional<int> parse_arguments(CLI::App& app, const std::vector<std::string>& arguments) {
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(),
                                           arguments.rend()));  // CLI11 takes them from the back
        return std::nullopt;
    } catch (const CLI::CallForHelp&) {
        print_out(app.help());
        return 0;
    } catch (const CLI::ParseError& error) {
        print_error(fmt::format("{}; see `{} --help`", error.what(), app.get_name()));
        return 2;
    }
}

void print_out(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void print_error(std::string_view line) {
    fmt::print(stderr, "burnbox: {}\n", line);
}

}  // namespace burnbox
