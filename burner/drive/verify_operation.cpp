#include <algorithm>
#include <set>

#include "burner/drive/disc_operations.hpp"
#include "burner/drive/disc_tree.hpp"
#include "burner/drive/repair_check.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

std::string top_folder(const JobSession& session, Layout layout) {
    return layout == Layout::root ? "" : session.sealed.identifier();
}

// README.txt as this version writes it: it is compared with the disc session that brought it.
DiscEntry readme_entry(const BurnJob& job, Timestamp time) {
    DiscEntry readme{.path = std::string(kReadmeName), .mtime = time};
    readme.content = disc_readme(job.disc.label, job.disc.serial);
    readme.size_bytes = readme.content.size();
    readme.sha256 = Sha256::of(readme.content);
    return readme;
}

Status read_blocks(OpenedDisc& disc, std::uint32_t lba, std::span<std::byte> buffer) {
    const std::uint64_t offset = lba * kSectorBytes;
    if (disc.image() != nullptr) {
        BB_TRY(const std::size_t got, disc.image()->read_past_cache(buffer, offset));
        if (got + kSectorBytes >= buffer.size()) {  // the last block may be there for the alignment only
            std::ranges::fill(buffer.subspan(got), std::byte{0});
            return {};
        }
        return fail(Errc::corrupt,
                    "read block " + std::to_string(lba + got / kSectorBytes) + ": the image ends there");
    }
    off_t got = 0;
    const int result =
        burn::burn_read_data(disc.drive(), static_cast<off_t>(offset), reinterpret_cast<char*>(buffer.data()),
                             static_cast<off_t>(buffer.size()), &got, 0);
    if (result > 0 && got == static_cast<off_t>(buffer.size())) return {};
    disc.messages().drain();
    const Errc code = disc.messages().failure_code();
    if (code != Errc::io) return fail(code, "read " + disc.device().path + ": " + disc.messages().failure());
    return fail(Errc::io, "read block " +
                              std::to_string(lba + static_cast<std::uint64_t>(got) / kSectorBytes) +
                              ": the drive can't read it");
}

std::uint32_t alignment_of(OpenedDisc& disc) {
    constexpr auto kImageAlignment = static_cast<std::uint32_t>(ImageFile::kDirectBytes / kSectorBytes);
    return disc.image() != nullptr ? kImageAlignment : 1;
}

// Whether the recovery data mends what was found. Files that are not in the tree any more are damaged too.
std::vector<std::string> judge_repair(OpenedDisc& disc, const std::vector<JobSession>& sessions,
                                      Layout layout, const std::vector<FileToRead>& readable,
                                      const std::set<std::string>& damaged) {
    std::vector<std::string> sentences;
    std::set<std::string_view> there;
    for (const FileToRead& file : readable) there.insert(file.entry->path);
    RepairCheck check(readable, alignment_of(disc), [&disc](std::uint32_t lba, std::span<std::byte> buffer) {
        return read_blocks(disc, lba, buffer);
    });
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
    } else if (piece.error().code == Errc::unreachable || piece.error().code == Errc::no_medium) {
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
        extents(), alignment_of(disc_),
        [this](std::uint32_t lba, std::span<std::byte> buffer) { return read_blocks(disc_, lba, buffer); });
    while (!reader.at_end()) BB_CHECK(take_piece(reader, report));
    return {};
}

}  // namespace

Result<VerifyReport> verify_disc(const Device& device, const BurnJob& job, unsigned disc_session,
                                 BurnObserver& observer) {
    BB_TRY(const auto sessions, read_job_sessions(job));
    BB_TRY(const auto disc, OpenedDisc::open(device, ImageFile::Access::read));
    if (disc->image() != nullptr) BB_CHECK(disc->image()->sync_and_forget());
    BB_TRY(const Medium medium, disc->medium());
    BB_CHECK(check_same_disc(medium, job.disc));
    if (medium.sessions_used < disc_session)
        return fail(Errc::wrong_medium, "verify disc " + job.disc.label + ": it holds " +
                                            std::to_string(medium.sessions_used) + " disc sessions, not " +
                                            std::to_string(disc_session));
    BB_TRY(const auto tree, DiscTree::load(*disc, job.disc, disc_session));

    Mismatches mismatches;
    std::vector<FileToRead> files;
    for (const JobSession& session : sessions)
        tree->compare(session.entries, top_folder(session, job.layout), mismatches, files);
    const DiscEntry readme = readme_entry(job, newest_seal(sessions));
    const bool own_readme =
        std::ranges::any_of(files, [](const FileToRead& f) { return f.entry->path == kReadmeName; });
    if (disc_session == 1 && !own_readme) tree->compare_one(readme, mismatches, files);

    VerifyReport report;
    ContentCheck check(*disc, std::move(files), mismatches, observer);
    BB_CHECK(check.run(report));
    if (!mismatches.none())
        report.repair = judge_repair(*disc, sessions, job.layout, check.files(), check.damaged());
    disc->messages().drain();
    if (disc->messages().failed() && mismatches.none())
        return fail(disc->messages().failure_code(),
                    "verify disc " + job.disc.label + ": " + disc->messages().failure());
    report.mismatches = mismatches.take();
    return report;
}

}  // namespace burnbox
