#include "common/marks/known_folders.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/json_line.hpp"
#include "common/storage/access_problem.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/existence.hpp"
#include "common/storage/mount_point.hpp"
#include "common/storage/posix_file_system.hpp"

namespace burnbox {
namespace {

constexpr const char* kRecord = "folders.jsonl";
constexpr std::uint64_t kMostBytes = 16U << 20U;

// One that ran before it knew marks has keys or seals.
Result<bool> ran_before(FileSystem& state_fs) {
    for (const char* const folder : {"host_keys", "seals"}) {
        BB_TRY(const bool there, exists(state_fs, folder));
        if (there) return true;
    }
    return false;
}

std::unexpected<Error> away(FolderKind kind, const std::string& path, const std::string& why) {
    return fail(Errc::unreachable, fmt::format("{} {} is away: {}", to_string(kind), escape(path), why));
}

Result<std::unique_ptr<FileSystem>> open_there(FolderKind kind, const std::string& path) {
    auto folder = open_posix_file_system(path);
    if (folder) return folder;
    if (folder.error().code != Errc::not_found)
        return away(kind, path,
                    access_problem(path, R_OK | W_OK | X_OK).value_or(folder.error().message) +
                        "; or mount its disk");
    return fail(Errc::unreachable,
                fmt::format("{}: the folder {} is missing; mount its disk or put the folder back",
                            escape(path), to_string(kind)));
}

std::string to_take_its_place(const std::string& path) {
    return fmt::format("if this folder is to take its place, say so with: touch {}/{}", escape(path),
                       kAdoptFile);
}

}  // namespace

Result<std::unique_ptr<KnownFolders>> KnownFolders::open(FileSystem& state_fs) {
    BB_TRY(const auto mark, read_folder_mark(state_fs));
    BB_TRY(const bool ran, ran_before(state_fs));
    FolderMark own = mark.value_or(FolderMark{
        .kind = std::string(to_string(FolderKind::state_dir)), .identity = random_uuid(), .owner = {}});
    if (!mark) own.owner = own.identity;
    std::unique_ptr<KnownFolders> folders(new KnownFolders(state_fs, std::move(own), !mark && !ran));
    const auto text = read_file(state_fs, kRecord, kMostBytes);
    if (!text && text.error().code != Errc::not_found) return std::unexpected(text.error());
    for (std::string_view rest = text ? std::string_view(*text) : std::string_view(); !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        JsonLineReader reader(rest.substr(0, end));
        std::string path;
        Known known;
        while (const auto field = reader.next()) {
            if (field->key == "path") path = field->text;
            if (field->key == "kind") known.kind = field->text;
            if (field->key == "identity") known.identity = field->text;
            if (field->key == "mount") known.mount = field->text;
        }
        if (!reader.good() || path.empty() || (known.identity.empty() && known.mount.empty()))
            return fail(
                Errc::corrupt,
                fmt::format(
                    "read {}: it is damaged; put a copy back, or remove it: then the folders are taken "
                    "as they are",
                    state_fs.host_path(kRecord)));
        folders->known_.insert_or_assign(path, std::move(known));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return folders;
}

bool KnownFolders::knows(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    return known_.contains(path);
}

Status KnownFolders::check(FolderKind kind, const std::string& path) {
    const std::lock_guard lock(mutex_);
    BB_TRY(const auto folder, open_there(kind, path));
    BB_TRY(const Then then, judge(*folder, kind, path));
    if (then == Then::take_on) return take_on(*folder, kind, path);
    if (then == Then::nothing) return {};
    BB_TRY(const auto mark, read_folder_mark(*folder));
    if (mark->owner != own_.identity)
        log::warning("folder belonged to another burnbox", log::kv("folder", path),
                     log::kv("kind", to_string(kind)), log::kv("owner", mark->owner));
    return remember(path, {std::string(to_string(kind)), mark->identity, ""});
}

Status KnownFolders::look(FolderKind kind, const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(path);
    const auto folder = open_there(kind, path);
    if (!folder) return known == known_.end() ? Status() : std::unexpected(folder.error());
    BB_CHECK(judge(**folder, kind, path));
    return {};
}

Result<KnownFolders::Then> KnownFolders::judge(FileSystem& folder, FolderKind kind,
                                               const std::string& path) const {
    if (exists(folder, std::string(kAdoptFile)).value_or(false)) return Then::take_on;
    const auto mark = read_folder_mark(folder);
    if (!mark) {
        const auto closed = access_problem(folder.host_path(std::string(kFolderMark)), R_OK);
        return away(kind, path, closed ? *closed : mark.error().message + "; " + to_take_its_place(path));
    }
    const auto known = known_.find(path);
    if (known != known_.end()) {
        if (*mark && (*mark)->identity == known->second.identity) return Then::nothing;
        return away(kind, path,
                    fmt::format("{} is in its place; mount its disk. {}",
                                *mark ? "another folder of burnbox"
                                      : fmt::format("a folder without its mark ({})", kFolderMark),
                                to_take_its_place(path)));
    }
    if (!*mark) return Then::take_on;
    if ((*mark)->owner != own_.identity && is_new_ && kind == FolderKind::inbox_dir)
        return away(
            kind, path,
            fmt::format(
                "it belongs to a burnbox that has another state_dir, and {} is empty; mount the disk of "
                "state_dir. If its state is lost for good, say so with: touch {}/{}",
                escape(state_fs_.host_path("")), escape(path), kAdoptFile));
    return Then::remember;
}

// The folder as it is becomes the one that is expected here. A mark that it has stays: other records may name
// it.
Status KnownFolders::take_on(FileSystem& folder, FolderKind kind, const std::string& path) {
    BB_CHECK(mark_state_dir());
    const auto found = read_folder_mark(folder);
    FolderMark mark{.kind = std::string(to_string(kind)), .identity = random_uuid(), .owner = own_.identity};
    if (found && *found) {
        mark = **found;
        mark.kind = to_string(kind);
        mark.owner = own_.identity;
    }
    BB_CHECK(write_folder_mark(folder, mark));
    BB_CHECK(remember(path, {mark.kind, mark.identity, ""}));
    const Status removed = folder.remove(std::string(kAdoptFile));
    if (removed) log::warning("folder adopted", log::kv("folder", path), log::kv("kind", to_string(kind)));
    return removed || removed.error().code == Errc::not_found ? Status() : removed;
}

// Before any other folder's mark names it as its owner; it is no new one from then on.
Status KnownFolders::mark_state_dir() {
    BB_TRY(const auto mark, read_folder_mark(state_fs_));
    return mark ? Status() : write_folder_mark(state_fs_, own_);
}

Status KnownFolders::check_mount(FolderKind kind, const std::string& path) {
    const std::lock_guard lock(mutex_);
    BB_TRY(const std::string mount, judge_mount(kind, path));
    const auto known = known_.find(path);
    if (mount.empty() || (known != known_.end() && known->second.mount == mount)) return {};
    return remember(path, {std::string(to_string(kind)), "", mount});
}

Status KnownFolders::look_mount(FolderKind kind, const std::string& path) const {
    const std::lock_guard lock(mutex_);
    BB_CHECK(judge_mount(kind, path));
    return {};
}

// Where its file system is mounted; "": it isn't there, which nobody expects, and whoever opens it says so.
Result<std::string> KnownFolders::judge_mount(FolderKind kind, const std::string& path) const {
    const auto known = known_.find(path);
    const auto mount = mount_point_of(path);
    if (!mount && known == known_.end()) return std::string();
    if (!mount)
        return fail(Errc::unreachable,
                    fmt::format("{}: the folder is missing; mount its disk or put it back", escape(path)));
    if (known == known_.end() || known->second.mount == *mount) return *mount;
    const bool adopt = ::access((path + "/" + std::string(kAdoptFile)).c_str(), F_OK) == 0;
    if (known->second.mount.starts_with(*mount) && !adopt)
        return away(kind, path,
                    fmt::format("nothing is mounted at {}; mount its disk. {}", escape(known->second.mount),
                                to_take_its_place(path)));
    return *mount;
}

Status KnownFolders::remember(const std::string& path, Known known) {
    BB_CHECK(mark_state_dir());
    known_.insert_or_assign(path, std::move(known));
    std::string text;
    for (const auto& [at, one] : known_) {
        JsonLineWriter line(text);
        line.text("path", at).text("kind", one.kind);
        if (!one.identity.empty()) line.text("identity", one.identity);
        if (!one.mount.empty()) line.text("mount", one.mount);
        line.end();
    }
    return replace_file(state_fs_, kRecord, text);
}

}  // namespace burnbox
