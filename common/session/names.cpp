#include "common/session/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "common/base/text.hpp"
#include "common/unicode/upper_case.hpp"

namespace burnbox {
namespace {

constexpr std::array kSuffixes = {FolderState::queued, FolderState::burned, FolderState::failed};
constexpr std::size_t kMostSessionBytes = 200;  // leaves room for "-queued-NNN" and ".refused" in 255
constexpr std::size_t kMostEntryBytes = 255;
constexpr std::string_view kTemporary = ".tmp";     // ".STATUS.txt.tmp": while durable_file writes it
constexpr std::string_view kHidden = ".arriving-";  // no client can make a session of such a name

// C0, DEL, and C1 as UTF-8 (C2 80 ... C2 9F).
bool has_control_characters(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7F) return true;
        if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0)
            return true;
    }
    return false;
}

// The part before "-queued", "-burned", "-failed" at the end of `text`, if there is one and it is not empty.
std::optional<SessionFolder> split_suffix(std::string_view text) {
    for (const FolderState state : kSuffixes) {
        const std::string_view word = to_string(state);
        if (text.size() <= word.size() + 1 || !text.ends_with(word)) continue;
        const std::string_view name = text.substr(0, text.size() - word.size() - 1);
        if (text[name.size()] == '-') return SessionFolder{.name = std::string(name), .state = state};
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(FolderState state) {
    switch (state) {
        case FolderState::open:
            return "open";
        case FolderState::queued:
            return "queued";
        case FolderState::burned:
            return "burned";
        case FolderState::failed:
            return "failed";
    }
    return "open";
}

std::string SessionFolder::folder() const {
    if (state == FolderState::open) return name;
    if (number == 1) return fmt::format("{}-{}", name, to_string(state));
    return fmt::format("{}-{}-{}", name, to_string(state), number);
}

SessionFolder parse_folder(std::string_view folder) {
    if (auto plain = split_suffix(folder)) return *plain;
    const std::size_t dash = folder.rfind('-');
    if (dash != std::string_view::npos && dash + 1 < folder.size() &&
        std::ranges::all_of(folder.substr(dash + 1), [](char c) { return c >= '0' && c <= '9'; })) {
        if (auto numbered = split_suffix(folder.substr(0, dash))) {
            // A number that does not fit is reserved like any other; which one it was does not matter then.
            const auto number = parse_u64(folder.substr(dash + 1));
            numbered->number =
                static_cast<unsigned>(std::min<std::uint64_t>(number.value_or(UINT32_MAX), UINT32_MAX));
            return *numbered;
        }
    }
    return {.name = std::string(folder)};
}

Status check_session_name(std::string_view name) {
    const auto refuse = [&](std::string_view why) {
        return fail(Errc::invalid, fmt::format("\"{}\" can't be a session's name: {}", escape(name), why));
    };
    if (name.empty()) return fail(Errc::invalid, "a session's name can't be empty");
    if (name.size() > kMostSessionBytes)
        return refuse(
            fmt::format("it is {} bytes long, at most {} are allowed", name.size(), kMostSessionBytes));
    if (!is_utf8(name)) return refuse("it is not UTF-8; rename it");
    if (name.find('/') != std::string_view::npos) return refuse("it contains '/'");
    if (has_control_characters(name)) return refuse("it contains control characters; rename it");
    if (name.front() == '.' || name.front() == '-') return refuse("it begins with '.' or '-'");
    if (name == "discs") return refuse("that name is burnbox's own");
    if (const SessionFolder parts = parse_folder(name); parts.state != FolderState::open)
        return refuse(fmt::format("-{} at the end is reserved for burnbox's states; give it another name",
                                  to_string(parts.state)));
    return {};
}

Status check_entry_name(std::string_view name) {
    const auto refuse = [&](std::string_view why) {
        return fail(Errc::invalid, fmt::format("\"{}\" can't be put on a disc: {}", escape(name), why));
    };
    if (name.empty()) return fail(Errc::invalid, "a name can't be empty");
    if (name == "." || name == "..") return refuse("it is no name of its own");
    if (name.size() > kMostEntryBytes)
        return refuse(
            fmt::format("the name is {} bytes long, at most {} are allowed", name.size(), kMostEntryBytes));
    if (!is_utf8(name)) return refuse("the name is not UTF-8; rename it");
    if (name.find('/') != std::string_view::npos) return refuse("the name contains '/'");
    if (has_control_characters(name)) return refuse("the name contains control characters; rename it");
    return {};
}

bool is_own_file(std::string_view path_in_session) {
    if (path_in_session.find('/') != std::string_view::npos) return false;
    static constexpr std::array<std::string_view, 5> kOwn = {"STATUS.txt", "REFUSED.txt", "FAILED.txt",
                                                             "RECEIPT.txt", "receipt.json"};
    if (path_in_session.ends_with(".refused")) return true;
    if (path_in_session.starts_with('.') && path_in_session.ends_with(kTemporary)) {
        path_in_session.remove_prefix(1);
        path_in_session.remove_suffix(kTemporary.size());
    }
    return std::ranges::find(kOwn, path_in_session) != kOwn.end();
}

std::string hidden_folder(std::string_view seal_id) {
    return fmt::format("{}{}", kHidden, seal_id);
}

bool is_hidden_folder(std::string_view folder) {
    return folder.starts_with(kHidden);
}

std::string first_free_disc_name(std::string_view name, const std::vector<std::string>& taken) {
    std::unordered_set<std::string> upper_taken;
    upper_taken.reserve(taken.size());
    for (const std::string& one : taken) upper_taken.insert(upper_case(one));
    std::string candidate(name);
    for (std::uint64_t number = 2; upper_taken.contains(upper_case(candidate)); ++number)
        candidate = fmt::format("{}-{}", name, number);
    return candidate;
}

}  // namespace burnbox
