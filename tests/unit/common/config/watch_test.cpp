#include <doctest/doctest.h>

#include "common/config/config.hpp"

using namespace burnbox;

namespace {

std::string findings(const std::string& watch, const std::string& rest = "") {
    const auto read = parse_config("state_dir: /s\naccounts: {lab: {}}\ndrives: {d: {image_dir: /d}}\n" +
                                       rest + "watch:\n  - " + watch + "\n",
                                   "b.yaml");
    return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("config: a watched folder's account needs no key") {
    CHECK(findings("{path: /w, account: lab}") == "");
    CHECK(findings("{path: /w, account: lab}", "inbox_dir: /i\n") == "");
    const auto nobody =
        parse_config("state_dir: /s\naccounts: {lab: {}}\ndrives: {d: {image_dir: /d}}\n", "b.yaml");
    REQUIRE_FALSE(nobody);
    CHECK(nobody.error().message ==
          "b.yaml:2:12: accounts.lab: the account has no key: nobody could log in; set keys or keys_file, "
          "or name it under watch or skim, whose accounts need none");
}

TEST_CASE("config: what is wrong with a watched folder is said where it stands") {
    CHECK(findings("{account: lab}").starts_with("b.yaml:5:5: watch[0]: it has no path"));
    CHECK(findings("{path: /w}").starts_with("b.yaml:5:5: watch[0]: it has no account"));
    CHECK(findings("{path: w, account: lab}")
              .starts_with("b.yaml:5:12: watch[0].path: \"w\" is not an absolute path"));
    CHECK(findings("{path: /w, account: lab, settle: 0s}").starts_with("b.yaml:5:38: watch[0].settle:"));
    CHECK(findings("{path: /w, account: lap}").find("watch[0].account: there is no account \"lap\"") !=
          std::string::npos);
    CHECK(findings("{path: /s, account: lab}").find("watch[0].path: /s is or holds state_dir") !=
          std::string::npos);
    CHECK(findings("{path: /s/seals/x, account: lab}").find("which is burnbox's own") != std::string::npos);
    CHECK(
        findings("{path: /d/x, account: lab}").find("watch[0].path: /d/x overlaps drives.d.image_dir (/d)") !=
        std::string::npos);
    CHECK(findings("{path: /s/inbox/lab, account: lab}").find("overlaps inbox_dir") != std::string::npos);
    CHECK(findings("{path: /w, account: lab}\n  - {path: /w/x, account: lab}")
              .find("watch[1].path: /w/x overlaps watch[0].path (/w)") != std::string::npos);
}
