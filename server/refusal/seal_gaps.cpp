#include "server/refusal/seal_gaps.hpp"

#include <fmt/format.h>

#include "server/refusal/seal_refusal.hpp"

namespace burnbox::upload {

std::string append_reason(std::string reasons, const std::string& one) {
    if (one.empty()) return reasons;
    return reasons.empty() ? one : reasons + "; " + one;
}

std::string cut_off_text(const OpenSession& session, const std::string& marker) {
    auto cut = session.files.paths_cut_off();
    std::erase(cut, marker);
    if (cut.empty()) return {};
    return fmt::format("cut off in the middle: {}; send them again or delete them", list_names(cut));
}

std::string missed_text(const OpenSession& session) {
    std::string text;
    std::vector<std::string> missed(session.files.missed().begin(), session.files.missed().end());
    const bool more = std::erase(missed, "") > 0;
    if (!missed.empty())
        text = fmt::format(
            "refused when they were sent, and missing: {}; send them again (not wanted any more: "
            "send them, then delete them)",
            list_names(missed));
    if (more) text = append_reason(std::move(text), std::string(kMissedMore));
    if (session.files.is_transfer_open() && !session.leased)
        text = append_reason(std::move(text), std::string(kTransferOpen));
    return text;
}

}  // namespace burnbox::upload
