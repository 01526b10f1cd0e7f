// One try to burn: the catalogue knows of the attempt before the first byte is written, so that after a crash
// it is judged and never blindly repeated.
#pragma once

#include <functional>

#include "burner/attempts/attempt_context.hpp"

namespace burnbox {

// How an attempt left things.
enum class Ending : std::uint8_t {
    done,         // good or bad, the catalogue says so; the drive may go on
    drive_error,  // the catalogue says so, but the drive should rest
    untouched,    // nothing was written and nothing is in the catalogue; Attempted::error says why
};
struct Attempted {
    Ending ending = Ending::done;
    Error error;
    bool ours = false;  // the error is the catalogue's, not the drive's or the disc's
};

// Burns, verifies and stores one attempt. `began` is called once it is in the catalogue, before the first
// byte is written. Error: the attempt is unfinished in the catalogue; adjudicate it later.
[[nodiscard]] Result<Attempted> run_attempt(AttemptContext& context, Work& work,
                                            const std::function<void()>& began);

}  // namespace burnbox
