// watch: the folders of `watch:`, filled by other programs and laid out like the inbox of one account. Same
// life and names as an inbox: the rules are in watch_rule, the seal is that of uploads. One thread for all of
// them, which sleeps while nothing changes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/upload/client.hpp"

namespace burnbox {

class Watches {
  public:
    // `services.inbox` is the main inbox, of which clock, catalogue, pool and the like are taken over; the
    // folders are areas of it while they are there.
    [[nodiscard]] static Result<std::unique_ptr<Watches>> open(const UploadServices& services);
    ~Watches();  // stop()
    Watches(const Watches&) = delete;
    Watches& operator=(const Watches&) = delete;

    // Opens the folders and ends what a crash cut; before the burner starts. One that is away, because its
    // disk is not mounted, is told and tried again; its sessions wait. Errors: those of opening the others.
    // Blocks.
    [[nodiscard]] Status recover();
    [[nodiscard]] Status start();
    void end();   // begins nothing more, and takes no order; does not block
    void stop();  // end(), and waits until that is over
    // The folder that its thread is at, which stop() would wait for; "" = none. Any thread.
    [[nodiscard]] std::string at_work() const;

    [[nodiscard]] std::vector<OpenSessionStatus> open_sessions() const;  // any thread
    // As Uploads::burn, for the open session of that name in this watched folder. Any thread.
    void burn(const std::string& folder, const std::string& session, bool again, Done done);

  private:
    struct State;
    explicit Watches(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace burnbox
