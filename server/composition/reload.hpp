// Brings another configuration into a running server: reads the file again, checks it, and publishes what can
// hold without a restart (common/config/take_hold). All of it or nothing.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/config/current_config.hpp"
#include "common/config/take_hold.hpp"

namespace burnbox {

// What a running server does about it. Both may block.
struct ReloadSteps {
    // Makes what `next` needs. Errors: it does not hold then, and nothing has changed.
    std::function<Status(const Config& next)> prepare;
    // It was published.
    std::function<void()> follow;
};

class Reload {
  public:
    // The one publisher of `config`, which outlives it.
    explicit Reload(CurrentConfig& config) : config_(config) {}

    // Once there is a server. Until then what is published is for its start.
    void serve(ReloadSteps steps);
    // The server ends: nothing is reloaded any more. Waits for one that is under way.
    void end();

    struct Report {
        std::vector<ChangedKey> hold;                   // what changed and holds, or will as the table says
        std::vector<std::string> restart;               // what waits for a restart
        std::map<std::string, std::string> keys_wrong;  // account -> AccountConfig::keys_wrong
        std::vector<std::string> unread_files{};        // unread_account_files()
    };
    // Errors: "FILE:LINE:COL: ..." of everything that is wrong, or what can't hold; the old one stays. Logs
    // what it comes to. One at a time; blocks. Any thread.
    [[nodiscard]] Result<Report> run();

  private:
    [[nodiscard]] Result<Report> read_and_publish();

    CurrentConfig& config_;
    std::mutex mutex_;  // guards all below; held for a whole run
    ReloadSteps steps_;
    bool ended_ = false;
};

// A line for each key.
[[nodiscard]] std::string to_text(const Reload::Report& report);

}  // namespace burnbox
