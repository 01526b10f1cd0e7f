// The lists that operations print, from plain facts: columns for people, the contract's JSON for programs.
// Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "burner/jobs/burner.hpp"
#include "common/catalogue/catalogue.hpp"

namespace burnbox {

struct SessionView {
    std::string account;
    std::string session;                // disc name, or the open session's name
    std::optional<SessionState> state;  // none = open
    std::uint64_t bytes = 0;
    std::uint64_t files_count = 0;
    std::string reason;
    std::string place{};  // of its folder; only where another one has its name
};

[[nodiscard]] std::string_view state_word(const SessionView& view);  // "open", "queued" ...

struct DiscView {
    DiscRow disc;
    std::vector<DiscSessionRow> sessions;  // verified ones
};

struct SessionName {
    std::string account;
    std::string session;  // disc name
};

struct DriveView {
    DriveStatus drive;
    std::vector<SessionName> sessions;  // what is worked on, as far as the asker may know
};

struct StatusView {
    std::vector<DriveView> drives;
    std::vector<DiscView> discs;
    std::vector<SessionView> sessions;          // all but the burned ones, oldest first
    std::map<std::string, std::string> away{};  // folders of the configuration that are not there, and why
    std::map<std::string, std::string> keys_wrong{};  // accounts, and what of their keys_file opens nothing
};

// Names are "account/session" with `accounts`, else "session": what an account is shown.
[[nodiscard]] std::string sessions_text(const std::vector<SessionView>& sessions, bool accounts);
[[nodiscard]] std::string sessions_json(const std::vector<SessionView>& sessions);
[[nodiscard]] std::string discs_text(const std::vector<DiscView>& discs, bool accounts);
[[nodiscard]] std::string discs_json(const std::vector<DiscView>& discs);
[[nodiscard]] std::string drives_text(const std::vector<DriveView>& drives);
[[nodiscard]] std::string drives_json(const std::vector<DriveView>& drives);
[[nodiscard]] std::string found_text(const std::vector<FoundFile>& files);
[[nodiscard]] std::string found_json(const std::vector<FoundFile>& files);
[[nodiscard]] std::string status_text(const StatusView& status, bool accounts);
[[nodiscard]] std::string status_json(const StatusView& status);

}  // namespace burnbox
