// What a person relies on, after random runs on shelves of emulated discs: every session is in the inbox and
// on as many discs as were asked for, as it was sent, and the catalogue knows what is on every disc that it
// does not suspect. What is on the discs is seen on the shelves, whatever the catalogue says.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/support/burner/burner_house.hpp"

namespace burnbox::test {

class ShelfJudge {
  public:
    ShelfJudge(BurnerHouse& house, const std::map<std::string, GeneratedTree>& sessions,
               const std::set<std::string>& withdrawn, unsigned copies, bool put_back)
        : house_(house), sessions_(sessions), withdrawn_(withdrawn), copies_(copies), put_back_(put_back) {}

    void all_is_burned();
    // By the name that it was sent under: rows get other numbers when they are found again.
    [[nodiscard]] std::optional<SessionRow> row_of(const std::string& name);

  private:
    void check_session(const std::string& name);
    void check_inbox(const std::string& name, const std::string& folder);
    void check_catalogue(const SessionRow& row);
    void check_disc(const FakeDisc& disc);
    [[nodiscard]] bool is_known_by_its_receipt_only(const SessionRow& row);
    [[nodiscard]] std::optional<DiscRow> row_of(const FakeDisc& disc);
    [[nodiscard]] bool is_trusted(const FakeDisc& disc);
    [[nodiscard]] bool is_in_a_receipt(const FakeDisc& disc);
    [[nodiscard]] bool holds(const FakeDiscSession& written, const std::string& identifier,
                             const ManifestEntry& entry, const GeneratedTree& tree) const;
    // On how many discs each entry of the session is, as it was sent; of the one that is on the fewest.
    [[nodiscard]] std::size_t true_copies(const std::string& name);

    BurnerHouse& house_;
    const std::map<std::string, GeneratedTree>& sessions_;  // by the name they were sent under
    const std::set<std::string>& withdrawn_;
    unsigned copies_;
    bool put_back_;  // an older catalogue was
};

}  // namespace burnbox::test
