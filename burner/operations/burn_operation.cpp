#include <sys/statvfs.h>

#include "burner/image/volume_id.hpp"
#include "burner/media/iso_head.hpp"
#include "burner/media/job_sessions.hpp"
#include "burner/media/medium_profile.hpp"
#include "burner/media/opened_disc.hpp"
#include "burner/operations/disc_operations.hpp"
#include "burner/operations/older_tree.hpp"
#include "burner/operations/session_image.hpp"
#include "burner/operations/session_writer.hpp"
#include "burner/operations/tree_proof.hpp"
#include "burner/shelf/rollback.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

class Burn {
  public:
    Burn(const BurnJob& job, OpenedDisc& disc, BurnObserver& observer)
        : job_(job), disc_(disc), observer_(observer) {}

    Result<Written> run();

  private:
    bool first() const { return job_.disc.sessions_used == 0; }
    std::string where() const { return disc_.device().path; }
    Result<std::optional<ReadTree>> put_together(const Medium& medium,
                                                 const std::vector<JobSession>& sessions);
    Status make_image(const std::vector<JobSession>& sessions);
    Status prepare();
    Status prove(const std::vector<JobSession>& sessions, const std::optional<ReadTree>& older);
    Status check_payload(const Medium& medium, const std::vector<JobSession>& sessions) const;
    Status check_space(const Medium& medium) const;
    std::uint64_t needed_bytes() const;
    bool closes(const Medium& medium) const;
    Status cut_behind(std::uint32_t next_lba);
    Status write();
    Status show_session(ImageFile& image);
    Status check_all_is_there(const ImageFile& image) const;
    Status finish();
    void keep_memory();

    const BurnJob& job_;
    OpenedDisc& disc_;
    BurnObserver& observer_;
    std::unique_ptr<SessionImage> image_;
    std::unique_ptr<SessionWriter> writer_;  // behind the image: it reads it, and goes before it
    bool closes_ = false;
    std::uint64_t cut_bytes_ = 0;      // of an image, behind its last disc session
    std::uint64_t burned_bytes_ = 0;   // of it, up to there
    std::uint64_t missing_bytes_ = 0;  // of those, before the write: a copy may leave zeros out
    std::string speed_note_;
};

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
    if (room + cut_bytes_ < bytes + kHeadBytes)
        return fail(Errc::no_space, "write " + where() + ": the file system has " + human_bytes(room) +
                                        " free, " + human_bytes(bytes) +
                                        " are needed: make room in the folder of the images");
    return {};
}

Status Burn::make_image(const std::vector<JobSession>& sessions) {
    const Timestamp time = sessions.empty() ? system_clock().now() : newest_seal(sessions);
    BB_TRY(image_, SessionImage::load(disc_, job_, time, IsoTree::Contents::read));
    BB_CHECK(image_->add(sessions));
    // What can't be taken back is tried first: a file that changed must not cost a disc.
    return disc_.image() == nullptr ? image_->tree().check_staged() : Status();
}

// The image, and the tree that the disc holds already. What is wrong with that is said first: what libisofs
// makes of it is its consequence.
Result<std::optional<ReadTree>> Burn::put_together(const Medium& medium,
                                                   const std::vector<JobSession>& sessions) {
    OlderTree reading(disc_, medium, job_.tree, std::string(parent_path(job_.rollback_file)));
    const Status made = make_image(sessions);
    auto older = reading.get();  // its thread is gone before the writer counts threads
    if (!older && older.error().code == Errc::wrong_medium)
        older.error().message.insert(0, "use disc " + job_.disc.label + " in " + where() + ": ");
    BB_CHECK(older);
    BB_CHECK(made);
    return older;
}

// The image is made from now on, and its first files are read at once.
Status Burn::prepare() {
    auto prepared = SessionWriter::prepare(disc_, *image_);
    if (prepared) {
        writer_ = std::move(*prepared);
        return {};
    }
    BB_CHECK(image_->tree().failure());  // said first: what libisofs says about it is its consequence
    return std::unexpected(std::move(prepared).error());
}

// Nothing was written yet: what fails here costs nothing.
Status Burn::prove(const std::vector<JobSession>& sessions, const std::optional<ReadTree>& older) {
    Mismatches mismatches;
    BB_CHECK(prove_tree(
        writer_->tree_bytes(), writer_->tree(), writer_->blocks(),
        {job_.disc, sessions, job_.layout, image_->readme(), image_->time(), older ? &*older : nullptr},
        mismatches));
    if (mismatches.none()) return {};
    Proof proof;
    for (const Mismatch& mismatch : mismatches.items())
        proof.findings.push_back({mismatch.path, mismatch.what});
    return fail(Errc::disproved,
                "disc " + job_.disc.label + " would not show what was sealed: " + to_sentence(proof));
}

// Only now: where nothing is written, nothing is cut off.
Status Burn::cut_behind(std::uint32_t next_lba) {
    return cut_bytes_ == 0 ? Status() : disc_.image()->cut_to(next_lba * kSectorBytes);
}

Status Burn::write() {
    Status written = writer_->write(closes_, observer_);
    BB_CHECK(image_->tree().failure());
    return written;
}

// What libisoburn's activation does, through the file that is open: it would open the path anew, and write on
// the mount point when the folder's disk has gone meanwhile.
Status Burn::show_session(ImageFile& image) {
    BB_TRY(const std::string head, image.head_at(writer_->start_lba()));
    const auto copy = copy_for_block_zero(head, writer_->start_lba());
    if (!copy)
        return fail(Errc::io, "show the disc session on " + where() +
                                  ": it does not begin with a head that can be read");
    return image.write_at(*copy, 0);
}

// Something else may have cut the file while it was written: the write goes on where it was, over a hole.
Status Burn::check_all_is_there(const ImageFile& image) const {
    BB_TRY(const std::uint64_t missing, missing_bytes(image, burned_bytes_));
    if (missing <= missing_bytes_) return {};
    return fail(Errc::io, "write " + where() + ": " + std::to_string(missing - missing_bytes_) +
                              " bytes of what was burned before are missing since the write began; look who "
                              "changes the images");
}

// The order that a crash can't break: data durable, old head durable, new head, new head durable, old head
// dropped.
Status Burn::finish() {
    if (disc_.image() == nullptr) return writer_->activate();
    ImageFile& image = *disc_.image();
    BB_CHECK(image.sync());
    BB_CHECK(check_all_is_there(image));
    if (!first()) {
        BB_TRY(const std::string head, image.head_at(0));
        BB_CHECK(save_head(job_.rollback_file, head));
    }
    BB_CHECK(show_session(image));
    BB_CHECK(image.sync());
    if (!first()) BB_CHECK(drop_saved_head(job_.rollback_file));
    if (closes_) BB_CHECK(image.close_disc());
    return {};
}

// Of a large disc the trees are a million pieces of memory. The process ends now, and nobody waits until each
// is given back.
void Burn::keep_memory() {
    speed_note_ = writer_->speed_note();
    static SessionWriter* const writer = writer_.release();
    static SessionImage* const image = image_.release();
    (void)writer, (void)image;
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
    if (disc_.image() != nullptr && !first()) {
        BB_TRY(cut_bytes_, unfinished_bytes(*disc_.image(), job_.disc, medium.next_lba));
        BB_TRY(const std::uint64_t bytes, disc_.image()->size_bytes());
        burned_bytes_ = bytes - cut_bytes_;
        BB_TRY(missing_bytes_, missing_bytes(*disc_.image(), burned_bytes_));
    }
    BB_TRY(const auto older, put_together(medium, sessions));
    BB_CHECK(prepare());
    BB_CHECK(check_space(medium));
    closes_ = closes(medium);
    BB_CHECK(prove(sessions, older));
    const BurnPlan plan{medium.sessions_used + 1, writer_->start_lba(), writer_->blocks(), writer_->tree()};
    BB_CHECK(observer_.about_to_write(plan));

    Status done = cut_behind(medium.next_lba);
    if (done) done = write();
    if (done) done = finish();
    if (!done && disc_.image() != nullptr) {
        writer_.reset();
        // What can't be undone now is adjudicated by the next worker.
        (void)undo_burn(*disc_.image(), job_);
    }
    BB_CHECK(done);
    keep_memory();
    std::string notes = disc_.messages().warnings();
    if (!speed_note_.empty()) notes += (notes.empty() ? "" : "\n") + speed_note_;
    if (cut_bytes_ != 0)
        notes += (notes.empty() ? "" : "\n") + std::to_string(cut_bytes_) +
                 " bytes that lay behind the last disc session, and were none, were cut off";
    return Written{plan.start_lba, plan.blocks, std::move(notes)};
}

}  // namespace

Result<Written> burn_disc(const Device& device, const BurnJob& job, BurnObserver& observer) {
    BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::write));
    Burn burn(job, *disc, observer);
    return burn.run();
}

}  // namespace burnbox
