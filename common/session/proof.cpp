#include "common/session/proof.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMost = 10;  // a reply is one line

}  // namespace

std::string to_sentence(const Proof& proof) {
    std::string text;
    for (std::size_t i = 0; i < proof.findings.size() && i < kMost; ++i) {
        const ProofFinding& finding = proof.findings[i];
        if (i > 0) text += "; ";
        if (!finding.path.empty()) text += escape(finding.path) + ": ";
        text += finding.what;
    }
    if (proof.findings.size() > kMost) text += fmt::format("; and {} more", proof.findings.size() - kMost);
    return text;
}

}  // namespace burnbox
