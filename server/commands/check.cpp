#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "common/base/text.hpp"
#include "server/commands/command.hpp"
#include "server/control/columns.hpp"
#include "server/places/account_files.hpp"
#include "server/places/account_keys.hpp"
#include "server/places/locations.hpp"
#include "server/places/overlap_findings.hpp"
#include "server/places/state_folders.hpp"
#include "server/places/strict_findings.hpp"
#include "server/watch/examine.hpp"

namespace burnbox {
namespace {

std::string rights_text(const Rights& rights) {
    std::string text;
    if (rights.upload) text += "upload, ";
    if (rights.read) text += "read, ";
    if (rights.remove) text += "delete, ";
    return text.empty() ? "no rights" : text.substr(0, text.size() - 2);
}

std::string summary(const Config& config) {
    std::vector<std::vector<std::string>> rows;
    for (const ListenAddress& address : config.listen)
        rows.push_back({"listen", fmt::format("{}:{}", address.host, address.port)});
    for (const auto& [name, account] : config.accounts)
        rows.push_back({"account", name,
                        fmt::format("{}; {}; pool {}{}", count_text(account.keys.size(), "key", "keys"),
                                    rights_text(account.rights), account.pool,
                                    account.quota_bytes == 0
                                        ? ""
                                        : fmt::format("; quota {}", human_bytes(account.quota_bytes)))});
    for (const WatchConfig& folder : config.watch)
        rows.push_back({"watch", folder.path,
                        fmt::format("account {}; settle {} ms", folder.account, folder.settle.count())});
    for (const SkimConfig& folder : config.skim)
        rows.push_back({"skim", folder.from,
                        fmt::format("account {}; every {}; sessions {}", folder.account,
                                    human_duration(static_cast<std::uint64_t>(folder.every.count() / 1000)),
                                    folder.session)});
    rows.push_back({"signals", config.signals_dir});
    for (const HookConfig& hook : config.hooks) rows.push_back({"hook", hook.run[0], listed(hook.on)});
    for (const auto& [name, drive] : config.drives)
        rows.push_back({"drive", name,
                        drive.emulated() ? fmt::format("emulated {} in {}", drive.medium, drive.image_dir)
                                         : drive.device});
    for (const auto& [name, pool] : config.pools)
        rows.push_back(
            {"pool", name,
             fmt::format("{}; {}", fmt::join(pool.drives, ", "), count_text(pool.copies, "copy", "copies"))});
    return columns(rows, {}, "  ");
}

}  // namespace

int check_command(std::string_view name, const std::vector<std::string>& arguments) {
    CLI::App app(
        "Checks a configuration and access to its folders and drives, without changing anything.\n"
        "Exit code 1 with FILE:LINE:COL when something is wrong.",
        fmt::format("burnbox {}", name));
    app.footer("Example: burnbox check -c burnbox.yaml");
    std::string option;
    app.add_option("-c,--config", option, fmt::format("the configuration (default: {})", kConfigFile))
        ->option_text("FILE");
    if (const auto end = parse_arguments(app, arguments)) return *end;

    const std::string file = config_file(option);
    if (file.empty()) {
        print_out(
            fmt::format("no configuration: {} is not there, so `burnbox serve` runs with its defaults; -c "
                        "FILE checks another one\n",
                        kConfigFile));
        return 0;
    }
    const Result<Config> config = read_config(file);
    if (!config) {
        fmt::print(stderr, "{}\n", config.error().message);
        return 1;
    }
    std::vector<std::string> findings = access_findings(*config);
    for (std::string& finding : strict_findings(*config, StrictFor::check))
        findings.push_back(std::move(finding));
    for (std::string& finding : overlap_findings(*config)) findings.push_back(std::move(finding));
    for (const std::string& finding : findings) fmt::print(stderr, "{}: {}\n", file, finding);
    const auto keys = keys_wrong(*config);
    for (const auto& [account, wrong] : keys) fmt::print(stderr, "{}\n", wrong);
    for (const std::string& line : unread_account_files(*config))
        fmt::print(stderr, "{}: note: {}\n", file, line);
    if (!findings.empty() || !keys.empty()) return 1;
    for (std::size_t i = 0; i < config->watch.size(); ++i)
        if (const std::string note = watch::unseen_note(config->watch[i]); !note.empty())
            fmt::print(stderr, "{}: note: watch[{}].path: {}\n", file, i, note);
    print_out(fmt::format("{}: ok\n{}", file, summary(*config)));
    return 0;
}

}  // namespace burnbox
