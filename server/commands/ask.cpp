#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <thread>

#include "server/commands/command.hpp"
#include "server/control/control_client.hpp"
#include "server/control/operation_table.hpp"
#include "server/places/locations.hpp"

namespace burnbox {
namespace {

int report(const Error& error) {
    print_error(error.message);
    return error.code == Errc::unreachable ? 3 : 1;
}

int ask_once(const std::string& socket, const std::vector<std::string>& argv) {
    const Result<int> code = ask_server(socket, argv, {.out = print_out, .error = print_error});
    return code ? *code : report(code.error());
}

// Ctrl-C ends it.
int watch(const std::string& socket, const std::vector<std::string>& argv) {
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    for (;;) {
        std::string page = terminal ? "\x1b[H\x1b[2J" : "";
        const Result<int> code = ask_server(
            socket, argv, {.out = [&](std::string_view text) { page += text; }, .error = print_error});
        if (!code) return report(code.error());
        print_out(page);
        if (*code != 0) return *code;
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

// A flag of the operation, and what was typed.
struct GivenFlag {
    explicit GivenFlag(const OperationFlag& flag) : spec(flag) {}
    const OperationFlag& spec;
    bool given = false;
    std::string value;
};

void add_flag(CLI::App& app, GivenFlag& flag) {
    const std::string name(flag.spec.name), help(flag.spec.help);
    if (flag.spec.value.empty())
        app.add_flag(name, flag.given, help)->required(flag.spec.required);
    else
        app.add_option(name, flag.value, help)
            ->required(flag.spec.required)
            ->option_text(std::string(flag.spec.value));
}

}  // namespace

int ask_command(std::string_view name, const std::vector<std::string>& arguments) {
    const OperationSpec& spec = *find_operation(name);
    CLI::App app(fmt::format("{}.{}{}", spec.help, spec.detail.empty() ? "" : "\n", spec.detail),
                 fmt::format("burnbox {}", name));
    app.footer(fmt::format("Example: burnbox {}", spec.example));
    std::string config, socket, argument;
    if (!spec.argument.empty())
        app.add_option(std::string(spec.argument), argument)->required()->option_text(" ");
    std::deque<GivenFlag> flags;
    for (const OperationFlag& flag : spec.flags) add_flag(app, flags.emplace_back(flag));
    app.add_option("-c,--config", config,
                   fmt::format("the server's configuration (default: {})", kConfigFile))
        ->option_text("FILE");
    app.add_option("-s,--socket", socket, "the server's control socket (default: the configuration's)")
        ->option_text("PATH");
    if (const auto end = parse_arguments(app, arguments)) return *end;

    bool watching = false;
    std::vector<std::string> argv = {std::string(name)};
    for (const GivenFlag& flag : flags) {
        if (flag.spec.name == "--watch")
            watching = flag.given;
        else if (flag.given)
            argv.emplace_back(flag.spec.name);
        if (!flag.value.empty()) argv.insert(argv.end(), {std::string(flag.spec.name), flag.value});
    }
    if (spec.takes_path) argument = std::filesystem::absolute(argument).string();
    if (!spec.argument.empty()) argv.insert(argv.end(), {"--", argument});
    const Result<std::string> path = control_socket(socket, config);
    if (!path) return report(path.error());
    return watching ? watch(*path, argv) : ask_once(*path, argv);
}

}  // namespace burnbox
