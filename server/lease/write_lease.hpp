// A session's folder while a program writes in it. Between the two looks the session is marked as leased: it
// can't be sealed, renamed or leased again. The disk pool's threads; calls don't overlap but by the mutex
// here.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "server/lease/lease.hpp"
#include "server/lease/lease_record.hpp"
#include "server/sessions/after_unlock.hpp"
#include "server/sessions/resolved_path.hpp"

namespace burnbox::upload {

class WriteLease final : public Lease {
  public:
    struct Facts {
        ConnectionId connection = 0;
        bool made_session = false;  // an empty folder goes again
        WriteManner manner{};
    };
    // The session is marked as leased already.
    WriteLease(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account,
               std::shared_ptr<OpenSession> session, Terms leased, const Facts& facts);
    ~WriteLease() override;

    // The look before the program begins. Files that are cut off get a time that no sender has, so that rsync
    // compares their content instead of trusting size and time. Blocks.
    [[nodiscard]] Status prepare();

    [[nodiscard]] const Terms& terms() const override { return leased_; }
    [[nodiscard]] Status measure() override;
    void give_back(bool ended_well, Done done) override;

  private:
    [[nodiscard]] bool was_refused() const;
    [[nodiscard]] Result<Brought> look_at_brought(bool ended_well) const;
    void hash_brought(Brought& brought) const;
    void give_back_unused(Done done);
    // Account locked.
    void undo_empty_session();
    void answer(const Brought& brought, Done done, AfterUnlock& after);

    const std::shared_ptr<SessionRegistry> registry_;
    const std::shared_ptr<Account> account_;
    const std::shared_ptr<OpenSession> session_;
    const Terms leased_;
    const Facts facts_;
    const std::string top_;  // in the inbox; a leased session keeps its name
    const LeasedFolder folder_;
    std::mutex mutex_;
    bool prepared_ = false, given_back_ = false;
    bool began_ = false;  // the session's transfer: none was open before
    LeasedBefore before_;
    std::set<std::uint64_t> cut_;  // the inodes of what was not whole then
    unsigned refusals_before_ = 0;
    std::uint64_t counted_ = 0;  // in the account's bytes, beyond the session's records
    const std::uint64_t sync_failures_before_;
};

}  // namespace burnbox::upload
