#include "burner/operations/session_image.hpp"

#include <algorithm>

#include "common/storage/posix_file_system.hpp"

namespace burnbox {
namespace {

bool brings_readme(const std::vector<JobSession>& sessions) {
    return std::ranges::any_of(sessions, [](const JobSession& session) {
        return std::ranges::find(session.entries, kReadmeName, &DiscEntry::path) != session.entries.end();
    });
}

}  // namespace

Result<std::unique_ptr<SessionImage>> SessionImage::load(OpenedDisc& disc, const BurnJob& job, Timestamp time,
                                                         IsoTree::Contents contents) {
    std::unique_ptr<SessionImage> image(new SessionImage(job, time));
    image->contents_ = contents;
    BB_CHECK(image->read_image(disc));
    BB_TRY(image->tree_, IsoTree::make(image->image_, time, disc.messages(), contents));
    image->tree_->set_volume(job.disc.label, job.disc.serial);
    return image;
}

SessionImage::~SessionImage() {
    tree_.reset();
    if (image_ != nullptr) burn::iso_image_unref(image_);
}

Status SessionImage::read_image(OpenedDisc& disc) {
    const std::string what = "read the tree of " + disc.device().path;
    std::time_t now = to_disc_time(time_);
    burn::iso_nowtime(&now, 1);
    burn::isoburn_read_opts* options = nullptr;
    if (burn::isoburn_ropt_new(&options, 0) <= 0) return fail_errno("make", "the read options", ENOMEM);
    burn::isoburn_ropt_set_extensions(
        options, isoburn_ropt_nojoliet | isoburn_ropt_noiso1999 | isoburn_ropt_noaaip | isoburn_ropt_noacl |
                     isoburn_ropt_noea | isoburn_ropt_noino | isoburn_ropt_nomd5);
    burn::isoburn_ropt_set_input_charset(options, c_string("UTF-8"));
    const int read = burn::isoburn_read_image(disc.drive(), options, &image_);
    burn::isoburn_ropt_destroy(&options, 0);
    BB_CHECK(disc.messages().check(read, what));
    if (first()) return {};
    const char* label = burn::iso_image_get_volume_id(image_);
    const int entries = burn::iso_dir_get_children_count(burn::iso_image_get_root(image_));
    if (label != nullptr && job_.disc.label == label && entries > 0) return {};
    return fail(Errc::wrong_medium, what + ": its newest disc session can't be read");
}

Status SessionImage::add_from(const std::string& host_folder, const std::vector<DiscEntry>& entries) {
    if (contents_ == IsoTree::Contents::unread) return tree_->add(entries, UniqueFd());
    UniqueFd folder(::open(host_folder.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder)
        return with_origin(Origin::session, Status(fail_errno("open the sealed folder", host_folder)));
    return tree_->add(entries, std::move(folder));
}

Status SessionImage::add_readme(const std::vector<JobSession>& sessions) {
    if (!first() || brings_readme(sessions)) return {};  // layout root: the session may bring its own
    readme_ = readme_entry(job_.disc, time_);
    return tree_->add({*readme_}, UniqueFd());
}

Status SessionImage::patch(std::span<std::byte> tree_blocks, std::uint32_t start_lba) {
    return tree_->patch(tree_blocks, start_lba);
}

std::string SessionImage::spool_folder() const {
    return std::string(parent_path(job_.rollback_file));
}

Status SessionImage::add(const std::vector<JobSession>& sessions) {
    for (const JobSession& session : sessions) {
        std::vector<DiscEntry> sealed, parity;
        for (const DiscEntry& entry : session.entries) (entry.parity ? parity : sealed).push_back(entry);
        BB_CHECK(add_from(session.folder, sealed));
        if (!parity.empty()) BB_CHECK(add_from(session.parity_folder, parity));
    }
    BB_CHECK(add_readme(sessions));
    return tree_->finish(job_.layout != Layout::root);
}

}  // namespace burnbox
