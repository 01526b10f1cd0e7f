// The operations a running server answers, as data: what is typed, what it takes, who may ask. The help
// texts, the command line of the program and the server's own reading of a request all come from this one
// table. Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox {

struct OperationFlag {
    std::string_view name;  // "--wait"
    std::string_view help;
    bool here_only = false;    // done by the `burnbox` command itself, never sent
    std::string_view value{};  // "NAME": what must follow it; empty = nothing
    bool required = false;
};

struct OperationSpec {
    std::string_view name;
    std::string_view argument;  // "SESSION"; empty = takes none
    std::string_view help;      // one line, a sentence without its dot
    std::string_view detail;    // what else is worth knowing
    std::string_view example;   // without the program's name
    std::span<const OperationFlag> flags;
    bool accounts = false;    // an account may ask over SSH, for what is its own
    bool takes_path = false;  // the argument is a path on this machine, sent as an absolute one
};

[[nodiscard]] std::span<const OperationSpec> operation_table();
[[nodiscard]] const OperationSpec* find_operation(std::string_view name);  // nullptr: there is none

struct Operation {
    const OperationSpec* spec = nullptr;
    std::string argument;
    std::vector<std::string> flags;
    std::map<std::string, std::string, std::less<>> values;  // of flags that have one
    bool help = false;                                       // --help was asked
    [[nodiscard]] bool has(std::string_view flag) const;
    [[nodiscard]] std::string value(std::string_view flag) const;  // "" when it was not given
};

// Reads a request's argv; `account`: it came over SSH. Errors: Errc::invalid with one line that says what
// works.
[[nodiscard]] Result<Operation> parse_operation(const std::vector<std::string>& argv, bool account);

[[nodiscard]] std::string usage_line(const OperationSpec& spec);      // "import DIR --session NAME [--wait]"
[[nodiscard]] std::string operation_help(const OperationSpec& spec);  // what --help says over SSH
[[nodiscard]] std::string account_help();                             // what `ssh burnbox help` says

}  // namespace burnbox
