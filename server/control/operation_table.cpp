#include "server/control/operation_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr OperationFlag kJson{"--json", "for programs: JSON instead of columns"};
constexpr std::array kJsonOnly = {kJson};
constexpr std::array kStatusFlags = {kJson,
                                     OperationFlag{"--watch", "asks again every second until Ctrl-C", true}};
constexpr std::array kBurnFlags = {
    OperationFlag{"--wait", "stays until the session is burned and verified, then prints the receipt"},
    OperationFlag{"--again", "burns it even when the same content is on a disc already"}};

constexpr std::string_view kSessionDetail =
    "SESSION is ACCOUNT/NAME as `sessions` shows it; the account may be left out while the name is unique.";

constexpr std::array kTable = {
    OperationSpec{"status", "",
                  "Shows the drives, the discs, what burns now, the queue and the open sessions", "",
                  "status --watch", kStatusFlags, true},
    OperationSpec{"sessions", "", "Lists the sessions with their state and why they wait", "",
                  "sessions --json", kJsonOnly, true},
    OperationSpec{"discs", "", "Lists the discs with their free space and the sessions on them",
                  "A session is counted only on a disc it was verified on.", "discs", kJsonOnly, true},
    OperationSpec{"drives", "", "Lists the drives and the discs in them", "", "drives", kJsonOnly, false},
    OperationSpec{"find", "PATTERN", "Says which disc and disc session hold a file",
                  "PATTERN is a glob over whole paths or names; `*` does not match '/', `**` does. Discs "
                  "need not be loaded.",
                  "find '*.jpg'", kJsonOnly, true},
    OperationSpec{"verify",
                  "DISC|SESSION",
                  "Reads a disc or a session back and compares it with its manifests",
                  "Exit code 1 when anything differs.",
                  "verify BURNBOX_0001",
                  {},
                  false},
    OperationSpec{"burn", "SESSION", "Seals an open session, as sending a marker does, and burns it",
                  kSessionDetail, "burn holiday --wait", kBurnFlags, true},
    OperationSpec{"retry",
                  "SESSION",
                  "Queues a failed session again",
                  kSessionDetail,
                  "retry alice/holiday",
                  {},
                  false},
    OperationSpec{"cancel",
                  "SESSION",
                  "Takes a queued session back: it is open again; refused once burning has begun",
                  kSessionDetail,
                  "cancel holiday",
                  {},
                  true},
};

std::string names_for_accounts() {
    std::string names;
    for (const OperationSpec& spec : kTable)
        if (spec.accounts) names += fmt::format("{}, ", spec.name);
    return names + "help";
}

std::unexpected<Error> wrong_usage(const OperationSpec& spec, std::string_view what) {
    return fail(Errc::invalid, fmt::format("{}: {}; usage: {}", spec.name, what, usage_line(spec)));
}

}  // namespace

std::span<const OperationSpec> operation_table() {
    return kTable;
}

const OperationSpec* find_operation(std::string_view name) {
    const auto* const it = std::ranges::find(kTable, name, &OperationSpec::name);
    return it == kTable.end() ? nullptr : it;
}

bool Operation::has(std::string_view flag) const {
    return std::ranges::find(flags, flag) != flags.end();
}

Result<Operation> parse_operation(const std::vector<std::string>& argv, bool account) {
    const std::string name = argv.empty() ? "" : argv.front();
    Operation operation;
    operation.spec = find_operation(name);
    if (account && (operation.spec == nullptr || !operation.spec->accounts))
        return fail(Errc::invalid, fmt::format("\"{}\" does not work over SSH; these do: {}", escape(name),
                                               names_for_accounts()));
    if (operation.spec == nullptr)
        return fail(Errc::invalid, fmt::format("unknown command \"{}\"", escape(name)));
    const OperationSpec& spec = *operation.spec;
    std::vector<std::string> arguments;
    bool only_arguments = false;
    for (const std::string& word : std::span(argv).subspan(1)) {
        if (only_arguments || !word.starts_with("-")) {
            arguments.push_back(word);
        } else if (word == "--") {
            only_arguments = true;
        } else if (word == "--help" || word == "-h") {
            operation.help = true;
        } else {
            const auto it = std::ranges::find(spec.flags, word, &OperationFlag::name);
            if (it == spec.flags.end() || it->here_only)
                return wrong_usage(spec, fmt::format("unknown option \"{}\"", escape(word)));
            operation.flags.push_back(word);
        }
    }
    if (operation.help) return operation;
    const std::size_t wanted = spec.argument.empty() ? 0 : 1;
    if (arguments.size() < wanted || (wanted == 1 && arguments.front().empty()))
        return wrong_usage(spec, fmt::format("{} is missing", spec.argument));
    if (arguments.size() > wanted)
        return wrong_usage(spec, fmt::format("\"{}\" is too much", escape(arguments[wanted])));
    if (wanted == 1) operation.argument = arguments.front();
    return operation;
}

std::string usage_line(const OperationSpec& spec) {
    std::string line(spec.name);
    if (!spec.argument.empty()) line += fmt::format(" {}", spec.argument);
    for (const OperationFlag& flag : spec.flags)
        if (!flag.here_only) line += fmt::format(" [{}]", flag.name);
    return line;
}

std::string operation_help(const OperationSpec& spec) {
    std::string text = fmt::format("Usage: {}\n{}.\n", usage_line(spec), spec.help);
    if (!spec.detail.empty()) text += fmt::format("{}\n", spec.detail);
    for (const OperationFlag& flag : spec.flags)
        if (!flag.here_only) text += fmt::format("  {:<9} {}\n", flag.name, flag.help);
    return text + fmt::format("Example: {}\n", spec.example);
}

std::string account_help() {
    std::size_t width = 0;
    for (const OperationSpec& spec : kTable)
        if (spec.accounts) width = std::max(width, usage_line(spec).size());
    std::string text = "This is burnbox: what you copy here is burned to discs. Over SSH you can ask:\n";
    for (const OperationSpec& spec : kTable)
        if (spec.accounts) text += fmt::format("  {:<{}}  {}\n", usage_line(spec), width, spec.help);
    text += fmt::format("  {:<{}}  Says this\n", "help", width);
    return text +
           "Copy a folder with `scp -r FOLDER HOST:NAME/`, then `ssh HOST burn NAME --wait` prints the "
           "receipt.\n";
}

}  // namespace burnbox
