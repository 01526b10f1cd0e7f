#include "burner/media/medium_rules.hpp"

#include "burner/media/medium_profile.hpp"

namespace burnbox {
namespace {

constexpr int kDvdMinusRwSequential = 0x14;
constexpr int kDvdMinusRDualLayer = 0x15;
constexpr int kBdRRandom = 0x42;

// Whatever is on them.
std::optional<Refusal> refusal_of_kind(const DiscFacts& facts) {
    const auto refuse = [](std::string reason) { return Refusal{MediumState::foreign, std::move(reason)}; };
    if (facts.mmc_profile == kDvdMinusRDualLayer)
        return refuse("a DVD-R DL can't take one disc session after the other: insert a DVD+R DL");
    if (facts.mmc_profile == kBdRRandom)
        return refuse(
            "this BD-R is formatted for pseudo-overwrite (POW) and can't be appended to: insert a BD-R that "
            "was never formatted");
    if (facts.write_once_only && is_rewritable(facts.mmc_profile))
        return refuse("burn.write_once_only refuses rewritable discs: insert a write-once disc");
    if (medium_name_of_mmc_profile(facts.mmc_profile, 0).empty())
        return refuse("nothing can be burned on this kind of disc: insert a blank write-once one");
    return std::nullopt;
}

}  // namespace

bool is_rewritable(int mmc_profile) {
    switch (mmc_profile) {
        case 0x0a:  // CD-RW
        case 0x12:  // DVD-RAM
        case 0x13:  // DVD-RW
        case kDvdMinusRwSequential:
        case 0x1a:  // DVD+RW
        case 0x2a:  // DVD+RW DL
        case 0x43:  // BD-RE
            return true;
        default:
            return false;
    }
}

bool is_overwritten(int mmc_profile) {
    switch (mmc_profile) {
        case 0x12:  // DVD-RAM
        case 0x13:  // DVD-RW, restricted overwrite
        case 0x1a:  // DVD+RW
        case 0x2a:  // DVD+RW DL
        case 0x43:  // BD-RE
            return true;
        default:
            return false;
    }
}

std::optional<Refusal> refusal_of(const DiscFacts& facts) {
    if (const auto kind = refusal_of_kind(facts)) return kind;
    if (facts.session_begun)
        return Refusal{MediumState::damaged,
                       "a disc session was begun on this disc and not ended: insert another disc"};
    if (facts.blank && facts.unformatted)
        return Refusal{
            MediumState::foreign,
            "nothing fits on this blank disc before it is formatted: format it (xorriso -outdev DRIVE "
            "-format as_needed), or insert a write-once disc"};
    if (!facts.blank && !facts.ours)
        return Refusal{MediumState::foreign,
                       "burnbox did not make this disc; it is left alone: insert another one"};
    if (!facts.appendable) return Refusal{MediumState::closed, "the disc is closed: insert another one"};
    if (!facts.takes_more && facts.mmc_profile == kDvdMinusRwSequential)
        return Refusal{
            MediumState::foreign,
            "this DVD-RW was blanked fast and takes only one disc session: blank it fully, or insert "
            "a write-once disc"};
    if (!facts.takes_more)
        return Refusal{MediumState::foreign,
                       "this disc can't hold more than one disc session: insert another kind of disc"};
    return std::nullopt;
}

}  // namespace burnbox
