#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <deque>
#include <thread>

#include "server/commands/command.hpp"
#include "server/commands/locations.hpp"
#include "server/control/control_client.hpp"
#include "server/control/operation_table.hpp"

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

}  // namespace

int ask_command(std::string_view name, const std::vector<std::string>& arguments) {
    const OperationSpec& spec = *find_operation(name);
    CLI::App app(fmt::format("{}.{}{}", spec.help, spec.detail.empty() ? "" : "\n", spec.detail),
                 fmt::format("burnbox {}", name));
    app.footer(fmt::format("Example: burnbox {}", spec.example));
    std::string config, socket, argument;
    if (!spec.argument.empty())
        app.add_option(std::string(spec.argument), argument)->required()->option_text(" ");
    std::deque<std::pair<std::string, bool>> flags;
    for (const OperationFlag& flag : spec.flags) {
        auto& [flag_name, given] = flags.emplace_back(flag.name, false);
        app.add_flag(flag_name, given, std::string(flag.help));
    }
    app.add_option("-c,--config", config,
                   fmt::format("the server's configuration (default: {})", kConfigFile))
        ->option_text("FILE");
    app.add_option("-s,--socket", socket, "the server's control socket (default: the configuration's)")
        ->option_text("PATH");
    if (const auto end = parse_arguments(app, arguments)) return *end;

    bool watching = false;
    std::vector<std::string> argv = {std::string(name)};
    for (const auto& [flag, given] : flags) {
        if (flag == "--watch")
            watching = given;
        else if (given)
            argv.push_back(flag);
    }
    if (!spec.argument.empty()) argv.insert(argv.end(), {"--", argument});
    const Result<std::string> path = control_socket(socket, config);
    if (!path) return report(path.error());
    return watching ? watch(*path, argv) : ask_once(*path, argv);
}

}  // namespace burnbox
