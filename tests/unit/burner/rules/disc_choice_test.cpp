#include "burner/rules/disc_choice.hpp"

#include <doctest/doctest.h>

namespace burnbox {
namespace {

DiscRow disc(DiscId id, std::uint64_t free_bytes, unsigned sessions_used) {
    DiscRow row;
    row.id = id, row.pool = "default", row.free_bytes = free_bytes;
    row.sessions_used = sessions_used, row.sessions_left = 10;
    return row;
}

std::vector<DiscId> chosen(const std::vector<DiscRow>& discs, const DiscWish& wish) {
    std::vector<DiscId> ids;
    for (const DiscRow& row : discs_for(discs, wish)) ids.push_back(row.id);
    return ids;
}

const DiscWish kWish{{1, 2, 3, 4, 5, 6}, "default", 1000, {}};

}  // namespace

TEST_CASE("disc choice: the oldest open disc with room comes first, blanks come last") {
    CHECK(chosen({disc(1, 1u << 20u, 0), disc(2, 999, 3), disc(3, 1000, 3), disc(4, 5000, 1)}, kWish) ==
          std::vector<DiscId>{3, 4, 1});
}

TEST_CASE("disc choice: the tree of what is on a disc needs room too") {
    DiscWish wish = kWish;
    wish.tree_bytes = {{1, 500}, {2, 501}};
    CHECK(chosen({disc(1, 1500, 1), disc(2, 1500, 1), disc(3, 1500, 1)}, wish) == std::vector<DiscId>{1, 3});
    CHECK(needed_on(disc(2, 1500, 1), wish) == 1501);
}

TEST_CASE("disc choice: a blank disc may take everything, for only the drive knows exactly") {
    CHECK(chosen({disc(1, 10, 0)}, kWish) == std::vector<DiscId>{1});
}

TEST_CASE("disc choice: discs out of reach, other pools, excluded, full and suspect discs are left alone") {
    DiscRow out_of_reach = disc(7, 5000, 1), other_pool = disc(2, 5000, 1), full = disc(3, 5000, 1),
            suspect = disc(4, 5000, 1), no_sessions = disc(5, 5000, 1), excluded = disc(6, 5000, 1);
    other_pool.pool = "archive", full.state = DiscState::full, suspect.state = DiscState::suspect;
    no_sessions.sessions_left = 0;
    DiscWish wish = kWish;
    wish.excluded = {6};
    CHECK(chosen({out_of_reach, other_pool, full, suspect, no_sessions, excluded}, wish).empty());
}

TEST_CASE("disc choice: a disc is full below full_below or at its session limit, a blank one never") {
    CHECK(disc_is_full(disc(1, 99, 1), 100));
    CHECK_FALSE(disc_is_full(disc(1, 100, 1), 100));
    CHECK_FALSE(disc_is_full(disc(1, 99, 0), 100));
    DiscRow limit = disc(1, 5000, 3);
    limit.sessions_left = 0;
    CHECK(disc_is_full(limit, 100));
}

TEST_CASE("disc choice: a session that wants a disc for itself gets a blank") {
    DiscWish wish = kWish;
    wish.blank_only = true;
    CHECK(chosen({disc(1, 5000, 1), disc(2, 5000, 0)}, wish) == std::vector<DiscId>{2});
}

TEST_CASE("disc choice: a disc of a pool that is gone is taken over by the pool of all who are on it") {
    Config config;
    config.pools["archive"].name = "archive";
    config.pools["private"].name = "private";
    config.accounts["alice"].pool = config.accounts["bob"].pool = "archive";
    config.accounts["carol"].pool = "private";
    const auto may = [&](const std::string& of_pool, const std::vector<std::string>& accounts) {
        DiscRow row;
        row.pool = of_pool;
        std::vector<DiscSessionRow> on_it(accounts.size());
        for (std::size_t i = 0; i < accounts.size(); ++i) on_it[i].account = accounts[i];
        return may_take_over(row, on_it, "archive", config);
    };
    CHECK(may("default", {"alice", "bob"}));
    CHECK(may("default", {}));
    CHECK_FALSE(may("default", {"alice", "carol"}));
    CHECK_FALSE(may("default", {"alice", "of old"}));
    CHECK_FALSE(may("private", {"alice"}));
    CHECK_FALSE(may("archive", {"alice"}));
}

}  // namespace burnbox
