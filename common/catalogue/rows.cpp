#include "common/catalogue/rows.hpp"

namespace burnbox {

std::string_view to_string(DiscState state) {
    switch (state) {
        case DiscState::open:
            return "open";
        case DiscState::full:
            return "full";
        case DiscState::closed:
            return "closed";
        case DiscState::suspect:
            return "suspect";
    }
    return "suspect";
}

std::string_view to_string(AttemptState state) {
    switch (state) {
        case AttemptState::writing:
            return "writing";
        case AttemptState::verifying:
            return "verifying";
        case AttemptState::verified:
            return "verified";
        case AttemptState::failed:
            return "failed";
    }
    return "failed";
}

std::string_view to_string(AttemptCause cause) {
    switch (cause) {
        case AttemptCause::none:
            return "";
        case AttemptCause::interrupted:
            return "interrupted";
        case AttemptCause::together:
            return "together";
        case AttemptCause::staged_damaged:
            return "staged_damaged";
        case AttemptCause::no_space:
            return "no_space";
        case AttemptCause::write_error:
            return "write_error";
        case AttemptCause::mismatch:
            return "mismatch";
        case AttemptCause::unjudged:
            return "unjudged";
        case AttemptCause::out_of_reach:
            return "out_of_reach";
        case AttemptCause::disc_gone:
            return "disc_gone";
        case AttemptCause::image_changed:
            return "image_changed";
    }
    return "";
}

std::string_view to_string(Suspicion suspicion) {
    switch (suspicion) {
        case Suspicion::none:
            return "";
        case Suspicion::spoiled:
            return "spoiled";
        case Suspicion::unjudged:
            return "unjudged";
        case Suspicion::differs:
            return "differs";
        case Suspicion::changed:
            return "changed";
    }
    return "";
}

}  // namespace burnbox
