// The read-back: the disc session is compared with the seal records by a fresh process, never with the staged
// files; only then does the catalogue say that a session is on the disc.
#pragma once

#include "burner/attempts/attempt.hpp"

namespace burnbox {

// Requires an attempt in the state verifying. A difference makes the disc suspect and sends the sessions to
// the next one.
[[nodiscard]] Result<Attempted> verify_attempt(AttemptContext& context, const AttemptRow& attempt,
                                               Work& work);

// Progress of reading goes to the reporter; nothing is written.
class ReadObserver : public BurnObserver {
  public:
    explicit ReadObserver(Reporter& reporter) : reporter_(reporter) {}
    Status about_to_write(const BurnPlan& /*plan*/) override {
        return fail(Errc::invalid, "verify: must not write");
    }
    void progress(const Progress& progress) override { reporter_.progress(progress); }

  private:
    Reporter& reporter_;
};

}  // namespace burnbox
