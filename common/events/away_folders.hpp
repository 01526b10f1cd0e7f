// Folders that are not there, as one condition (folder_away) with a sentence for each. Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "common/base/clock.hpp"
#include "common/events/events.hpp"

namespace burnbox {

class AwayFolders {
  public:
    // Both outlive this.
    AwayFolders(Events& events, const Clock& clock) : events_(events), clock_(clock) {}

    // What is wrong with `folder`, a path on this machine; "" = it is there. Says nothing that is known
    // already.
    void tell(const std::string& folder, const std::string& why);

    // Folder -> why, of those that are away.
    [[nodiscard]] std::map<std::string, std::string> list() const;

  private:
    Events& events_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> away_;  // folder -> why
};

}  // namespace burnbox
