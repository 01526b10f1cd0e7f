// Watches what must not write, and says nothing.
#pragma once

#include "burner/drive/drive.hpp"

namespace burnbox::test {

class Quiet : public BurnObserver {
  public:
    Status about_to_write(const BurnPlan& /*plan*/) override { return fail(Errc::invalid, "must not write"); }
    void progress(const Progress& /*progress*/) override {}
};

}  // namespace burnbox::test
