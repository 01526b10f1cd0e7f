// What is in a drive, or on its shelf, and what follows from that: how `status` shows it, where the catalogue
// has the disc, whether somebody has to change it, and what it holds beyond the catalogue. Used by one thread
// at a time, but for shelf_is_back().
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "burner/attempts/attempt_context.hpp"
#include "burner/discs/shelf_watch.hpp"

namespace burnbox {

class MediumWatch {
  public:
    explicit MediumWatch(AttemptContext& context) : context_(context) {}

    // Every few seconds. True: a medium came or went, which ends every wait. A drive that can't be asked is
    // no news: what it is needed for says so.
    [[nodiscard]] bool look();
    [[nodiscard]] SteadyTime next_look() const { return next_look_; }

    // What was put in, and what came onto the shelf, before anything is burned: what a disc holds is not
    // burned once more. True: something was found, and all is to be thought over. Errors: as meet_disc().
    [[nodiscard]] Result<bool> meet();

    // Its folder is back: the images are looked over once more. Any thread.
    void shelf_is_back() { shelf_is_back_ = true; }
    // By hand: what is in a real drive then is met.
    void was_loaded(bool well) { known_medium_ = well && context_.drive.emulated(); }

  private:
    void meet_medium();
    void look_at_shelf(SteadyTime now);
    void doubt_verdicts(const std::vector<ShelfDisc>& changed);
    void place_shelf();
    [[nodiscard]] Result<bool> look_over();

    AttemptContext& context_;
    SteadyTime next_look_{};
    ShelfWatch shelf_watch_;
    std::optional<Medium> just_met_;  // put in by somebody: it may hold more than is known
    unsigned meetings_ = 0;           // of that one, that failed
    bool known_medium_ = false;       // what is in it, or on its shelf, was looked at
    unsigned looks_ = 0;
    bool looked_over_ = false;  // the discs on the shelf, against the catalogue
    std::atomic<bool> shelf_is_back_{false};
};

}  // namespace burnbox
