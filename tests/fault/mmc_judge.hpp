// What a person relies on, after random runs on the test burner: nothing that was sent is lost, every session
// is on its discs exactly once, and the catalogue says nothing of a disc that is not so. The discs are read
// by a witness that has none of burnbox's code.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/fault/mmc_house.hpp"

namespace burnbox::test {

class MmcJudge {
  public:
    MmcJudge(MmcHouse& house, const std::map<std::string, GeneratedTree>& sessions,
             const std::set<std::string>& foreign, unsigned copies, bool put_back)
        : house_(house), sessions_(sessions), foreign_(foreign), copies_(copies), put_back_(put_back) {}

    void nothing_is_lost();  // at any time
    void all_is_burned();    // at the end

  private:
    void check_session(const std::string& name);
    [[nodiscard]] std::string first_block_of(const std::string& name) const;
    [[nodiscard]] std::vector<DiscSessionRow> copies_of(const SessionRow& row, const std::string& receipt);
    [[nodiscard]] bool is_in_a_receipt(const std::string& disc);
    void check_copy(const SessionRow& row, const DiscSessionRow& copy);
    [[nodiscard]] bool was_away(DiscId disc);
    void check_disc(const std::string& path);
    std::vector<DiscRow> rows_of(const std::string& disc);

    MmcHouse& house_;
    // By the name they were sent under. Each has a file f0 of a block or more that nothing else holds.
    const std::map<std::string, GeneratedTree>& sessions_;
    const std::set<std::string>& foreign_;  // discs that burnbox has not made
    unsigned copies_;
    bool put_back_;  // an older catalogue was: discs that were not met since may hold more
};

}  // namespace burnbox::test
