#include <doctest/doctest.h>

#include "common/config/config.hpp"

using namespace burnbox;
using namespace std::chrono_literals;

namespace {

Result<Config> read(const std::string& skim) {
    return parse_config(
        "state_dir: /s\naccounts: {lab: {}}\ndrives: {d: {image_dir: /d}}\nskim:\n  - " + skim + "\n",
        "b.yaml");
}

std::string findings(const std::string& skim) {
    const auto config = read(skim);
    return config ? "" : config.error().message;
}

bool finds(const std::string& skim, std::string_view part) {
    return findings(skim).find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("config: a skimmed folder needs from and account, the rest has defaults") {
    const auto config = read("{from: /b, account: lab}");
    REQUIRE_MESSAGE(config, config.error().message);
    REQUIRE(config->skim.size() == 1);
    const SkimConfig& skim = config->skim.front();
    CHECK(skim.every == 10min);
    CHECK(skim.min_age == 1min);
    CHECK(skim.max_size_bytes == 4ULL << 30U);
    CHECK(skim.include == std::vector<std::string>{"**"});
    CHECK(skim.session == "skim-%Y%m%dT%H%M%SZ");
}

TEST_CASE("config: what is wrong with a skimmed folder is said where it stands") {
    CHECK(findings("{account: lab}").starts_with("b.yaml:5:5: skim[0]: it has no from"));
    CHECK(findings("{from: /b}").starts_with("b.yaml:5:5: skim[0]: it has no account"));
    CHECK(findings("{from: b, account: lab}")
              .starts_with("b.yaml:5:12: skim[0].from: \"b\" is not an absolute"));
    CHECK(finds("{from: /b, account: lap}", "skim[0].account: there is no account \"lap\""));
    CHECK(finds("{from: /b, account: lab, every: 0s}", "skim[0].every"));
    CHECK(finds("{from: /b, account: lab, session: a/b}", "it contains '/'"));
    CHECK(finds("{from: /b, account: lab, session: \"%H:%q\"}", "its conversions may be"));
    CHECK(finds("{from: /b, account: lab, session: x-queued}", "reserved"));
    CHECK(finds("{from: /b, account: lab, max_size: 0}", "skim[0].max_size"));
}

TEST_CASE("config: a skimmed folder is apart from all that burnbox writes, but not from other skimmers") {
    CHECK(finds("{from: /s/inbox, account: lab}", "overlaps inbox_dir"));
    CHECK(finds("{from: /s/x, account: lab}", "overlaps state_dir"));
    CHECK(finds("{from: /d/x, account: lab}", "overlaps drives.d.image_dir"));
    CHECK(
        finds("{from: /w/x, account: lab}\nwatch:\n  - {path: /w, account: lab}", "overlaps watch[0].path"));
    CHECK(findings("{from: /b, account: lab}\n  - {from: /b/x, account: lab}") == "");
    CHECK(finds("{from: /b, account: lab}\n  - {from: /b, account: lab, include: [x]}",
                "account lab skims /b already"));
}
