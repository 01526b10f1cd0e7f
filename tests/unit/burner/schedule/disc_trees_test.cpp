#include "burner/schedule/disc_trees.hpp"

#include <doctest/doctest.h>

#include "burner/drive/drive.hpp"
#include "tests/support/burner/burner_house.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

// A disc session of 1000 blocks with these sessions, read back.
void burn(Catalogue& catalogue, DiscRow& disc, std::vector<SessionId> sessions,
          const std::optional<TreeArea>& tree) {
    AttemptRow attempt;
    attempt.disc = disc.id, attempt.sessions = sessions, attempt.disc_session = ++disc.sessions_used;
    attempt.tree = tree;
    attempt.id = must(catalogue.begin_attempt(attempt));
    must(catalogue.attempt_written(attempt.id, 0, 1000, ""));
    std::vector<Catalogue::BurnedSession> burned;
    for (const SessionId session : sessions) burned.push_back({session, {}});
    must(catalogue.attempt_verified(attempt.id, disc, burned, {}, {}));
}

}  // namespace

TEST_CASE("disc trees: what the newest disc session had for its tree, else all that was not sent, at most") {
    BurnerHouse house;
    Catalogue& catalogue = *house.catalogue;
    DiscRow disc;
    disc.label = "BURNBOX_0001", disc.serial = "1", disc.drive = "tray";
    disc.id = must(catalogue.add_disc(disc));
    DiscTrees trees(catalogue);
    CHECK(trees.bytes_on(disc) == 0);
    burn(catalogue, disc, {house.queue("a", {{"a", "1"}})}, TreeArea{0, 90, {}});
    CHECK(trees.bytes_on(disc) == 90 * kSectorBytes);
    const std::string content(3000, 'x');
    burn(catalogue, disc, {house.queue("b", {{"a", content}}), house.queue("c", {{"a", content}})},
         std::nullopt);
    CHECK(trees.bytes_on(disc) == 1000 * kSectorBytes - 6000);
    burn(catalogue, disc, {house.queue("d", {{"a", "1"}})}, TreeArea{0, 120, {}});
    CHECK(trees.bytes_on(disc) == 120 * kSectorBytes);
}

}  // namespace burnbox::test
