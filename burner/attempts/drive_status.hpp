// What a drive does right now, for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "burner/drive/drive.hpp"
#include "common/catalogue/catalogue.hpp"

namespace burnbox {

enum class DriveActivity { idle, burning, verifying, waiting };
[[nodiscard]] std::string_view to_string(DriveActivity activity);  // "idle"

struct DriveStatus {
    std::string drive;
    std::string device;  // or image folder
    DriveActivity state = DriveActivity::idle;
    std::string medium;               // "dvd+r", empty = none
    std::string disc;                 // label
    std::vector<SessionId> sessions;  // what burns now: several with burn.batch
    Progress progress;
    double bytes_per_second = 0;
    std::string reason;  // why it waits
};

}  // namespace burnbox
