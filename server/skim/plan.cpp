#include "server/skim/plan.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/storage/paths.hpp"

namespace burnbox::skim {
namespace {

using intake::walks_before;

constexpr std::chrono::seconds kCoarsestTimes{2};  // of any file system (FAT)

IndexEntry::Kind kind_of(FileType type) {
    return type == FileType::symlink ? IndexEntry::Kind::symlink : IndexEntry::Kind::file;
}

// Times of the future say nothing about age: a clock was set back.
bool is_young(Timestamp time, const Age& age) {
    return time <= age.now && time > age.now - age.least;
}

class Planner {
  public:
    Planner(intake::TreeWalk& walk, IndexReader& index, const Selection& selection, const Age& age)
        : walk_(walk), index_(index), selection_(selection), age_(age) {}

    Result<Plan> run() {
        BB_TRY(known_, index_.next());
        while (const auto* const entry = walk_.next()) {
            if (!entry->problem.empty())
                cannot_look(*entry);
            else if (entry->info.type == FileType::folder)
                enter(*entry);
            else
                BB_CHECK(look(*entry));
        }
        while (known_ != nullptr) BB_CHECK(pass_gone());
        return std::move(plan_);
    }

  private:
    void cannot_look(const intake::TreeWalk::Entry& entry) {
        plan_.problems.push_back(entry.problem);
        unseen_.push_back(entry.path);
    }

    void enter(const intake::TreeWalk::Entry& entry) {
        if (selection_.excludes(entry.path)) return walk_.skip_folder();
        while (!open_folders_.empty() && !is_at_or_below(entry.path, open_folders_.back().first))
            open_folders_.pop_back();
        open_folders_.emplace_back(entry.path, entry.info);
    }

    Status look(const intake::TreeWalk::Entry& entry) {
        while (known_ != nullptr && walks_before(known_->path, entry.path)) BB_CHECK(pass_gone());
        const bool is_known = known_ != nullptr && known_->path == entry.path;
        if (selection_.takes(entry.path)) weigh(entry, is_known ? known_ : nullptr);
        if (!is_known) return {};
        ++plan_.known_count;
        BB_TRY(known_, index_.next());
        return {};
    }

    void weigh(const intake::TreeWalk::Entry& entry, const IndexEntry* known) {
        ++plan_.files_count;
        if (entry.info.type == FileType::other)
            return plan_.problems.push_back(
                fmt::format("{}: neither a file nor a folder nor a link", escape(entry.path)));
        switch (decide(entry.info, known, age_)) {
            case Verdict::same:
                return;
            case Verdict::young:
                ++plan_.young_count;
                return;
            case Verdict::fresh:
                plan_.fresh.push_back({.path = entry.path, .info = entry.info});
                break;
            case Verdict::doubtful:
                plan_.doubts.push_back(
                    {.seen = {.path = entry.path, .info = entry.info}, .known = known->sha256});
                break;
        }
        for (const auto& [path, info] : open_folders_)
            if (is_at_or_below(entry.path, path)) plan_.folders.try_emplace(path, info);
    }

    // What the index has and the tree has not.
    Status pass_gone() {
        ++plan_.known_count;
        bool unseen = !selection_.covers(known_->path);
        for (const std::string& folder : unseen_) unseen = unseen || is_at_or_below(known_->path, folder);
        if (!unseen) plan_.removed.push_back(known_->path);
        BB_TRY(known_, index_.next());
        return {};
    }

    intake::TreeWalk& walk_;
    IndexReader& index_;
    const Selection& selection_;
    const Age age_;
    const IndexEntry* known_ = nullptr;
    std::vector<std::pair<std::string, FileInfo>> open_folders_;  // on the way down, and some more
    std::vector<std::string> unseen_;
    Plan plan_;
};

}  // namespace

Verdict decide(const FileInfo& seen, const IndexEntry* known, const Age& age) {
    const bool same_kind = known != nullptr && known->kind == kind_of(seen.type);
    if (same_kind && known->size_bytes == seen.size_bytes && known->mtime == seen.mtime &&
        known->ctime == seen.ctime && known->inode == seen.inode)
        return Verdict::same;
    if (is_young(seen.mtime, age) || is_young(seen.ctime, age)) return Verdict::young;
    return same_kind && known->size_bytes == seen.size_bytes ? Verdict::doubtful : Verdict::fresh;
}

Result<Plan> make_plan(intake::TreeWalk& walk, IndexReader& index, const Selection& selection,
                       const Age& age) {
    return Planner(walk, index, selection, age).run();
}

IndexEntry record_of(const intake::ChosenEntry& seen, const Sha256& sha256, Timestamp looked_at) {
    const bool settled = seen.info.ctime < looked_at - kCoarsestTimes;
    return {.path = seen.path,
            .kind = kind_of(seen.info.type),
            .size_bytes = seen.info.size_bytes,
            .mtime = seen.info.mtime,
            .ctime = settled ? seen.info.ctime : Timestamp(),
            .inode = seen.info.inode,
            .sha256 = sha256};
}

}  // namespace burnbox::skim
