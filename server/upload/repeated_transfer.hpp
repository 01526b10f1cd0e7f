// A marker that is sent again by a program that writes by itself (rsync), while its session is being sealed,
// or was, under the name that it had. The program gets a hidden folder of its own, where nothing else is, and
// nothing of it is kept; its end is answered by the seal when what came is the marker that the session was
// sealed with, and it alone.
#pragma once

#include <memory>
#include <string>

#include "server/lease/lease.hpp"
#include "server/sessions/resolved_path.hpp"

namespace burnbox::upload {

class RepeatedTransfer final : public Lease {
  public:
    // Whether a program that would write at this place may be sending such a marker: to the session's folder,
    // or to an entry directly in it.
    [[nodiscard]] static bool may_be(const ResolvedPath& place);
    // Makes its folder. Account locked. Errors: those of the file system.
    [[nodiscard]] static Result<std::unique_ptr<Lease>> begin(std::shared_ptr<SessionRegistry> registry,
                                                              std::shared_ptr<Account> account,
                                                              const ResolvedPath& place);
    ~RepeatedTransfer() override;

    [[nodiscard]] const Terms& terms() const override { return terms_; }
    [[nodiscard]] Status measure() override;
    void give_back(bool ended_well, Done done) override;

  private:
    RepeatedTransfer(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account,
                     const ResolvedPath& place, std::string folder);
    [[nodiscard]] Status refusal() const;
    // The marker, when it is all that came.
    [[nodiscard]] Result<std::string> only_file() const;

    const std::shared_ptr<SessionRegistry> registry_;
    const std::shared_ptr<Account> account_;
    const ResolvedPath place_;
    const std::string folder_;  // in the inbox
    const Terms terms_;
};

}  // namespace burnbox::upload
