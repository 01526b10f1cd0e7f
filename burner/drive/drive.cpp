#include "burner/drive/drive.hpp"

namespace burnbox {

std::string_view to_string(MediumState state) {
    switch (state) {
        case MediumState::none:
            return "none";
        case MediumState::blank:
            return "blank";
        case MediumState::appendable:
            return "appendable";
        case MediumState::closed:
            return "closed";
        case MediumState::foreign:
            return "foreign";
        case MediumState::damaged:
            return "damaged";
    }
    return "none";
}

}  // namespace burnbox
