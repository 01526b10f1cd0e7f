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

using Files = std::map<std::string, std::string>;  // path: content

class MmcJudge {
  public:
    MmcJudge(MmcHouse& house, const std::map<SessionId, Files>& sessions,
             const std::set<std::string>& foreign, unsigned copies)
        : house_(house), sessions_(sessions), foreign_(foreign), copies_(copies) {}

    void nothing_is_lost();  // at any time
    void all_is_burned();    // at the end

  private:
    void check_session(SessionId id);
    void check_copy(const SessionRow& row, const DiscSessionRow& copy);
    void check_disc(const std::string& path);
    std::vector<DiscRow> rows_of(const std::string& disc);

    MmcHouse& house_;
    const std::map<SessionId, Files>& sessions_;
    const std::set<std::string>& foreign_;  // discs that burnbox has not made
    unsigned copies_;
};

}  // namespace burnbox::test
