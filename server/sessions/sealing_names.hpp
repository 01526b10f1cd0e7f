// One session of a name is sealed at a time: that the same waits already, the name that is free, and the
// folder's rename are decided together. Threads: any.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace burnbox {

class SealingNames {
  public:
    // Held until it is dropped. Blocks while another one holds the name in that account.
    class Hold {
      public:
        Hold(SealingNames& names, std::string account, std::string name);
        ~Hold();
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

      private:
        SealingNames& names_;
        const std::pair<std::string, std::string> key_;
    };

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::pair<std::string, std::string>> held_;
};

}  // namespace burnbox
