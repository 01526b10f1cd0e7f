#include "burner/prepare/parity_making.hpp"

#include <fmt/format.h>

#include <set>

#include "burner/parity/parity_plan.hpp"
#include "burner/schedule/burn_job.hpp"
#include "common/base/text.hpp"
#include "common/inbox/staged_copy.hpp"
#include "common/storage/content_digest.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kRoomLeftBytes = 64ULL << 20U;  // uploads and the catalogue need some too

class Making {
  public:
    Making(const BurnerServices& services, const SessionRow& row, const SealedSession& sealed,
           const ParityWish& wish, const std::function<bool(const Progress&)>& progress)
        : services_(services),
          state_fs_(services.state_fs),
          row_(row),
          progress_(progress),
          config_(services.config.snapshot()),
          wish_(wish),
          entries_(disc_entries(sealed, wish.layout, config_->burn.modes)),
          files_(files_to_protect(entries_, parity_place(sealed, wish.layout).base)),
          plan_(plan_parity(files_, wish.percent)) {}

    Result<Parity> run() {
        BB_CHECK(check_room());
        BB_CHECK(remove_parity_files(state_fs_, row_.seal_id));
        BB_CHECK(make_folders(state_fs_, folder(), 0700));
        for (const ParitySet& set : plan_.sets)
            for (const std::size_t file : set.files) total_.total_bytes += files_[file].size_bytes;
        for (std::size_t i = 0; i < plan_.sets.size(); ++i) BB_CHECK(make_set(plan_.sets[i], i + 1));
        Parity made{.percent = wish_.percent, .layout = wish_.layout, .files = {}, .unprotected = {}};
        BB_TRY(const auto there, list_folder(state_fs_, folder()));
        for (const DirEntry& entry : there) {
            BB_TRY(ParityFile file, digest_parity_file(state_fs_, row_.seal_id, entry.name));
            made.files.push_back(std::move(file));
        }
        for (const std::size_t file : plan_.unprotected) made.unprotected.push_back(files_[file].path);
        return made;
    }

  private:
    std::string folder() const { return parity_folder(row_.seal_id); }
    std::string tree() const { return join_path(folder(), "tree"); }

    static std::string set_name(std::size_t number) { return fmt::format("set-{:04}", number); }

    // Whatever the program says: an index, and all recovery blocks in volumes.
    Status check_made(const ParitySet& set, std::size_t number) {
        const std::string index = set_name(number) + ".par2", volume = set_name(number) + ".vol";
        BB_TRY(const auto there, list_folder(state_fs_, folder()));
        bool has_index = false;
        std::uint64_t volume_bytes = 0;
        for (const DirEntry& entry : there) {
            if (entry.name != index && !entry.name.starts_with(volume)) continue;
            BB_TRY(const FileInfo info, state_fs_.info(join_path(folder(), entry.name)));
            if (entry.name == index) has_index = info.size_bytes != 0;
            if (entry.name.starts_with(volume)) volume_bytes += info.size_bytes;
        }
        if (has_index && volume_bytes > set.block_bytes * set.parity_blocks) return {};
        return fail(
            Errc::io,
            fmt::format("make recovery data {}: par2 ended well, but did not make {}: install it anew, "
                        "or set burn.redundancy to 0 and restart burnbox",
                        state_fs_.host_path(join_path(folder(), index)),
                        has_index ? "all recovery blocks" : "it"));
    }

    // When the program failed: whether it is for want of a file. That is the session's then.
    Status check_staged(const ParitySet& set) {
        const auto copy = find_staged_copy(state_fs_, row_);
        FileSystem* fs = &state_fs_;
        if (!copy) {
            BB_TRY(fs, services_.inbox.fs_of(row_));
        }
        const std::string staged = copy ? *copy : join_path(row_.account, row_.folder);
        for (const std::size_t file : set.files) {
            const DiscEntry& entry = *files_[file].entry;
            if (entry.staged.empty()) continue;
            const auto info = fs->info(join_path(staged, entry.staged));
            if (!info && info.error().code != Errc::not_found) return std::unexpected(info.error());
            if (!info || info->size_bytes != entry.size_bytes)
                return fail(Errc::corrupt,
                            fmt::format("{}/{}: {} is {}", row_.account, row_.disc_name, escape(entry.staged),
                                        info ? "not as it was sealed" : "missing"));
        }
        return {};
    }

    Status check_room() {
        BB_TRY(const FileSystem::Space space, state_fs_.space());
        const std::uint64_t needed = plan_.estimate_bytes() + kRoomLeftBytes;
        if (space.free_bytes >= needed) return {};
        return fail(Errc::no_space,
                    fmt::format("make recovery data of {}/{}: {} are needed in state_dir ({}), {} are free: "
                                "make room there",
                                row_.account, row_.disc_name, human_bytes(needed), state_fs_.host_path(""),
                                human_bytes(space.free_bytes)));
    }

    Status add_to_tree(const FileToProtect& file) {
        const std::string path = join_path(tree(), file.path);
        const std::string parent(parent_path(path));
        if (made_folders_.insert(parent).second) BB_CHECK(make_folders(state_fs_, parent, 0700));
        if (file.entry->staged.empty())
            return replace_file(state_fs_, path, file.entry->content, Durability::visible);
        return state_fs_.make_symlink(payload_folder(services_, row_) + "/" + file.entry->staged, path);
    }

    Status make_set(const ParitySet& set, std::size_t number) {
        BB_CHECK(make_folders(state_fs_, tree(), 0700));
        made_folders_ = {tree()};
        std::uint64_t bytes = 0;
        for (const std::size_t file : set.files) {
            BB_CHECK(add_to_tree(files_[file]));
            bytes += files_[file].size_bytes;
        }
        const ParityOrder order{state_fs_.host_path(tree()),
                                state_fs_.host_path(join_path(folder(), set_name(number) + ".par2")),
                                set.block_bytes, set.parity_blocks};
        const std::uint64_t before = total_.done_bytes;
        const Status made = services_.parity.make_set(order, [&](double percent) {
            total_.done_bytes =
                before + static_cast<std::uint64_t>(static_cast<double>(bytes) * percent / 100);
            return progress_(total_);
        });
        if (!made && made.error().code != Errc::cancelled) BB_CHECK(check_staged(set));
        BB_CHECK(made);
        BB_CHECK(check_made(set, number));
        total_.done_bytes = before + bytes;
        return remove_tree(state_fs_, tree());
    }

    const BurnerServices& services_;
    FileSystem& state_fs_;
    const SessionRow& row_;
    const std::function<bool(const Progress&)>& progress_;
    const ConfigSnapshot config_;  // of this making
    const ParityWish wish_;
    const std::vector<DiscEntry> entries_;
    const std::vector<FileToProtect> files_;
    const ParityPlan plan_;
    std::set<std::string> made_folders_;
    Progress total_;
};

}  // namespace

Result<Parity> make_parity_files(const BurnerServices& services, const SessionRow& row,
                                 const SealedSession& sealed, const ParityWish& wish,
                                 const std::function<bool(const Progress&)>& progress) {
    return Making(services, row, sealed, wish, progress).run();
}

Result<ParityFile> digest_parity_file(FileSystem& state_fs, const std::string& seal_id,
                                      const std::string& name) {
    BB_TRY(const auto file, state_fs.open(join_path(parity_folder(seal_id), name), {.read = true}));
    BB_TRY(const ContentDigest content, digest_content(*file, UINT64_MAX));
    return ParityFile{name, content.size_bytes, content.sha256};
}

}  // namespace burnbox
