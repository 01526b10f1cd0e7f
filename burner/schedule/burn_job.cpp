#include "burner/schedule/burn_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "burner/rules/labels.hpp"
#include "common/bag/found_layout.hpp"
#include "common/base/text.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/inbox/staged_copy.hpp"
#include "common/storage/posix_file_system.hpp"

namespace burnbox {
namespace {

// Durable before the burn: what lies in it must outlive a power loss.
Status make_rollback_folder(FileSystem& state_fs) {
    BB_CHECK(make_folders(state_fs, "rollback", 0700));
    return state_fs.sync_folder("");
}

}  // namespace

std::string payload_folder(const BurnerServices& services, const SessionRow& row) {
    if (const auto copy = find_staged_copy(services.state_fs, row)) return services.state_fs.host_path(*copy);
    const auto fs = services.inbox.fs_of(row);
    if (fs) return (*fs)->host_path(join_path(row.account, row.folder));
    // A watched folder that is not configured any more is no reason not to judge what was burned from it.
    const std::string* const watched = row.staging.watched_folder();
    return watched != nullptr ? join_path(*watched, row.folder) : row.folder;
}

Result<SealedSession> read_seal(FileSystem& state_fs, const SessionRow& row) {
    auto sealed = read_seal_record(state_fs, row.seal_id);
    if (!sealed) {
        Error error = std::move(sealed).error();
        if (error.code == Errc::not_found)
            error.code = Errc::corrupt;  // a sealed session without its record can't be proved
        if (error.code == Errc::corrupt)
            error.message = fmt::format(
                "its seal record is gone or damaged: {}; once it has failed, `burnbox retry {}/{}` seals "
                "what its "
                "folder holds",
                error.message, escape(row.account), escape(whole_disc_name(row.disc_name)));
        return std::unexpected(std::move(error));
    }
    BB_TRY(sealed->parity, read_parity(state_fs, row.seal_id));
    return sealed;
}

Status check_payload(const BurnerServices& services, const SessionRow& row) {
    if (find_staged_copy(services.state_fs, row)) return {};
    BB_TRY(FileSystem* const fs, services.inbox.fs_of(row));
    const std::string folder = join_path(row.account, row.folder);
    const auto info = fs->info(folder);
    if (info) return check_in_place(*fs, row.account);
    if (info.error().code != Errc::not_found) return std::unexpected(info.error());
    BB_CHECK(fs->info(row.account));  // it is away as a whole: not mounted
    BB_TRY(const SessionRow whole, services.catalogue.session(row.whole_or_self()));
    // By hand, to take it back: the watch of that folder does so when it looks next.
    if (whole.staging.watched_folder() != nullptr && fs->info(join_path(whole.account, whole.name)))
        return fail(Errc::busy,
                    fmt::format("{} has its open name again: it is taken back, or its folder is looked for",
                                fs->host_path(folder)));
    return fail(Errc::corrupt, missing_folder_reason(whole, fs->host_path(folder)));
}

void set_layout(Work& work, Layout layout, const BurnConfig& config) {
    work.job.layout = layout;
    work.job.close_disc = config.close_when_full && layout == Layout::root;  // a disc for one session
}

Result<Work> work_without_records(const BurnerServices& services, const DiscRow& disc,
                                  std::vector<SessionRow> rows) {
    Work work;
    work.disc = disc;
    work.rows = std::move(rows);
    work.job.disc = {label_on_disc(disc.label), disc.serial,  disc.sessions_used, disc.next_lba,
                     disc.head_digest,          disc.media_id};
    if (disc.sessions_used == 0) work.job.disc.next_lba = 0, work.job.disc.head_digest.clear();
    const ConfigSnapshot config = services.config.snapshot();
    work.job.modes = config->burn.modes;
    if (config->burn.close_when_full)
        work.job.close_below_bytes = std::max<std::uint64_t>(config->burn.full_below_bytes, 1);
    set_layout(work, config->burn.layout, config->burn);
    BB_CHECK(with_origin(Origin::state_folder, make_rollback_folder(services.state_fs)));
    work.job.rollback_file = services.state_fs.host_path("rollback/" + disc.label);
    return work;
}

Result<Work> make_work(const BurnerServices& services, const DiscRow& disc, std::vector<SessionRow> rows) {
    BB_TRY(Work work, work_without_records(services, disc, std::move(rows)));
    for (const SessionRow& row : work.rows) {
        BB_TRY(SealedSession sealed, with_origin(Origin::session, read_seal(services.state_fs, row)));
        BurnSession& session = work.job.sessions.emplace_back();
        session.seal_record = services.state_fs.host_path(seal_record_path(row.seal_id));
        session.folder = payload_folder(services, row);
        if (sealed.parity.percent != 0) {
            session.parity_record = services.state_fs.host_path(parity_record_path(row.seal_id));
            session.parity_folder = services.state_fs.host_path(parity_folder(row.seal_id));
        }
        work.sealed.push_back(std::move(sealed));
    }
    return work;
}

BurnJob read_back_job(const Work& work, const AttemptRow& attempt) {
    BurnJob job = work.job;
    job.disc.sessions_used = attempt.disc_session;
    job.tree = attempt.tree;
    job.disc.head_digest.clear();
    return job;
}

Result<Layout> burned_layout(Catalogue& catalogue, SessionId session, const SealedSession& sealed,
                             Layout supposed) {
    BB_TRY(const auto files, catalogue.files(session));
    std::unordered_set<std::string_view> there;
    for (const FileRow& file : files) there.insert(std::string_view(file.path).substr(1));
    return found_layout(sealed, supposed, [&](const std::string& path) { return there.contains(path); });
}

Result<std::optional<AttemptRow>> attempt_that_burned(Catalogue& catalogue, SessionId session, DiscId disc) {
    BB_TRY(const auto attempts, catalogue.attempts(session));
    for (const AttemptRow& attempt : attempts)
        if (attempt.disc == disc && attempt.state == AttemptState::verified) return attempt;
    return std::nullopt;
}

Result<std::optional<TreeArea>> newest_tree(Catalogue& catalogue, const DiscRow& disc) {
    if (disc.sessions_used == 0) return std::nullopt;
    BB_TRY(const auto attempt, catalogue.attempt_of(disc.id, disc.sessions_used));
    return attempt ? attempt->tree : std::nullopt;
}

std::vector<Catalogue::BurnedSession> burned_sessions(const Work& work, const VerifyReport& report) {
    std::unordered_map<std::string_view, std::uint32_t> first_block;
    for (const VerifiedFile& file : report.files) first_block.emplace(file.path, file.lba);
    std::vector<Catalogue::BurnedSession> result;
    for (std::size_t i = 0; i < work.rows.size(); ++i) {
        Catalogue::BurnedSession burned{work.rows[i].id, {}};
        for (const DiscEntry& entry : disc_entries(work.sealed[i], work.job.layout, work.job.modes)) {
            if (entry.type != FileType::file || entry.staged.empty() || entry.parity) continue;
            const auto found = first_block.find(entry.path);
            const std::uint32_t lba = found == first_block.end() ? 0 : found->second;
            burned.files.push_back({"/" + entry.path, entry.size_bytes, entry.sha256, lba});
        }
        result.push_back(std::move(burned));
    }
    return result;
}

void update_from_medium(DiscRow& disc, const Medium& medium) {
    // A drive does not say of a closed disc how large it is, and then not which BD-R it is either.
    if (medium.capacity_bytes != 0 || disc.medium.empty()) {
        disc.medium = medium.profile;
        disc.capacity_bytes = medium.capacity_bytes;
    }
    disc.media_id = medium.media_id;
    disc.location = medium.location;
    disc.free_bytes = medium.free_bytes;
    disc.sessions_used = medium.sessions_used;
    disc.sessions_left = medium.sessions_left;
    disc.next_lba = medium.next_lba;
    disc.head_digest = medium.head_digest;
    disc.is_image = !medium.head_digest.empty();
    if (disc.state != DiscState::open) return;
    // Of a kind that nothing is burned on any more it is as good as closed.
    const bool of_refused_kind = medium.state == MediumState::foreign;
    if (of_refused_kind) disc.reason = medium.reason;
    if (of_refused_kind || medium.state == MediumState::closed) disc.state = DiscState::closed;
}

}  // namespace burnbox
