#include "burner/drive/rollback.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "burner/drive/iso_head.hpp"
#include "common/base/digest.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/posix_file_system.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kDigestBytes = 64;

struct Place {
    std::unique_ptr<FileSystem> folder;
    std::string name;
};

Result<Place> open_place(const std::string& file) {
    const std::filesystem::path path(file);
    BB_TRY(auto folder, open_posix_file_system(path.parent_path().string()));
    return Place{std::move(folder), path.filename().string()};
}

// The new disc session is there as a whole: its head at block 0 and in its place, and all its blocks.
Result<bool> is_complete(const ImageFile& image, const std::string& head, const BurnJob& job,
                         std::uint32_t start_lba) {
    BB_TRY(const std::string session_head, image.head_at(start_lba));
    if (!is_copy_of(head, session_head)) return false;
    const std::optional<IsoHead> parsed = parse_iso_head(head);
    if (!parsed || parsed->label != job.disc.label || parsed->volume_set != job.disc.serial) return false;
    BB_TRY(const std::uint64_t size, image.size_bytes());
    return parsed->size_blocks > start_lba && parsed->size_blocks * kSectorBytes <= size;
}

Status cut_back(ImageFile& image, const BurnJob& job) {
    const bool blank = job.disc.sessions_used == 0;
    return image.cut_to(blank ? 0 : job.disc.next_lba * kSectorBytes);
}

}  // namespace

Status save_head(const std::string& file, std::string_view head) {
    BB_TRY(const Place place, open_place(file));
    return replace_file(*place.folder, place.name, Sha256::of(head).hex() + std::string(head),
                        Durability::durable, 0600);
}

Result<std::optional<std::string>> saved_head(const std::string& file) {
    BB_TRY(const Place place, open_place(file));
    auto content = read_file(*place.folder, place.name, kDigestBytes + kHeadBytes);
    if (!content && content.error().code == Errc::not_found) return std::nullopt;
    if (!content) return std::unexpected(std::move(content).error());
    if (content->size() < kDigestBytes) return std::nullopt;
    std::string head = content->substr(kDigestBytes);
    if (Sha256::of(head).hex() != content->substr(0, kDigestBytes)) return std::nullopt;
    return head;
}

Status drop_saved_head(const std::string& file) {
    BB_TRY(const Place place, open_place(file));
    if (const Status removed = place.folder->remove(place.name);
        !removed && removed.error().code != Errc::not_found)
        return removed;
    return {};
}

Result<Drive::Outcome> settle_image(ImageFile& image, const BurnJob& job, std::uint32_t start_lba) {
    BB_TRY(const std::string head, image.head_at(0));
    const std::string digest = head.empty() ? "" : Sha256::of(head).hex();
    const bool blank = job.disc.sessions_used == 0;
    const bool old_head = blank ? is_zero(head) : digest == job.disc.head_digest;
    BB_TRY(const bool complete, is_complete(image, head, job, start_lba));
    if (!old_head && complete) {
        BB_CHECK(image.sync());
        BB_CHECK(drop_saved_head(job.rollback_file));
        return Drive::Outcome::written;
    }
    if (!old_head && !blank) {
        BB_TRY(const std::optional<std::string> saved, saved_head(job.rollback_file));
        const bool usable =
            saved && (job.disc.head_digest.empty() || Sha256::of(*saved).hex() == job.disc.head_digest);
        if (!usable) return Drive::Outcome::damaged;
        BB_CHECK(image.write_at(*saved, 0));
        BB_CHECK(image.sync());
    }
    BB_CHECK(cut_back(image, job));
    BB_CHECK(drop_saved_head(job.rollback_file));
    return Drive::Outcome::untouched;
}

}  // namespace burnbox
