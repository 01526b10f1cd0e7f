#include "burner/attempts/drive_status.hpp"

namespace burnbox {

std::string_view to_string(DriveActivity activity) {
    switch (activity) {
        case DriveActivity::idle:
            return "idle";
        case DriveActivity::burning:
            return "burning";
        case DriveActivity::verifying:
            return "verifying";
        case DriveActivity::waiting:
            return "waiting";
    }
    return "waiting";
}

}  // namespace burnbox
