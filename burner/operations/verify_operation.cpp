#include <algorithm>
#include <set>

#include "burner/checks/burned_as.hpp"
#include "burner/checks/head_check.hpp"
#include "burner/checks/readme_check.hpp"
#include "burner/checks/repair_check.hpp"
#include "burner/checks/tree_check.hpp"
#include "burner/media/disc_blocks.hpp"
#include "burner/media/session_blocks.hpp"
#include "burner/operations/disc_operations.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

std::string top_folder(const JobSession& session, Layout layout) {
    return layout == Layout::root ? "" : session.sealed.identifier();
}

// The tree of exactly this disc session; nothing when it can't be read, and the mismatches say why. Errors:
// wrong_medium when the disc has no such session, or another label or serial; those that say nothing about
// the disc.
Result<std::optional<ReadTree>> load_tree(OpenedDisc& disc, const BurnJob& job, unsigned disc_session,
                                          Mismatches& mismatches) {
    BB_TRY(SessionBlocks blocks, SessionBlocks::of(disc, disc_session));
    const auto volume = read_volume(blocks, blocks.start_lba(), mismatches);
    if (volume && (volume->primary.label != job.disc.label || volume->primary.volume_set != job.disc.serial))
        return fail(Errc::wrong_medium, "read disc session " + std::to_string(disc_session) + " of " +
                                            disc.device().path + ": it has another label or serial than " +
                                            job.disc.label);
    if (volume && !volume->joliet) mismatches.add("", "the Joliet tree, which Windows reads, is missing");
    auto tree = volume ? read_tree(blocks, *volume, mismatches) : std::unexpected(volume.error());
    if (tree) return std::move(*tree);
    if (drive_or_disc_is_gone(tree.error())) return std::unexpected(std::move(tree).error());
    mismatches.add("", tree.error().message);
    return std::nullopt;
}

// What was burned in another run follows from the disc and the seal records, not from today's configuration.
BurnedAs expect_as_burned(const ReadTree& tree, const BurnJob& job, std::vector<JobSession>& sessions) {
    BurnedAs as{job.layout, job.modes};
    if (job.just_burned) return as;
    for (const JobSession& session : sessions) as = burned_as(tree, session.sealed, as);
    if (as.layout != job.layout || as.modes != job.modes)
        for (JobSession& session : sessions)
            session.entries = disc_entries(session.sealed, as.layout, as.modes);
    return as;
}

// Whether the recovery data mends what was found. Files that are not in the tree any more are damaged too.
std::vector<std::string> judge_repair(OpenedDisc& disc, const std::vector<JobSession>& sessions,
                                      Layout layout, const std::vector<FileOnDisc>& readable,
                                      const std::set<std::string>& damaged) {
    std::vector<std::string> sentences;
    std::set<std::string_view> there;
    for (const FileOnDisc& file : readable) there.insert(file.entry->path);
    RepairCheck check(
        readable, read_alignment_blocks(disc),
        [&disc](std::uint32_t lba, std::span<std::byte> buffer) { return read_blocks(disc, lba, buffer); });
    for (const JobSession& session : sessions) {
        std::set<std::string> of_session;
        for (const DiscEntry& entry : session.entries)
            if (entry.type == FileType::file && (damaged.contains(entry.path) || !there.contains(entry.path)))
                of_session.insert(entry.path);
        for (std::string& sentence : check.judge(session, layout, std::move(of_session)))
            sentences.push_back(std::move(sentence));
    }
    return sentences;
}

// Contents in the order they lie on the disc.
class ContentCheck {
  public:
    ContentCheck(OpenedDisc& disc, std::vector<FileOnDisc> files, Mismatches& mismatches,
                 BurnObserver& observer);
    // An error says nothing about the disc: the drive or the medium is gone.
    [[nodiscard]] Status run(VerifyReport& report);
    // After run(): paths whose content can't be read or differs.
    [[nodiscard]] const std::set<std::string>& damaged() const { return damaged_; }
    [[nodiscard]] const std::vector<FileOnDisc>& files() const { return files_; }

  private:
    [[nodiscard]] Status take_piece(ContentReader& reader, VerifyReport& report);
    void close_file(std::size_t file, VerifyReport& report);
    std::vector<Extent> extents();

    OpenedDisc& disc_;
    std::vector<FileOnDisc> files_;
    Mismatches& mismatches_;
    BurnObserver& observer_;
    Progress progress_;
    Sha256Hasher hasher_;
    bool readable_ = true;  // the file that is open
    std::set<std::string> damaged_;
};

ContentCheck::ContentCheck(OpenedDisc& disc, std::vector<FileOnDisc> files, Mismatches& mismatches,
                           BurnObserver& observer)
    : disc_(disc), files_(std::move(files)), mismatches_(mismatches), observer_(observer) {
    std::ranges::stable_sort(files_, {}, [](const FileOnDisc& file) {
        return file.extents.empty() ? 0 : file.extents.front().lba;
    });
    for (const FileOnDisc& file : files_) progress_.total_bytes += file.entry->size_bytes;
}

std::vector<Extent> ContentCheck::extents() {
    std::vector<Extent> all;
    for (std::size_t i = 0; i < files_.size(); ++i)
        for (const TreeExtent& extent : files_[i].extents) all.push_back({i, extent.lba, extent.bytes});
    return all;
}

void ContentCheck::close_file(std::size_t file, VerifyReport& report) {
    const DiscEntry& entry = *files_[file].entry;
    const Sha256 digest = hasher_.finish();
    hasher_.reset();
    if (readable_ && digest != entry.sha256)
        mismatches_.add(entry.path, "its content on the disc has SHA-256 " + digest.hex() + ", sealed was " +
                                        entry.sha256.hex());
    if (!readable_ || digest != entry.sha256) damaged_.insert(entry.path);
    readable_ = true;
    ++report.files_checked;
    report.bytes_checked += entry.size_bytes;
}

Status ContentCheck::take_piece(ContentReader& reader, VerifyReport& report) {
    const std::size_t file = reader.next_file();
    const auto piece = reader.next();
    if (piece) {
        hasher_.update(piece->data);
        progress_.done_bytes += piece->data.size();
        observer_.progress(progress_);
    } else if (drive_or_disc_is_gone(piece.error())) {
        return std::unexpected(piece.error());
    } else if (readable_) {
        mismatches_.add(files_[file].entry->path, piece.error().message);
        readable_ = false;
    }
    if (reader.at_end() || reader.next_file() != file) close_file(file, report);
    return {};
}

Status ContentCheck::run(VerifyReport& report) {
    for (std::size_t i = 0; i < files_.size(); ++i) {
        const FileOnDisc& file = files_[i];
        report.files.push_back({file.entry->path, file.extents.empty() ? 0 : file.extents.front().lba});
        if (file.extents.empty()) close_file(i, report);  // empty: compared like the others
    }
    ContentReader reader(
        extents(), read_alignment_blocks(disc_),
        [this](std::uint32_t lba, std::span<std::byte> buffer) { return read_blocks(disc_, lba, buffer); });
    while (!reader.at_end()) BB_CHECK(take_piece(reader, report));
    return {};
}

}  // namespace

Result<VerifyReport> verify_disc(const Device& device, const BurnJob& job, unsigned disc_session,
                                 BurnObserver& observer) {
    BB_TRY(auto sessions, read_job_sessions(job));
    BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::read));
    if (disc->image() != nullptr) BB_CHECK(disc->image()->sync_and_forget());
    BB_TRY(const Medium medium, disc->medium());
    BB_CHECK(check_same_disc(medium, job.disc, disc->kind()));
    if (medium.sessions_used < disc_session)
        return fail(Errc::wrong_medium, "verify disc " + job.disc.label + ": it holds " +
                                            std::to_string(medium.sessions_used) + " disc sessions, not " +
                                            std::to_string(disc_session));
    Mismatches mismatches;
    if (disc->image() != nullptr) BB_CHECK(check_head(*disc->image(), job.disc, mismatches));
    if (job.tree) BB_CHECK(check_tree(*disc, *job.tree, mismatches));
    BB_TRY(const auto loaded, load_tree(*disc, job, disc_session, mismatches));
    if (!loaded) return VerifyReport{.mismatches = mismatches.take()};
    const ReadTree& tree = *loaded;
    const BurnedAs as = expect_as_burned(tree, job, sessions);

    std::vector<FileOnDisc> files;
    for (const JobSession& session : sessions)
        compare_session(tree, session.entries, top_folder(session, as.layout), mismatches, files);
    const DiscEntry readme = readme_entry(job.disc, newest_seal(sessions));
    const bool own_readme =
        std::ranges::any_of(files, [](const FileOnDisc& f) { return f.entry->path == kReadmeName; });
    if (disc_session == 1 && !own_readme) {
        if (job.just_burned)
            compare_entry(tree, readme, mismatches, files);
        else
            BB_CHECK(check_older_readme(*disc, tree, job.disc, mismatches));
    }

    VerifyReport report{.layout = as.layout, .modes = as.modes};
    ContentCheck check(*disc, std::move(files), mismatches, observer);
    BB_CHECK(check.run(report));
    if (!mismatches.none())
        report.repair = judge_repair(*disc, sessions, as.layout, check.files(), check.damaged());
    disc->messages().drain();
    if (disc->messages().failed() && mismatches.none())
        return fail(disc->messages().failure_code(),
                    "verify disc " + job.disc.label + ": " + disc->messages().failure());
    report.mismatches = mismatches.take();
    return report;
}

}  // namespace burnbox
