#include <algorithm>
#include <set>

#include "burner/drive/burned_as.hpp"
#include "burner/drive/disc_blocks.hpp"
#include "burner/drive/disc_operations.hpp"
#include "burner/drive/readme_check.hpp"
#include "burner/drive/repair_check.hpp"
#include "burner/drive/tree_check.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

std::string top_folder(const JobSession& session, Layout layout) {
    return layout == Layout::root ? "" : session.sealed.identifier();
}

// What was burned in another run follows from the disc and the seal records, not from today's configuration.
BurnedAs expect_as_burned(DiscTree& tree, const BurnJob& job, std::vector<JobSession>& sessions) {
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
                                      Layout layout, const std::vector<FileToRead>& readable,
                                      const std::set<std::string>& damaged) {
    std::vector<std::string> sentences;
    std::set<std::string_view> there;
    for (const FileToRead& file : readable) there.insert(file.entry->path);
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
    ContentCheck(OpenedDisc& disc, std::vector<FileToRead> files, Mismatches& mismatches,
                 BurnObserver& observer);
    // An error says nothing about the disc: the drive or the medium is gone.
    [[nodiscard]] Status run(VerifyReport& report);
    // After run(): paths whose content can't be read or differs.
    [[nodiscard]] const std::set<std::string>& damaged() const { return damaged_; }
    [[nodiscard]] const std::vector<FileToRead>& files() const { return files_; }

  private:
    [[nodiscard]] Status take_piece(ContentReader& reader, VerifyReport& report);
    void close_file(std::size_t file, VerifyReport& report);
    std::vector<Extent> extents();

    OpenedDisc& disc_;
    std::vector<FileToRead> files_;
    Mismatches& mismatches_;
    BurnObserver& observer_;
    Progress progress_;
    Sha256Hasher hasher_;
    bool readable_ = true;  // the file that is open
    std::set<std::string> damaged_;
};

ContentCheck::ContentCheck(OpenedDisc& disc, std::vector<FileToRead> files, Mismatches& mismatches,
                           BurnObserver& observer)
    : disc_(disc), files_(std::move(files)), mismatches_(mismatches), observer_(observer) {
    std::ranges::stable_sort(files_, {}, [](const FileToRead& file) {
        return file.extents.empty() ? 0 : file.extents.front().lba;
    });
    for (const FileToRead& file : files_) progress_.total_bytes += file.entry->size_bytes;
}

std::vector<Extent> ContentCheck::extents() {
    std::vector<Extent> all;
    for (std::size_t i = 0; i < files_.size(); ++i)
        for (const Extent& extent : files_[i].extents) all.push_back({i, extent.lba, extent.bytes});
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
        const FileToRead& file = files_[i];
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
    BB_CHECK(check_same_disc(medium, job.disc));
    if (medium.sessions_used < disc_session)
        return fail(Errc::wrong_medium, "verify disc " + job.disc.label + ": it holds " +
                                            std::to_string(medium.sessions_used) + " disc sessions, not " +
                                            std::to_string(disc_session));
    Mismatches mismatches;
    if (job.tree) BB_CHECK(check_tree(*disc, *job.tree, mismatches));
    auto loaded = DiscTree::load(*disc, job.disc, disc_session);
    if (!loaded && !mismatches.none() && !drive_or_disc_is_gone(loaded.error())) {
        mismatches.add("", loaded.error().message);
        return VerifyReport{.mismatches = mismatches.take()};
    }
    BB_TRY(const auto tree, std::move(loaded));
    const BurnedAs as = expect_as_burned(*tree, job, sessions);

    std::vector<FileToRead> files;
    for (const JobSession& session : sessions)
        tree->compare(session.entries, top_folder(session, as.layout), mismatches, files);
    const DiscEntry readme = readme_entry(job.disc, newest_seal(sessions));
    const bool own_readme =
        std::ranges::any_of(files, [](const FileToRead& f) { return f.entry->path == kReadmeName; });
    if (disc_session == 1 && !own_readme) {
        if (job.just_burned)
            tree->compare_one(readme, mismatches, files);
        else
            BB_CHECK(check_older_readme(*disc, *tree, job.disc, mismatches));
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
