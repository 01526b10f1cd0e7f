#include "server/control/operation_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/glob.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kLongestArgument = kLongestGlob;  // a path's, too
constexpr OperationFlag kJson{"--json", "for programs: JSON instead of columns"};
constexpr std::array kJsonOnly = {kJson};
constexpr std::array kStatusFlags = {kJson,
                                     OperationFlag{"--watch", "asks again every second until Ctrl-C", true}};
constexpr std::array kBurnFlags = {
    OperationFlag{"--wait", "stays until the session is burned and verified, then prints the receipt"},
    OperationFlag{"--again", "burns it even when the same content is on a disc already"}};

constexpr std::array kImportFlags = {
    OperationFlag{"--session", "how the session is called", false, "NAME", true},
    OperationFlag{"--account", "whose session it is (default: the only account)", false, "NAME"},
    kBurnFlags[0], kBurnFlags[1]};

constexpr std::array kSkimFlags = {
    OperationFlag{"--once", "now, beside the runs that the server makes by itself", false, {}, true}};

constexpr std::array kRetryFlags = {OperationFlag{
    "--pool", "burns the session in this pool: its own is not configured any more", false, "NAME"}};

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
    OperationSpec{
        "import", "DIR", "Copies a local folder into a session, sealed: it is burned",
        "All of the folder or nothing: what can't be read or put on a disc is named. The server reads "
        "it with its own rights, and never writes there.",
        "import /srv/photos --session holiday --wait", kImportFlags, false, true},
    OperationSpec{
        "skim", "", "Lets the server look through its skim folders at once",
        "Says what was new and which sessions it became. Exit code 1 when something could not be taken.",
        "skim --once", kSkimFlags, false},
    OperationSpec{
        "reload",
        "",
        "Lets the server read its configuration again, and says what changed and when it holds",
        "The same as SIGHUP. When anything is wrong with the files, or can't hold, nothing changes: "
        "exit code 1.",
        "reload",
        {},
        false},
    OperationSpec{
        "retry", "SESSION|DRIVE",
        "Queues a failed session again, has one burned that waits for copies, or lets a drive burn again",
        "One that waits because its pool has fewer drives than copies were promised at its seal is burned "
        "with "
        "the copies that the pool can make now. A drive is stopped when it spoiled two discs in a row. A "
        "configured drive's name means the drive; account/session always means the session.",
        "retry alice/holiday", kRetryFlags, false},
    OperationSpec{"close-disc",
                  "DRIVE",
                  "Closes the disc in a drive for good: nothing more is burned on it",
                  "A real disc gets one last disc session with the same tree, because drives close nothing "
                  "without writing.",
                  "close-disc tray",
                  {},
                  false},
    OperationSpec{"eject",
                  "DRIVE",
                  "Gives the disc out of a drive, with its autoloader when it has one",
                  "Waits until the drive has ended what it does.",
                  "eject tray",
                  {},
                  false},
    OperationSpec{"load",
                  "DRIVE",
                  "Takes a disc into a drive, with its autoloader when it has one, and says which",
                  "An emulated drive takes the disc that it began last.",
                  "load tray",
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

// "--session NAME".
std::string with_value(const OperationFlag& flag) {
    return flag.value.empty() ? std::string(flag.name) : fmt::format("{} {}", flag.name, flag.value);
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

std::string Operation::value(std::string_view flag) const {
    const auto found = values.find(flag);
    return found == values.end() ? std::string() : found->second;
}

namespace {

// Takes the flag at words[at], and its value when it has one.
Status take_flag(const OperationSpec& spec, std::span<const std::string> words, std::size_t& at,
                 Operation& operation) {
    const std::string& word = words[at];
    const std::size_t equals = word.find('=');
    const auto flag =
        std::ranges::find(spec.flags, std::string_view(word).substr(0, equals), &OperationFlag::name);
    if (flag == spec.flags.end() || flag->here_only || (equals != std::string::npos && flag->value.empty()))
        return wrong_usage(spec, fmt::format("unknown option \"{}\"", escape(word)));
    std::string value = equals == std::string::npos ? std::string() : word.substr(equals + 1);
    if (!flag->value.empty() && equals == std::string::npos && at + 1 < words.size()) value = words[++at];
    if (!flag->value.empty() && value.empty())
        return wrong_usage(spec, fmt::format("{} lacks its {}", flag->name, flag->value));
    operation.flags.emplace_back(flag->name);
    if (!flag->value.empty()) operation.values.insert_or_assign(std::string(flag->name), std::move(value));
    return {};
}

// What stands before and after the flags, in their order.
Result<std::vector<std::string>> take_flags(std::span<const std::string> words, Operation& operation) {
    std::vector<std::string> arguments;
    bool only_arguments = false;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (only_arguments || !word.starts_with("-"))
            arguments.push_back(word);
        else if (word == "--")
            only_arguments = true;
        else if (word == "--help" || word == "-h")
            operation.help = true;
        else
            BB_CHECK(take_flag(*operation.spec, words, at, operation));
    }
    return arguments;
}

}  // namespace

Result<Operation> parse_operation(const std::vector<std::string>& argv, bool account) {
    const std::string name = argv.empty() ? "" : argv.front();
    Operation operation;
    operation.spec = find_operation(name);
    if (account && (operation.spec == nullptr || !operation.spec->accounts))
        return fail(Errc::invalid,
                    fmt::format("\"{}\" does not work over SSH, and there is no shell; these do: {}",
                                escape(name), names_for_accounts()));
    if (operation.spec == nullptr)
        return fail(Errc::invalid, fmt::format("unknown command \"{}\"", escape(name)));
    const OperationSpec& spec = *operation.spec;
    BB_TRY(const auto arguments, take_flags(std::span(argv).subspan(1), operation));
    if (operation.help) return operation;
    const std::size_t wanted = spec.argument.empty() ? 0 : 1;
    if (arguments.size() < wanted || (wanted == 1 && arguments.front().empty()))
        return wrong_usage(spec, fmt::format("{} is missing", spec.argument));
    if (arguments.size() > wanted)
        return wrong_usage(spec, fmt::format("\"{}\" is too much", escape(arguments[wanted])));
    if (wanted == 1 && arguments.front().size() > kLongestArgument)
        return wrong_usage(spec, fmt::format("{} has more than {} bytes", spec.argument, kLongestArgument));
    for (const OperationFlag& flag : spec.flags)
        if (flag.required && !operation.has(flag.name))
            return wrong_usage(spec, fmt::format("{} is missing", flag.name));
    if (wanted == 1) operation.argument = arguments.front();
    return operation;
}

std::string usage_line(const OperationSpec& spec) {
    std::string line(spec.name);
    if (!spec.argument.empty()) line += fmt::format(" {}", spec.argument);
    for (const OperationFlag& flag : spec.flags)
        if (!flag.here_only)
            line += flag.required ? " " + with_value(flag) : fmt::format(" [{}]", with_value(flag));
    return line;
}

std::string operation_help(const OperationSpec& spec) {
    std::string text = fmt::format("Usage: {}\n{}.\n", usage_line(spec), spec.help);
    if (!spec.detail.empty()) text += fmt::format("{}\n", spec.detail);
    for (const OperationFlag& flag : spec.flags)
        if (!flag.here_only) text += fmt::format("  {:<9} {}\n", with_value(flag), flag.help);
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
