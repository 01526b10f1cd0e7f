#include "server/control/operation_table.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

namespace {

std::string refusal(const std::vector<std::string>& argv, bool account = false) {
    const auto operation = parse_operation(argv, account);
    REQUIRE_FALSE(operation);
    CHECK(operation.error().code == Errc::invalid);
    CHECK(operation.error().message.find('\n') == std::string::npos);
    return operation.error().message;
}

}  // namespace

TEST_CASE("operations: flags may stand before and after the argument") {
    for (const std::vector<std::string>& argv :
         {std::vector<std::string>{"burn", "holiday", "--wait", "--again"},
          std::vector<std::string>{"burn", "--wait", "--again", "holiday"}}) {
        const auto operation = parse_operation(argv, false);
        REQUIRE(operation);
        CHECK(operation->spec->name == "burn");
        CHECK(operation->argument == "holiday");
        CHECK(operation->has("--wait"));
        CHECK(operation->has("--again"));
        CHECK_FALSE(operation->has("--json"));
    }
}

TEST_CASE("operations: after -- a word is an argument, whatever it begins with") {
    const auto operation = parse_operation({"find", "--json", "--", "-x*"}, true);
    REQUIRE(operation);
    CHECK(operation->argument == "-x*");
    CHECK(operation->has("--json"));
}

TEST_CASE("operations: wrong usage says what is wrong and what is right") {
    CHECK(refusal({"burn"}) == "burn: SESSION is missing; usage: burn SESSION [--wait] [--again]");
    CHECK(refusal({"burn", ""}) == "burn: SESSION is missing; usage: burn SESSION [--wait] [--again]");
    CHECK(refusal({"burn", "a", "b"}) == "burn: \"b\" is too much; usage: burn SESSION [--wait] [--again]");
    CHECK(refusal({"status", "--wait"}) == "status: unknown option \"--wait\"; usage: status [--json]");
    CHECK(refusal({"status", "x\n"}) == "status: \"x\\n\" is too much; usage: status [--json]");
    CHECK(refusal({"explode"}) == "unknown command \"explode\"");
    CHECK(refusal({}) == "unknown command \"\"");
}

TEST_CASE("operations: what the burnbox command does by itself is not taken from others") {
    CHECK(refusal({"status", "--watch"}) == "status: unknown option \"--watch\"; usage: status [--json]");
}

TEST_CASE("operations: over SSH an account has only what is its own, and is told what works") {
    for (const char* name : {"verify", "retry", "drives", "worker", "scp", "", "rm -rf"})
        CHECK(refusal({name, "x"}, true)
                  .ends_with("does not work over SSH, and there is no shell; these do: status, sessions, "
                             "discs, find, burn, cancel, help"));
    for (const char* name : {"status", "sessions", "discs"}) CHECK(parse_operation({name}, true));
    for (const char* name : {"find", "burn", "cancel"}) CHECK(parse_operation({name, "x"}, true));
}

TEST_CASE("operations: --help needs no argument, and its text has the usage and an example") {
    for (const OperationSpec& spec : operation_table()) {
        const auto operation = parse_operation({std::string(spec.name), "--help"}, false);
        REQUIRE(operation);
        CHECK(operation->help);
        const std::string text = operation_help(spec);
        CHECK(text.find(usage_line(spec)) != std::string::npos);
        CHECK(text.find("Example: " + std::string(spec.name)) != std::string::npos);
    }
    CHECK(account_help().find("burn SESSION [--wait] [--again]") != std::string::npos);
    CHECK(account_help().find("verify") == std::string::npos);
}

TEST_CASE(
    "operations: a flag takes its value from the next word or behind '='; required ones are asked for") {
    for (const std::vector<std::string>& argv :
         {std::vector<std::string>{"import", "/a", "--session", "holiday", "--wait"},
          std::vector<std::string>{"import", "--session=holiday", "--wait", "--", "/a"}}) {
        const auto operation = parse_operation(argv, false);
        REQUIRE(operation);
        CHECK(operation->argument == "/a");
        CHECK(operation->value("--session") == "holiday");
        CHECK(operation->value("--account").empty());
        CHECK(operation->has("--wait"));
    }
    const std::string usage = "; usage: import DIR --session NAME [--account NAME] [--wait] [--again]";
    CHECK(refusal({"import", "/a"}) == "import: --session is missing" + usage);
    CHECK(refusal({"import", "/a", "--session"}) == "import: --session lacks its NAME" + usage);
    CHECK(refusal({"import", "/a", "--session="}) == "import: --session lacks its NAME" + usage);
    CHECK(refusal({"import", "/a", "--wait=1", "--session", "x"}) ==
          "import: unknown option \"--wait=1\"" + usage);
    CHECK(refusal({"skim"}) == "skim: --once is missing; usage: skim --once");
}

TEST_CASE("operations: an argument that is longer than any path is wrong usage") {
    CHECK(refusal({"find", std::string(4097, 'a')}) ==
          "find: PATTERN has more than 4096 bytes; usage: find PATTERN [--json]");
    CHECK(parse_operation({"find", std::string(4096, 'a')}, true));
}
