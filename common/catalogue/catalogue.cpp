#include "common/catalogue/catalogue.hpp"

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

}  // namespace burnbox
