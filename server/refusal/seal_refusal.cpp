#include "server/refusal/seal_refusal.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"

namespace burnbox::upload {

std::unexpected<NoSeal> refuse_seal(const std::string& session, const std::string& reason, Errc code) {
    return std::unexpected(
        NoSeal{.kind = NoSeal::Kind::refused,
               .error = {code, 0, fmt::format("{} can't be sealed: {}", escape(session), reason)}});
}

std::unexpected<NoSeal> seal_failed(Error error) {
    return std::unexpected(NoSeal{.kind = NoSeal::Kind::failed, .error = std::move(error)});
}

namespace {

constexpr std::size_t kMost = 10;  // a reply is one line

}  // namespace

std::string list_names(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < kMost; ++i) {
        if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
        out += escape(names[i]);
    }
    if (names.size() > kMost) out += fmt::format(" and {} more", names.size() - kMost);
    return out;
}

std::string list_reasons(const std::vector<std::string>& reasons) {
    std::string out;
    for (std::size_t i = 0; i < reasons.size() && i < kMost; ++i) out += (i > 0 ? "; " : "") + reasons[i];
    if (reasons.size() > kMost) out += fmt::format("; and {} more", reasons.size() - kMost);
    return out;
}

namespace {

constexpr std::string_view kRefusedAt = "\n\nRefused at ";
constexpr std::string_view kPromise = "Nothing was burned, and nothing that you sent was deleted.\n";
constexpr std::string_view kWhatToDo = "What to do: ";

}  // namespace

// As refused_text() makes it, to the last line: one that somebody wrote notes into is a person's.
bool is_refused_text(std::string_view text) {
    const std::size_t at = text.find(kRefusedAt);
    if (at == std::string_view::npos || at != text.find('\n')) return false;
    text.remove_prefix(at + kRefusedAt.size());
    const std::size_t time = text.find(". ");
    if (time == std::string_view::npos || !parse_iso8601(text.substr(0, time))) return false;
    text.remove_prefix(time + 2);
    if (!text.starts_with(kPromise)) return false;
    text.remove_prefix(kPromise.size());
    return text.starts_with(kWhatToDo) && text.find('\n') == text.size() - 1;
}

std::string reason_in_refusal(std::string_view text) {
    return is_refused_text(text) ? std::string(text.substr(0, text.find('\n'))) : std::string();
}

std::string refused_text(const NoSeal& why, const std::string& marker, Timestamp now) {
    std::string text =
        fmt::format("{}{}{}. {}{}", why.error.message, kRefusedAt, to_iso8601(now), kPromise, kWhatToDo);
    if (why.kind == NoSeal::Kind::later)
        return text +
               fmt::format("send what is missing, then {} or any other marker again.\n", escape(marker));
    if (marker.empty()) return text + "mend it, then ask for the burn again.\n";
    return text + fmt::format("mend it, then send {0} again. The one that was refused is now {0}.refused.\n",
                              escape(marker));
}

}  // namespace burnbox::upload
