#include "burner/read/disc_sessions.hpp"

#include <algorithm>

#include "burner/read/read_tree.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kStep = 32;

std::uint64_t next_multiple(std::uint64_t lba) {
    return (lba + kStep - 1) / kStep * kStep;
}

class SessionFinder {
  public:
    SessionFinder(BlockSource& source, SessionDepth depth) : source_(source), depth_(depth) {}
    [[nodiscard]] Result<DiscSessions> find();

  private:
    // Where the next one is expected.
    [[nodiscard]] Result<std::uint64_t> take(std::uint32_t start_lba);
    [[nodiscard]] Result<std::string> fault_of(const IsoVolume& volume);
    [[nodiscard]] Status find_head();

    BlockSource& source_;
    const SessionDepth depth_;
    DiscSessions found_;
    std::vector<std::uint32_t> roots_;  // of the primary trees, as found_.all
};

// Nothing wrong: an empty text.
Result<std::string> SessionFinder::fault_of(const IsoVolume& volume) {
    Mismatches faults;
    auto tree = read_tree(source_, volume, faults);
    if (!tree && !judges_the_disc(tree.error()) && tree.error().code != Errc::limit)
        return std::unexpected(tree.error());
    if (!tree) return tree.error().message;
    return faults.none() ? std::string() : faults.texts().front();
}

Result<std::uint64_t> SessionFinder::take(std::uint32_t start_lba) {
    Mismatches faults;
    const auto volume = read_volume(source_, start_lba, faults);
    if (!volume) {
        const Error& error = volume.error();
        if (!judges_the_disc(error) && error.code != Errc::not_found) return std::unexpected(error);
        return start_lba + kStep;
    }
    DiscSession session{
        .start_lba = start_lba,
        .end_lba = static_cast<std::uint32_t>(std::min<std::uint64_t>(volume->end_lba(), UINT32_MAX)),
        .label = volume->primary.label,
        .serial = volume->primary.volume_set};
    if (!faults.none()) {
        session.fault = faults.texts().front();
    } else if (depth_ == SessionDepth::trees) {
        BB_TRY(session.fault, fault_of(*volume));
    }
    found_.all.push_back(std::move(session));
    roots_.push_back(volume->primary.root.lba);
    return std::max<std::uint64_t>(next_multiple(volume->end_lba()), start_lba + kStep);
}

Status SessionFinder::find_head() {
    Mismatches faults;
    const auto head = read_volume(source_, 0, faults);
    if (!head) {
        const Error& error = head.error();
        if (!judges_the_disc(error) && error.code != Errc::not_found) return std::unexpected(error);
        return {};
    }
    for (std::size_t i = 0; i < found_.all.size(); ++i)
        if (found_.all[i].end_lba == head->end_lba() && roots_[i] == head->primary.root.lba &&
            found_.all[i].label == head->primary.label && found_.all[i].serial == head->primary.volume_set)
            found_.at_head = i;
    return {};
}

Result<DiscSessions> SessionFinder::find() {
    for (std::uint64_t at = kStep; at < source_.end_lba();) {
        BB_TRY(at, take(static_cast<std::uint32_t>(at)));
    }
    BB_CHECK(find_head());
    return std::move(found_);
}

}  // namespace

Result<DiscSessions> find_disc_sessions(BlockSource& source, SessionDepth depth) {
    return SessionFinder(source, depth).find();
}

}  // namespace burnbox
