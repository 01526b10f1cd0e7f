#include "burner/shelf/rollback.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>

#include "burner/media/iso_head.hpp"
#include "burner/media/medium_profile.hpp"
#include "burner/shelf/image_sessions.hpp"
#include "common/base/digest.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/posix_file_system.hpp"

namespace burnbox {
namespace {

using Outcome = Drive::Outcome;

struct Place {
    std::unique_ptr<FileSystem> folder;
    std::string name;
};

Result<Place> open_place(const std::string& file) {
    const std::filesystem::path path(file);
    BB_TRY(auto folder, open_posix_file_system(path.parent_path().string()));
    return Place{std::move(folder), path.filename().string()};
}

// Puts an image right that an attempt was cut off on, as far as the image itself proves how.
class Settling {
  public:
    Settling(ImageFile& image, const BurnJob& job, const ImageSessions& found, std::string head)
        : image_(image), job_(job), found_(found), head_(std::move(head)) {}

    // False: what is there can't be explained; nothing was changed.
    [[nodiscard]] Result<bool> run() {
        if (found_.whole.empty()) return make_blank();
        if (is_copy_of(head_, found_.whole.back().head)) return cut_behind();
        return mend_head();
    }

  private:
    // Never more than a first disc session that was cut off: no head at block 0, and behind it nothing but
    // what begins with its own.
    [[nodiscard]] Result<bool> make_blank() {
        if (!is_zero(head_) || found_.unclear) return false;
        BB_TRY(const std::string first, image_.head_at(kImageHeadBlocks));
        const std::optional<IsoHead> begun = parse_iso_head(first);
        const bool ours = begun && begun->label == job_.disc.label && begun->volume_set == job_.disc.serial;
        if (!ours && !is_zero(first)) return false;
        BB_CHECK(image_.cut_to(0));
        return true;
    }

    // The head at block 0 is that of the newest whole disc session: what is behind it was never finished.
    [[nodiscard]] Result<bool> cut_behind() {
        const std::uint64_t end = found_.next_lba() * kSectorBytes;
        BB_TRY(const std::uint64_t bytes, image_.size_bytes());
        BB_TRY(const bool closed, image_.closed());
        if (bytes <= end || closed) return true;
        if (found_.unclear) return false;
        BB_CHECK(image_.cut_to(end));
        return true;
    }

    // The newest is whole, and the write of its head was cut off or never began.
    [[nodiscard]] Result<bool> mend_head() {
        const auto made = head_for(found_.whole.size());
        const std::string before = head_for(found_.whole.size() - 1).value_or("");
        if (!made || !is_torn_between(head_, before, *made)) return false;
        BB_CHECK(image_.sync());
        BB_CHECK(save_head(job_.rollback_file, head_));
        BB_CHECK(image_.write_at(*made, 0));
        BB_CHECK(image_.sync());
        return true;
    }

    // At block 0 when so many were whole; nothing for none.
    [[nodiscard]] std::optional<std::string> head_for(std::size_t count) const {
        if (count == 0) return std::nullopt;
        const ImageSession& last = found_.whole[count - 1];
        return copy_for_block_zero(last.head, last.start_lba);
    }

    ImageFile& image_;
    const BurnJob& job_;
    const ImageSessions& found_;
    const std::string head_;
};

// What the disc is now, against what the catalogue knows.
Outcome outcome_of(const std::vector<ImageSession>& whole, const BurnJob& job, std::uint32_t start_lba) {
    const std::size_t known = job.disc.sessions_used;
    if (whole.size() == known) return Outcome::untouched;
    if (whole.size() == known + 1 && whole.back().start_lba == start_lba) return Outcome::written;
    return Outcome::holds_more;
}

// Blocks of whole disc sessions that are not there: a burn writes each of them, so something took them away
// since. A copy may leave zeros out, too.
Result<bool> has_holes(const ImageFile& image, const std::vector<ImageSession>& whole) {
    for (const ImageSession& session : whole) {
        const auto start = static_cast<off_t>(session.start_lba * kSectorBytes);
        const off_t hole = ::lseek(image.fd(), start, SEEK_HOLE);
        if (hole < 0 && errno != EINVAL && errno != ENXIO)
            return fail_errno("look for holes in", image.path());
        const bool before_end =
            hole >= 0 && static_cast<std::uint64_t>(hole) < session.end_lba * kSectorBytes;
        if (before_end || (hole < 0 && errno == ENXIO)) return true;
    }
    return false;
}

}  // namespace

Result<std::uint64_t> missing_bytes(const ImageFile& image, std::uint64_t end) {
    std::uint64_t missing = 0;
    for (std::uint64_t at = 0; at < end;) {
        const off_t hole = ::lseek(image.fd(), static_cast<off_t>(at), SEEK_HOLE);
        if (hole < 0 && errno == EINVAL) return 0;  // the file system does not know
        if (hole < 0 && errno != ENXIO) return fail_errno("look for holes in", image.path());
        const std::uint64_t begin = hole < 0 ? at : static_cast<std::uint64_t>(hole);
        if (begin >= end) break;
        const off_t data = ::lseek(image.fd(), static_cast<off_t>(begin), SEEK_DATA);
        const std::uint64_t after = data < 0 ? end : std::min(end, static_cast<std::uint64_t>(data));
        missing += after - begin;
        at = std::max(after, at + 1);
    }
    return missing;
}

Status save_head(const std::string& file, std::string_view head) {
    BB_TRY(const Place place, open_place(file));
    return replace_file(*place.folder, place.name, head, Durability::durable, 0600);
}

Status drop_saved_head(const std::string& file) {
    BB_TRY(const Place place, open_place(file));
    if (const Status removed = place.folder->remove(place.name);
        !removed && removed.error().code != Errc::not_found)
        return removed;
    return {};
}

Result<Outcome> adjudicate_image(ImageFile& image, const BurnJob& job, std::uint32_t start_lba) {
    BB_TRY(const ImageSessions found, sessions_on(image, job.disc));
    if (found.whole.size() < job.disc.sessions_used) return Outcome::damaged;
    BB_TRY(const std::string head, image.head_at(0));
    BB_TRY(const bool explained, Settling(image, job, found, head).run());
    if (!explained) return Outcome::damaged;
    BB_CHECK(image.sync());
    BB_CHECK(drop_saved_head(job.rollback_file));
    const Outcome outcome = outcome_of(found.whole, job, start_lba);
    if (outcome != Outcome::untouched) return outcome;
    BB_TRY(const bool doubtful, has_holes(image, found.whole));
    return doubtful ? Outcome::doubtful : outcome;
}

Status undo_burn(ImageFile& image, const BurnJob& job) {
    BB_TRY(const ImageSessions found, sessions_on(image, job.disc));
    BB_TRY(const std::string head, image.head_at(0));
    const unsigned before = job.disc.sessions_used;
    if (before == 0) return is_zero(head) ? image.cut_to(0) : Status();
    if (found.whole.size() < before || !is_copy_of(head, found.whole[before - 1].head)) return {};
    return image.cut_to(found.whole[before - 1].next_lba() * kSectorBytes);
}

Result<std::uint64_t> unfinished_bytes(const ImageFile& image, const DiscIdentity& disc,
                                       std::uint32_t next_lba) {
    const std::uint64_t end = next_lba * kSectorBytes;
    BB_TRY(const std::uint64_t bytes, image.size_bytes());
    if (bytes <= end) return 0;
    BB_TRY(const ImageSessions found, sessions_on(image, disc));
    BB_TRY(const std::string head, image.head_at(0));
    const bool explained = !found.unclear && !found.followed_by_another_disc && !found.whole.empty() &&
                           found.next_lba() == next_lba && is_copy_of(head, found.whole.back().head);
    if (explained) return bytes - end;
    return fail(Errc::wrong_medium,
                "use disc " + disc.label + " in " + image.path() + ": " + std::to_string(bytes - end) +
                    " bytes lie behind what was burned on it, and a disc session may be among them: they are "
                    "left as they are; restore the file from a copy");
}

}  // namespace burnbox
