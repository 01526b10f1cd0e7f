#include <sys/statvfs.h>

#include "burner/drive/disc_operations.hpp"
#include "burner/drive/iso_head.hpp"
#include "burner/drive/job_sessions.hpp"
#include "burner/drive/medium_profile.hpp"
#include "burner/drive/opened_disc.hpp"
#include "burner/drive/rollback.hpp"
#include "burner/drive/session_writer.hpp"
#include "burner/image/iso_tree.hpp"
#include "burner/image/volume_id.hpp"
#include "common/base/clock.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

class Burn {
  public:
    Burn(const BurnJob& job, OpenedDisc& disc, BurnObserver& observer)
        : job_(job), disc_(disc), observer_(observer) {}
    ~Burn() {
        writer_.reset();  // before the tree: it reads it
        tree_.reset();
        if (image_ != nullptr) burn::iso_image_unref(image_);
    }
    Burn(const Burn&) = delete;
    Burn& operator=(const Burn&) = delete;

    Result<Written> run();

  private:
    bool first() const { return job_.disc.sessions_used == 0; }
    std::string where() const { return disc_.device().path; }
    Status load_tree(Timestamp time);
    Status add_from(const std::string& host_folder, const std::vector<DiscEntry>& entries);
    Status add_sessions(const std::vector<JobSession>& sessions, Timestamp time);
    Status add_readme(const std::vector<JobSession>& sessions, Timestamp time);
    Status prepare(Timestamp time);
    Status check_payload(const Medium& medium, const std::vector<JobSession>& sessions) const;
    Status check_space(const Medium& medium) const;
    std::uint64_t needed_bytes() const;
    bool closes(const Medium& medium) const;
    Status write();
    Status finish();

    const BurnJob& job_;
    OpenedDisc& disc_;
    BurnObserver& observer_;
    burn::IsoImage* image_ = nullptr;
    std::unique_ptr<IsoTree> tree_;
    std::unique_ptr<SessionWriter> writer_;
    bool closes_ = false;
};

// The tree of the newest disc session, or an empty one. libisofs answers a session it can't read with an
// empty tree and a warning: everything burned before would vanish from sight.
Status Burn::load_tree(Timestamp time) {
    std::time_t now = to_disc_time(time);
    burn::iso_nowtime(&now, 1);
    burn::isoburn_read_opts* options = nullptr;
    if (burn::isoburn_ropt_new(&options, 0) <= 0) return fail_errno("make", "the read options", ENOMEM);
    burn::isoburn_ropt_set_extensions(
        options, isoburn_ropt_nojoliet | isoburn_ropt_noiso1999 | isoburn_ropt_noaaip | isoburn_ropt_noacl |
                     isoburn_ropt_noea | isoburn_ropt_noino | isoburn_ropt_nomd5);
    burn::isoburn_ropt_set_input_charset(options, c_string("UTF-8"));
    const int read = burn::isoburn_read_image(disc_.drive(), options, &image_);
    burn::isoburn_ropt_destroy(&options, 0);
    BB_CHECK(disc_.messages().check(read, "read the tree of " + where()));
    if (!first()) {
        const char* label = burn::iso_image_get_volume_id(image_);
        const int entries = burn::iso_dir_get_children_count(burn::iso_image_get_root(image_));
        if (label == nullptr || job_.disc.label != label || entries <= 0)
            return fail(Errc::wrong_medium,
                        "read the tree of " + where() + ": its newest disc session can't be read");
    }
    BB_TRY(tree_, IsoTree::make(image_, time, disc_.messages()));
    tree_->set_volume(job_.disc.label, job_.disc.serial);
    return {};
}

Status Burn::add_readme(const std::vector<JobSession>& sessions, Timestamp time) {
    for (const JobSession& session : sessions)
        for (const DiscEntry& entry : session.entries)
            if (entry.path == kReadmeName) return {};  // layout root: the session brings its own
    DiscEntry readme{.path = std::string(kReadmeName), .mtime = time};
    readme.content = disc_readme(job_.disc.label, job_.disc.serial);
    readme.size_bytes = readme.content.size();
    return tree_->add({readme}, UniqueFd());
}

Status Burn::add_from(const std::string& host_folder, const std::vector<DiscEntry>& entries) {
    UniqueFd folder(::open(host_folder.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return fail_errno("open the sealed folder", host_folder);
    return tree_->add(entries, std::move(folder));
}

Status Burn::add_sessions(const std::vector<JobSession>& sessions, Timestamp time) {
    for (const JobSession& session : sessions) {
        std::vector<DiscEntry> sealed, recovery;
        for (const DiscEntry& entry : session.entries) (entry.recovery ? recovery : sealed).push_back(entry);
        BB_CHECK(add_from(session.folder, sealed));
        if (!recovery.empty()) BB_CHECK(add_from(session.recovery_folder, recovery));
    }
    if (first()) BB_CHECK(add_readme(sessions, time));
    return {};
}

// The files alone, before they are read once more for nothing.
Status Burn::check_payload(const Medium& medium, const std::vector<JobSession>& sessions) const {
    std::uint64_t bytes = 0;
    for (const JobSession& session : sessions)
        for (const DiscEntry& entry : session.entries) bytes += entry.size_bytes;
    if (bytes <= medium.free_bytes) return {};
    return fail(Errc::does_not_fit, "burn on disc " + job_.disc.label + ": its files have " +
                                        human_bytes(bytes) + " (" + std::to_string(bytes) +
                                        " bytes), the disc has " + human_bytes(medium.free_bytes) + " (" +
                                        std::to_string(medium.free_bytes) + ") left");
}

std::uint64_t Burn::needed_bytes() const {
    const std::uint64_t bytes = writer_->blocks() * kSectorBytes;
    return disc_.image() == nullptr ? bytes : (bytes + kHeadBytes - 1) / kHeadBytes * kHeadBytes;
}

// Whether the disc is full after this disc session, as everybody will see it then: the gap before the next
// one counts as taken.
bool Burn::closes(const Medium& medium) const {
    if (job_.close_disc || job_.close_below_bytes == 0) return job_.close_disc;
    if (medium.sessions_left <= 1) return true;
    std::uint64_t taken = needed_bytes();
    if (const MediumProfile* profile = find_medium_profile(medium.profile)) {
        const unsigned next = medium.sessions_used + 1;
        taken += (gap_blocks(*profile, next + 1) - gap_blocks(*profile, next)) * kSectorBytes;
    }
    return medium.free_bytes < taken + job_.close_below_bytes;
}

Status Burn::check_space(const Medium& medium) const {
    const std::string disc = "burn on disc " + job_.disc.label + ": ";
    if (medium.sessions_left == 0)
        return fail(Errc::does_not_fit, disc + "it holds " + std::to_string(medium.sessions_used) +
                                            " disc sessions, and a " + medium.profile + " takes no more");
    const std::uint64_t bytes = needed_bytes();
    if (bytes > medium.free_bytes)
        return fail(Errc::does_not_fit,
                    disc + "it needs " + human_bytes(bytes) + " (" + std::to_string(bytes) +
                        " bytes with all overhead), the disc has " + human_bytes(medium.free_bytes) + " (" +
                        std::to_string(medium.free_bytes) + ") left");
    if (disc_.image() == nullptr) return {};
    struct statvfs space{};
    if (::fstatvfs(disc_.image()->fd(), &space) != 0) return fail_errno("ask the space of", where());
    const std::uint64_t room = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
    if (room < bytes + kHeadBytes)
        return fail(Errc::no_space, "write " + where() + ": the file system has " + human_bytes(room) +
                                        " free, " + human_bytes(bytes) +
                                        " are needed: make room in the folder of the images");
    return {};
}

// The image is made from now on, and its first files are read at once.
Status Burn::prepare(Timestamp time) {
    auto prepared = SessionWriter::prepare(disc_, time);
    if (prepared) {
        writer_ = std::move(*prepared);
        return {};
    }
    BB_CHECK(tree_->failure());  // said first: what libisofs says about it is its consequence
    return std::unexpected(std::move(prepared).error());
}

Status Burn::write() {
    Status written = writer_->write(closes_, observer_);
    BB_CHECK(tree_->failure());
    return written;
}

// The order that a crash can't break: data durable, old head durable, new head, new head durable, old head
// dropped.
Status Burn::finish() {
    if (disc_.image() == nullptr) return writer_->activate();
    ImageFile& image = *disc_.image();
    BB_CHECK(image.sync());
    if (!first()) {
        BB_TRY(const std::string head, image.head_at(0));
        BB_CHECK(save_head(job_.rollback_file, head));
    }
    BB_CHECK(writer_->activate());
    BB_CHECK(image.sync());
    if (!first()) BB_CHECK(drop_saved_head(job_.rollback_file));
    if (closes_) BB_CHECK(image.close_disc());
    return {};
}

Result<Written> Burn::run() {
    BB_CHECK(check_label(job_.disc.label));
    BB_TRY(const Medium medium, disc_.medium());
    BB_CHECK(check_burnable(medium, job_.disc));
    if (job_.sessions.empty() && job_.close_disc && disc_.image() != nullptr) {
        BB_CHECK(disc_.image()->close_disc());
        return Written{};
    }
    BB_TRY(const auto sessions, read_job_sessions(job_));
    BB_CHECK(check_payload(medium, sessions));
    const Timestamp time = sessions.empty() ? system_clock().now() : newest_seal(sessions);
    BB_CHECK(load_tree(time));
    BB_CHECK(add_sessions(sessions, time));
    // What can't be taken back is tried first: a file that changed must not cost a disc.
    if (disc_.image() == nullptr) BB_CHECK(tree_->check_staged());
    BB_CHECK(prepare(time));
    BB_CHECK(check_space(medium));
    closes_ = closes(medium);
    const BurnPlan plan{medium.sessions_used + 1, writer_->start_lba(), writer_->blocks()};
    BB_CHECK(observer_.about_to_write(plan));

    Status done = write();
    if (done) done = finish();
    if (!done && disc_.image() != nullptr) {
        writer_.reset();
        // What can't be undone now is settled by the next worker.
        (void)settle_image(*disc_.image(), job_, plan.start_lba);
    }
    BB_CHECK(done);
    std::string notes = disc_.messages().warnings();
    if (!writer_->speed_note().empty()) notes += (notes.empty() ? "" : "\n") + writer_->speed_note();
    return Written{plan.start_lba, plan.blocks, std::move(notes)};
}

}  // namespace

Result<Written> burn_disc(const Device& device, const BurnJob& job, BurnObserver& observer) {
    BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::write));
    Burn burn(job, *disc, observer);
    return burn.run();
}

}  // namespace burnbox
