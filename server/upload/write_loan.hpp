// A session's folder while a program writes in it. Between the two looks the session is marked as lent: it
// can't be sealed, renamed or lent again. The disk pool's threads; calls don't overlap but by the mutex here.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/upload/after_unlock.hpp"
#include "server/upload/loan_rule.hpp"
#include "server/upload/place.hpp"

namespace burnbox::upload {

class WriteLoan final : public Loan {
  public:
    struct Facts {
        ConnectionId connection = 0;
        bool made_session = false;  // an empty folder goes again
    };
    // The session is marked as lent already.
    WriteLoan(std::shared_ptr<Core> core, std::shared_ptr<Account> account,
              std::shared_ptr<OpenSession> session, Lent lent, const Facts& facts)
        : core_(std::move(core)),
          account_(std::move(account)),
          session_(std::move(session)),
          lent_(std::move(lent)),
          facts_(facts) {}
    ~WriteLoan() override;

    // The look before the program begins. Files that are cut off get a time that no sender has, so that rsync
    // compares their content instead of trusting size and time. Blocks.
    [[nodiscard]] Status prepare();

    [[nodiscard]] const Lent& lent() const override { return lent_; }
    [[nodiscard]] Status measure() override;
    void give_back(bool ended_well, Done done) override;

  private:
    struct Outcome;
    struct NewFiles;
    [[nodiscard]] std::string top() const;
    [[nodiscard]] Result<FolderLook> look_once() const;
    [[nodiscard]] Result<FolderLook> look() const;
    void tidy(FolderLook& now, Outcome& outcome) const;
    void settle_links(const FolderLook& now, Outcome& outcome) const;
    [[nodiscard]] Status settle_link(const WalkEntry& entry, Outcome& outcome) const;
    void tame(WalkEntry& entry) const;
    void take_usurped(const FolderLook& now, Outcome& outcome) const;
    // All of these: account locked.
    void record(const FolderLook& now, Outcome& outcome);
    void check_bounds(const NewFiles& fresh, Outcome& outcome) const;
    void record_file(const std::string& path, std::size_t index, const FileInfo& info,
                     const Outcome& outcome);
    void forget_missing(const FolderLook& now, std::uint64_t began);
    void drop_leftovers(const FolderLook& now);
    void undo_empty_session();
    void answer(const Outcome& outcome, Done done, AfterUnlock& after);

    const std::shared_ptr<Core> core_;
    const std::shared_ptr<Account> account_;
    const std::shared_ptr<OpenSession> session_;
    const Lent lent_;
    const Facts facts_;
    std::mutex mutex_;
    bool given_back_ = false;
    Stamps before_, own_before_;
    std::vector<std::string> others_before_;
    unsigned refusals_before_ = 0;
    std::uint64_t counted_ = 0;  // in the account's bytes, beyond the session's records
};

}  // namespace burnbox::upload
