// Where a session's folder lies, from its seal to its end: in its account's inbox, or in a watched folder,
// which is laid out like one. In a watched folder other programs go on working: they name files as they like,
// may call a folder what burnbox calls one, and change what is sealed.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <utility>

namespace burnbox {

class StagingArea {
  public:
    StagingArea() = default;  // inbox()
    [[nodiscard]] static StagingArea inbox() { return {}; }
    [[nodiscard]] static StagingArea watched(std::string host_path) {
        StagingArea area;
        area.watched_ = std::move(host_path);
        return area;
    }

    [[nodiscard]] bool is_watched() const { return watched_.has_value(); }
    // Its host path; nullptr: it is an inbox.
    [[nodiscard]] const std::string* watched_folder() const { return watched_ ? &*watched_ : nullptr; }

    auto operator<=>(const StagingArea&) const = default;

  private:
    std::optional<std::string> watched_;
};

}  // namespace burnbox
