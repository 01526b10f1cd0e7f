#include "server/upload/write_loan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/upload/attributes.hpp"
#include "server/upload/hash_files.hpp"
#include "server/upload/link_rule.hpp"
#include "server/upload/seal_refusal.hpp"
#include "server/upload/seal_start.hpp"

namespace burnbox::upload {
namespace {

// A second after 1970: older than anything that is sent, so that --update sends it again too.
constexpr unsigned kMostLooks = 5;

constexpr Timestamp kNobodysTime{std::chrono::seconds(1)};

// What is there now; a program that renames and removes all the time makes single looks fail.
std::uint64_t bytes_below(FileSystem& fs, const std::string& top) {
    std::uint64_t sum = 0;
    std::vector<std::string> waiting = {top};
    while (!waiting.empty()) {
        const std::string at = std::move(waiting.back());
        waiting.pop_back();
        const auto names = list_folder(fs, at);
        if (!names) continue;
        for (const DirEntry& name : *names) {
            const std::string path = join_path(at, name.name);
            if (name.type == FileType::folder)
                waiting.push_back(path);
            else if (const auto info = fs.info(path); info && info->type == FileType::file)
                sum += info->size_bytes;
        }
    }
    return sum;
}

std::string over_quota_text(const Account& account) {
    return fmt::format(
        "{} of the quota of {} are used: delete something, wait for the burner, or ask for more "
        "(accounts.{}.quota)",
        human_bytes(account.used_bytes()), human_bytes(account.config.quota_bytes), account.name);
}

bool is_over_quota(const Account& account) {
    return account.config.quota_bytes != 0 && account.used_bytes() > account.config.quota_bytes;
}

}  // namespace

// What give_back() found out.
struct WriteLoan::Outcome {
    bool counts = false;  // the program ended well, and within the account's bounds
    std::uint64_t began = 0;
    std::vector<std::size_t> changed;  // files, by entry
    std::vector<std::optional<HashedFile>> hashed;
    std::vector<std::string> problems;  // for the client; a marker is refused with them
    std::vector<std::string> brought;   // paths of what changed
};

WriteLoan::~WriteLoan() {
    if (given_back_) return;
    const std::lock_guard lock(account_->mutex);
    account_->release(counted_);
    session_->lent = false;
}

std::string WriteLoan::top() const {
    const std::lock_guard lock(account_->mutex);
    return join_path(account_->name, session_->name);
}

Result<FolderLook> WriteLoan::look_once() const {
    FileSystem& fs = core_->inbox();
    const std::string folder = top();
    FolderLook seen;
    BB_TRY(seen.entries, walk_session(fs, folder));
    BB_TRY(const auto names, list_folder(fs, folder));
    for (const DirEntry& name : names) {
        if (!is_own_file(name.name) || name.type == FileType::folder) continue;
        BB_TRY(const FileInfo info, fs.info(join_path(folder, name.name)));
        seen.own_files.emplace(name.name, stamp_of(info));
    }
    return seen;
}

// Other clients may remove and rename meanwhile.
Result<FolderLook> WriteLoan::look() const {
    auto seen = look_once();
    for (unsigned i = 1; i < kMostLooks && !seen && seen.error().code == Errc::not_found; ++i)
        seen = look_once();
    return seen;
}

Status WriteLoan::prepare() {
    std::vector<std::string> cut;
    {
        const std::lock_guard lock(account_->mutex);
        cut = session_->paths_cut_off();
        refusals_before_ = session_->refusals;
    }
    const std::string folder = top();
    for (const std::string& path : cut) {
        const Status set = core_->inbox().set_times(join_path(folder, path), kNobodysTime, kNobodysTime);
        if (!set && set.error().code != Errc::not_found) return set;
    }
    BB_TRY(const FolderLook seen, look());
    before_ = file_stamps(seen.entries);
    own_before_ = seen.own_files;
    others_before_ = folders_and_links(seen.entries);
    return {};
}

Status WriteLoan::measure() {
    const std::lock_guard one_at_a_time(mutex_);
    if (given_back_ || account_->config.quota_bytes == 0) return {};
    const std::uint64_t there = bytes_below(core_->inbox(), top());
    const std::lock_guard lock(account_->mutex);
    const std::uint64_t known = session_->bytes();
    account_->release(counted_);
    counted_ = there > known ? there - known : 0;
    account_->open_bytes += counted_;
    if (is_over_quota(*account_)) return fail(Errc::quota, over_quota_text(*account_));
    return {};
}

// A link that the inbox's rules allow gets its own target again; others can't stay.
Status WriteLoan::settle_link(const WalkEntry& entry, Outcome& outcome) const {
    const std::string target = unmunged_target(entry.link_target);
    FileSystem& fs = core_->inbox();
    const std::string path = join_path(top(), entry.path);
    const auto leads = link_destination(entry.path, target);
    if (!leads) outcome.problems.push_back(leads.error().message + "; it was not kept");
    BB_CHECK(fs.remove(path));
    if (!leads) return {};
    BB_CHECK(fs.make_symlink(target, path));
    return fs.set_times(path, entry.info.atime, clamp_time(entry.info.mtime));
}

void WriteLoan::settle_links(const FolderLook& now, Outcome& outcome) const {
    FileSystem& fs = core_->inbox();
    for (const WalkEntry& entry : now.entries) {
        if (entry.info.type != FileType::symlink || unmunged_target(entry.link_target).empty()) continue;
        const std::string folder = join_path(top(), parent_path(entry.path));
        const auto before = fs.info(folder);
        if (const Status settled = settle_link(entry, outcome); !settled)
            outcome.problems.push_back(settled.error().message);
        if (before) (void)fs.set_times(folder, before->atime, before->mtime);  // as the client set them
    }
}

// Modes and times as an upload by other ways would have them.
void WriteLoan::tame(WalkEntry& entry) const {
    FileSystem& fs = core_->inbox();
    const std::string path = join_path(top(), entry.path);
    const std::uint32_t mode =
        entry.info.type == FileType::folder ? folder_mode(entry.info.mode) : file_mode(entry.info.mode);
    const Timestamp mtime = clamp_time(entry.info.mtime);
    if (mode == entry.info.mode && mtime == entry.info.mtime) return;
    // What fails here fails at the seal too, which says so.
    if (mode != entry.info.mode) (void)fs.set_mode(path, mode);
    if (mtime != entry.info.mtime) (void)fs.set_times(path, clamp_time(entry.info.atime), mtime);
    if (const auto info = fs.info(path)) entry.info = *info;
}

void WriteLoan::take_usurped(const FolderLook& now, Outcome& outcome) const {
    bool refused = false;
    {
        const std::lock_guard lock(account_->mutex);
        refused = session_->refusals != refusals_before_;
    }
    for (const std::string& name : usurped_names(own_before_, now.own_files, refused)) {
        outcome.problems.push_back(fmt::format(
            "{} is a name that burnbox uses itself; it was not kept: choose another name for your file",
            escape(name)));
        (void)core_->inbox().remove(join_path(top(), name));
    }
}

void WriteLoan::tidy(FolderLook& now, Outcome& outcome) const {
    std::vector<std::string> names;
    settle_links(now, outcome);
    for (WalkEntry& entry : now.entries) {
        if (entry.info.type == FileType::folder) tame(entry);
        if (!check_entry_name(base_name(entry.path))) names.push_back(entry.path);
    }
    if (const auto info = core_->inbox().info(top()); info && session_mode(info->mode) != info->mode)
        (void)core_->inbox().set_mode(top(), session_mode(info->mode));
    outcome.changed = changed_files(before_, now.entries);
    for (const std::size_t index : outcome.changed) {
        tame(now.entries[index]);
        outcome.brought.push_back(now.entries[index].path);
    }
    take_usurped(now, outcome);
    if (!names.empty())
        outcome.problems.push_back("names that can't be put on a disc: " + list_names(names) +
                                   "; rename them");
}

void WriteLoan::give_back(bool ended_well, Done done) {
    const std::lock_guard one_at_a_time(mutex_);
    Outcome outcome;
    outcome.counts = ended_well;
    outcome.began = core_->tick();
    auto now = look();
    if (now) {
        tidy(*now, outcome);
        std::vector<std::string> paths;
        for (const std::string& path : outcome.brought) paths.push_back(join_path(top(), path));
        outcome.hashed.resize(paths.size());
        auto hashed = ended_well ? hash_files(core_->inbox(), paths, core_->services.run_blocking)
                                 : std::vector<Result<HashedFile>>();
        for (std::size_t i = 0; i < hashed.size(); ++i) {
            if (hashed[i])
                outcome.hashed[i] = std::move(*hashed[i]);
            else if (hashed[i].error().code != Errc::conflict && hashed[i].error().code != Errc::not_found)
                outcome.problems.push_back(hashed[i].error().message);
        }
    }
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    given_back_ = true;
    account_->release(std::exchange(counted_, 0));
    session_->lent = false;
    // A marker of another client may be on its way to a refusal.
    if (session_->phase != Phase::open && session_->phase != Phase::sealing) {
        after.add([done, name = session_->name] {
            done(fail(Errc::not_found, fmt::format("{} was removed meanwhile", escape(name))));
        });
        return;
    }
    if (!now) {  // nobody knows what the program did
        session_->cut_all();
        after.add([done, error = now.error()] { done(std::unexpected(error)); });
        return;
    }
    record(*now, outcome);
    answer(outcome, std::move(done), after);
}

struct WriteLoan::NewFiles {
    unsigned markers = 0, others = 0;
};

void WriteLoan::record(const FolderLook& now, Outcome& outcome) {
    forget_missing(now, outcome.began);
    NewFiles fresh;
    for (const std::size_t index : outcome.changed) {
        const WalkEntry& entry = now.entries[index];
        const auto [at, is_new] = session_->files.try_emplace(entry.path);
        account_->set_size(at->second, entry.info.size_bytes);
        if (is_new) ++(is_marker_name(core_->session_config(), entry.path) ? fresh.markers : fresh.others);
    }
    if (outcome.counts) check_bounds(fresh, outcome);
    for (std::size_t i = 0; i < outcome.changed.size(); ++i)
        record_file(outcome.brought[i], i, now.entries[outcome.changed[i]].info, outcome);
    if (outcome.counts) drop_leftovers(now);
    if (folders_and_links(now.entries) != others_before_) session_->folders_completed = core_->tick();
    undo_empty_session();
}

// As OPEN has it: whoever sends a file that is there already, or a marker, is not asked for room.
void WriteLoan::check_bounds(const NewFiles& fresh, Outcome& outcome) const {
    if (is_over_quota(*account_)) outcome.problems.push_back(over_quota_text(*account_));
    Limits limits = core_->services.config.limits;
    limits.files += 1 + fresh.markers;
    const Status room = fresh.others > 0 ? account_->check_file_room(limits) : Status();
    if (!room) outcome.problems.push_back(room.error().message);
    outcome.counts = room && !is_over_quota(*account_);
}

void WriteLoan::record_file(const std::string& path, std::size_t index, const FileInfo& info,
                            const Outcome& outcome) {
    FileRecord& file = session_->files.at(path);
    // Another client's: its own CLOSE decided, or will.
    if (file.writers != 0 || (file.state == FileState::whole && file.stamp == stamp_of(info))) return;
    file.mixed = false;
    file.from_journal = false;
    file.digest.reset();
    file.completed = core_->tick();
    file.stamp = stamp_of(info);
    const auto connection = account_->connections.find(facts_.connection);
    const bool known = connection != account_->connections.end();
    file.sender_opened = known ? connection->second.opened : 0;
    file.sender_opened_at = known ? connection->second.opened_at : Timestamp{};
    file.state = outcome.counts ? FileState::whole : FileState::cut_off;
    if (!outcome.counts) return session_->journal.cut(path);
    const auto& hashed = outcome.hashed[index];
    if (!hashed) return session_->journal.opened(path);  // read once more at the seal
    account_->set_size(file, hashed->info.size_bytes);
    file.stamp = stamp_of(hashed->info);
    file.digest = hashed->sha256;
    session_->journal.closed(path, file.size_bytes, *file.digest);
}

void WriteLoan::forget_missing(const FolderLook& now, std::uint64_t began) {
    std::vector<std::string> missing;
    for (const auto& [path, file] : session_->files) {
        const auto found = std::ranges::lower_bound(now.entries, path, {}, &WalkEntry::path);
        const bool there = found != now.entries.end() && found->path == path;
        if (!there && file.writers == 0 && file.completed < began) missing.push_back(path);
    }
    for (const std::string& path : missing) {
        account_->release(session_->forget(path));
        session_->journal.removed(path);
    }
}

void WriteLoan::drop_leftovers(const FolderLook& now) {
    for (const std::string& path : session_->paths_cut_off()) {
        if (!is_rsync_leftover(path, now.entries)) continue;
        const FileRecord* const beside = session_->find(
            join_path(parent_path(path), base_name(path).substr(1, base_name(path).rfind('.') - 1)));
        if (beside == nullptr || beside->state != FileState::whole) continue;
        if (!core_->inbox().remove(join_path(join_path(account_->name, session_->name), path))) continue;
        account_->release(session_->forget(path));
        session_->journal.removed(path);
    }
}

// A session that nothing came into: a dry run, or a program that did not begin.
void WriteLoan::undo_empty_session() {
    if (!facts_.made_session || session_->phase != Phase::open) return;
    if (!core_->inbox().remove_folder(join_path(account_->name, session_->name))) return;
    session_->phase = Phase::gone;
    session_->journal.remove();
    account_->sessions.erase(session_->name);
}

void WriteLoan::answer(const Outcome& outcome, Done done, AfterUnlock& after) {
    std::string problem;
    for (const std::string& one : outcome.problems) problem += (problem.empty() ? "" : "; ") + one;
    const std::string marker =
        outcome.counts ? brought_marker(core_->session_config(), outcome.brought) : std::string();
    log::info("rsync ended", log::kv("account", account_->name), log::kv("session", session_->name),
              log::kv("counts", outcome.counts), log::kv("files", outcome.brought.size()));
    if (!marker.empty())
        return start_seal(core_, account_, session_,
                          {.by = SealRequest::By::marker,
                           .marker = marker,
                           .again = false,
                           .sender_opened_at = {},
                           .problem = problem},
                          std::move(done), after);
    Result<std::string> result = std::string();
    if (!problem.empty())
        result = fail(Errc::invalid, fmt::format("{}: {}", escape(session_->name), problem));
    else if (!outcome.counts && !outcome.brought.empty())
        result =
            fmt::format("{}: what came now counts as cut off until it is sent again", escape(session_->name));
    else if (const auto cut = session_->paths_cut_off(); !cut.empty())
        result = fmt::format("{}: cut off before, and not sent again: {}", escape(session_->name),
                             list_names(cut));
    after.add([done = std::move(done), result = std::move(result)] { done(result); });
}

}  // namespace burnbox::upload
