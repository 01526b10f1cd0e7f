#include "server/rsync/command.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "server/rsync/options.hpp"

namespace burnbox::rsync {
namespace {

constexpr unsigned kMostVerbosity =
    2;  // more than -vv is for rsync's makers, and tells paths of this machine

std::unexpected<Error> refuse(std::string_view what, std::string_view why) {
    return fail(Errc::invalid, fmt::format("rsync: {}: {}; {}", escape(what), why, kWhatWorks));
}

// The protocol's own flags behind -e: a version, a dot, letters.
bool is_capabilities(std::string_view text) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return text.size() <= 64 &&
           std::ranges::all_of(text, [&](char c) { return digit(c) || letter(c) || c == '.'; });
}

class Parser {
  public:
    explicit Parser(const std::vector<std::string>& argv) : argv_(argv) {}

    Result<Command> parse();

  private:
    Status take_long(std::string_view word);
    Status take_cluster(std::string_view word);
    Status take_paths();
    [[nodiscard]] Status check_use(Use use, std::string_view what, std::string_view why) const;

    const std::vector<std::string>& argv_;
    std::size_t at_ = 1;
    unsigned verbosity_ = 0;
    Command command_;
};

Status Parser::check_use(Use use, std::string_view what, std::string_view why) const {
    if (use == Use::never) return refuse(what, why);
    if (use == Use::writing && command_.sender) return refuse(what, "works only towards the server");
    if (use == Use::reading && !command_.sender) return refuse(what, "works only from the server");
    return {};
}

Status Parser::take_long(std::string_view word) {
    const std::size_t equals = word.find('=');
    const std::string_view shown = word.substr(0, equals);
    const LongOption* const option = find_long_option(shown.substr(2));
    if (option == nullptr) return refuse(shown, "not here");
    BB_CHECK(check_use(option->use, shown, option->why));
    std::string passed(word);
    if (option->value != Value::none) {
        std::string_view value;
        const bool next_word = option->value == Value::folder || option->value == Value::list;
        if (equals != std::string_view::npos)
            value = word.substr(equals + 1);
        else if (next_word && at_ < argv_.size())
            value = argv_[at_++];
        if (!is_value(option->value, value))
            return refuse(shown, fmt::format("not with the value \"{}\"", escape(value)));
        passed = fmt::format("{}={}", shown, value);
    } else if (equals != std::string_view::npos) {
        return refuse(shown, "takes no value");
    }
    command_.deletes = command_.deletes || option->deletes;
    command_.options.push_back(std::move(passed));
    return {};
}

Status Parser::take_cluster(std::string_view word) {
    std::string passed = "-";
    for (std::size_t i = 1; i < word.size(); ++i) {
        const char letter = word[i];
        const std::string shown = fmt::format("-{}", letter);
        if (letter == 'e') {
            if (!is_capabilities(word.substr(i + 1))) return refuse(word, "not a client's -e");
            passed += word.substr(i);
            break;
        }
        if (letter == 'B') {
            if (!is_value(Value::number, word.substr(i + 1))) return refuse(word, "not a block size");
            passed += word.substr(i);
            break;
        }
        const ShortOption* const option = find_short_option(letter);
        if (option == nullptr) return refuse(shown, "not here");
        BB_CHECK(check_use(option->use, shown, option->why));
        command_.manner.dry_run = command_.manner.dry_run || letter == 'n';
        command_.recursive = command_.recursive || letter == 'r' || letter == 'd';
        if (letter != 'v' || ++verbosity_ <= kMostVerbosity) passed += letter;
    }
    if (passed.size() > 1) command_.options.push_back(std::move(passed));
    return {};
}

// "." and then the paths. Nothing that looks like an option may come there: rsync would take it for one.
Status Parser::take_paths() {
    if (at_ >= argv_.size() || argv_[at_] != ".") return refuse("the command", "not one of rsync's");
    for (++at_; at_ < argv_.size(); ++at_) {
        std::string path = argv_[at_];
        if (path.starts_with('-')) return refuse(path, "write ./ before a name that begins with -");
        // A shell would have made the home folder of it, which is the inbox.
        if (path == "~" || path.starts_with("~/")) path.replace(0, 1, ".");
        command_.paths.push_back(path.empty() ? "." : std::move(path));
    }
    if (command_.paths.empty() || (!command_.sender && command_.paths.size() != 1))
        return refuse("the command", "needs one target");
    return {};
}

Result<Command> Parser::parse() {
    std::size_t bytes = 0;
    for (const std::string& word : argv_) {
        bytes += word.size() + 1;
        if (word.find('\0') != std::string::npos) return refuse("the command", "has a NUL in it");
    }
    if (bytes > kLongestCommand)
        return fail(Errc::invalid, "rsync: the command is longer than 8 KiB: name fewer or shorter paths");
    if (argv_.size() < 2 || argv_[1] != "--server")
        return refuse("the command", "only what an rsync client sends (rsync --server ...) is run here");
    at_ = 2;
    if (at_ < argv_.size() && argv_[at_] == "--sender") {
        command_.sender = true;
        ++at_;
    }
    while (at_ < argv_.size() && argv_[at_].size() > 1 && argv_[at_].starts_with('-')) {
        const std::string_view word = argv_[at_++];
        BB_CHECK(word.starts_with("--") ? take_long(word) : take_cluster(word));
    }
    BB_CHECK(take_paths());
    // Given twice it is --append-verify.
    const auto given = [this](const char* option) { return std::ranges::count(command_.options, option); };
    command_.manner.goes_on = given("--append") == 1;
    command_.manner.appends = given("--append") > 0;
    command_.writes_into_files = command_.manner.appends || given("--inplace") > 0;
    command_.manner.in_place = given("--inplace") > 0 && given("--size-only") == 0;
    return std::move(command_);
}

}  // namespace

Result<Command> parse_command(const std::vector<std::string>& argv) {
    return Parser(argv).parse();
}

}  // namespace burnbox::rsync
