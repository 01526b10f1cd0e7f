#include "server/intake/fill_intake.hpp"

#include <algorithm>

#include "server/intake/copy_file.hpp"

namespace burnbox::intake {
namespace {

void bring_into_order(Manifest& manifest) {
    std::ranges::sort(manifest.entries, {}, &ManifestEntry::path);
    upload::rename_for_disc(manifest);
}

class Filler {
  public:
    Filler(FileSystem& source, upload::IntakeSession& intake, const std::stop_token& stop)
        : source_(source), intake_(intake), stop_(stop) {}

    Status put(const ChosenEntry& from, ManifestEntry entry,
               const std::function<Status(const ChosenEntry&, const Sha256&)>& copied) {
        FileSystem& fs = intake_.fs();
        const std::string path = join_path(intake_.folder(), entry.path);
        if (entry.type == FileType::folder) {
            BB_CHECK(fs.make_folder(path, (entry.mode & 0777U) | 0700U));
        } else if (entry.type == FileType::symlink) {
            BB_CHECK(fs.make_symlink(entry.link_target, path));
            if (copied) BB_CHECK(copied(from, Sha256::of(entry.link_target)));
        } else {
            const auto digest =
                copy_file({.fs = source_, .path = from.path, .expected = from.info}, fs, path, stop_);
            if (!digest && !digest.error().of_original) return std::unexpected(digest.error().error);
            if (!digest) {
                filled_.left.push_back({.path = from.path, .why = digest.error().error});
                return {};
            }
            entry.sha256 = *digest;
            if (copied) BB_CHECK(copied(from, *digest));
        }
        filled_.manifest.entries.push_back(std::move(entry));
        return {};
    }

    // After what is in them: that changed them.
    Status set_times_of_folders() {
        for (const ManifestEntry& entry : filled_.manifest.entries)
            if (entry.type == FileType::folder)
                BB_CHECK(intake_.fs().set_times(join_path(intake_.folder(), entry.path), entry.mtime,
                                                entry.mtime));
        return {};
    }

    Filled take() {
        bring_into_order(filled_.manifest);
        return std::move(filled_);
    }

  private:
    FileSystem& source_;
    upload::IntakeSession& intake_;
    const std::stop_token& stop_;
    Filled filled_;
};

}  // namespace

std::uint64_t total_bytes(const std::vector<ChosenEntry>& entries) {
    std::uint64_t sum = 0;
    for (const ChosenEntry& entry : entries)
        if (entry.info.type == FileType::file) sum += entry.info.size_bytes;
    return sum;
}

Manifest manifest_of(const std::vector<ChosenEntry>& entries, const std::string& below) {
    Manifest manifest;
    for (const ChosenEntry& entry : entries)
        if (auto made = to_manifest_entry(join_path(below, entry.path), entry.info, entry.link_target);
            !made.path.empty())
            manifest.entries.push_back(std::move(made));
    bring_into_order(manifest);
    return manifest;
}

Result<Filled> fill_intake(FileSystem& source, const std::vector<ChosenEntry>& entries,
                           const std::string& below, upload::IntakeSession& intake,
                           const std::stop_token& stop,
                           const std::function<Status(const ChosenEntry&, const Sha256&)>& copied) {
    Filler filler(source, intake, stop);
    for (const ChosenEntry& entry : entries)
        if (auto made = to_manifest_entry(join_path(below, entry.path), entry.info, entry.link_target);
            !made.path.empty())
            BB_CHECK(filler.put(entry, std::move(made), copied));
    BB_CHECK(filler.set_times_of_folders());
    return filler.take();
}

}  // namespace burnbox::intake
