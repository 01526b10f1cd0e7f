#include "server/skim/skim_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/bag/disc_paths.hpp"
#include "common/base/text.hpp"
#include "common/base/time_text.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/posix_file_system.hpp"
#include "server/intake/copy_file.hpp"
#include "server/rules/link_rule.hpp"
#include "server/seal/intake_session.hpp"

namespace burnbox::skim {
namespace {

using intake::ChosenEntry;

// The path as SealedSession::removed has it.
std::string removed_text(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find_first_of("/%"), path.size());
        out += percent_name(path.substr(0, end));
        if (end < path.size()) out += path[end] == '%' ? std::string_view("%25") : std::string_view("/");
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return out;
}

// The folder of the session that holds what was skimmed: nothing of it can be taken for burnbox's own files,
// or for a checksum list or a bag that describes the whole session.
std::string folder_in_session(const std::string& from) {
    return std::string(base_name(from));
}

Marker make_marker(const std::string& from, std::size_t files, std::size_t removed, Timestamp time) {
    Marker marker;
    marker.name = folder_in_session(from) == "SKIM" ? "SKIMMED" : "SKIM";
    marker.content = fmt::format("Skimmed from {} at {}: {} new or changed files, {} removed since.\n",
                                 escape(from), to_iso8601(time), files, removed);
    marker.sha256 = Sha256::of(marker.content);
    return marker;
}

}  // namespace

std::vector<std::vector<ChosenEntry>> split_by_size(std::vector<ChosenEntry> files,
                                                    std::uint64_t max_size_bytes) {
    std::vector<std::vector<ChosenEntry>> groups;
    std::uint64_t bytes = 0;
    for (ChosenEntry& file : files) {
        if (groups.empty() || (file.info.size_bytes > max_size_bytes - std::min(bytes, max_size_bytes) &&
                               !groups.back().empty())) {
            groups.emplace_back();
            bytes = 0;
        }
        bytes += file.info.size_bytes;
        groups.back().push_back(std::move(file));
    }
    return groups;
}

Status SkimRun::run(RunReport& report) {
    BB_CHECK(store_.merge_taken(services_.catalogue));
    began_ = services_.clock.now();
    BB_TRY(report.away, why_away());
    if (!report.away.empty()) return {};
    BB_TRY(root_, source_->info(""));
    BB_TRY(Plan plan, this->plan());
    report.files_count = plan.files_count;
    report.young_count = plan.young_count;
    report.problems = std::move(plan.problems);
    BB_CHECK(compare_doubtful(plan, report));
    BB_CHECK(choose_links(plan, report));
    const Status taken = take(plan, report);
    const Status merged = store_.merge(std::move(refreshed_));
    return taken ? merged : taken;
}

Result<std::string> SkimRun::why_away() {
    if (services_.check_mount) {
        const Status mounted = services_.check_mount(FolderKind::skim, config_.from);
        if (!mounted && mounted.error().code == Errc::unreachable) return mounted.error().message;
        BB_CHECK(mounted);
    }
    BB_TRY(source_, open_posix_file_system(config_.from));
    BB_TRY(const bool emptied, was_emptied());
    if (!emptied) return std::string();
    return fmt::format(
        "skimmed folder {} is empty, but files were in it at the last run: is its disk mounted? What was "
        "removed is told with the next file that is new",
        escape(config_.from));
}

// A folder that is empty at once is a mount point without its disk; and if it is not, there is nothing to
// take.
Result<bool> SkimRun::was_emptied() const {
    BB_TRY(const auto folder, source_->open_folder(""));
    BB_TRY(const auto first, folder->next(1));
    if (!first.empty()) return false;
    BB_TRY(const auto index, store_.read());
    BB_TRY(const IndexEntry* const known, index->next());
    return known != nullptr;
}

Result<Plan> SkimRun::plan() {
    BB_TRY(const auto walk, intake::TreeWalk::open(config_.from, intake::TreeWalk::Mounts::leave_out));
    BB_TRY(const auto index, store_.read());
    return make_plan(*walk, *index, Selection(config_.include, config_.exclude),
                     {.now = began_, .least = config_.min_age});
}

// Of the size they had, but touched: those of other content are fresh, the others get their new record.
Status SkimRun::compare_doubtful(Plan& plan, RunReport& report) {
    for (Doubt& doubt : plan.doubts) {
        std::expected<Sha256, intake::CopyFailure> digest;
        ++report.read_count;
        if (doubt.seen.info.type == FileType::symlink) {
            const auto target = source_->read_symlink(doubt.seen.path);
            if (!target) continue;  // it is none any more: the next run sees what it is
            digest = Sha256::of(*target);
        } else {
            digest = intake::read_digest(
                {.fs = *source_, .path = doubt.seen.path, .expected = doubt.seen.info}, stop_);
        }
        if (!digest && !digest.error().of_original) return std::unexpected(digest.error().error);
        if (!digest)
            report_left({{.path = doubt.seen.path, .why = digest.error().error}}, report);
        else if (*digest == doubt.known)
            refreshed_.push_back(record_of(doubt.seen, *digest, began_));
        else
            plan.fresh.push_back(std::move(doubt.seen));
    }
    std::ranges::sort(plan.fresh, [](const ChosenEntry& one, const ChosenEntry& other) {
        return intake::walks_before(one.path, other.path);
    });
    return {};
}

// Links that lead out of the folder would lead nowhere from a disc.
Status SkimRun::choose_links(Plan& plan, RunReport& report) {
    std::vector<ChosenEntry> chosen;
    chosen.reserve(plan.fresh.size());
    for (ChosenEntry& entry : plan.fresh) {
        if (entry.info.type == FileType::symlink) {
            auto target = source_->read_symlink(entry.path);
            if (!target) continue;
            entry.link_target = std::move(*target);
            if (const auto leads = upload::link_destination(entry.path, entry.link_target); !leads) {
                report.problems.push_back(leads.error().message);
                continue;
            }
        }
        chosen.push_back(std::move(entry));
    }
    plan.fresh = std::move(chosen);
    return {};
}

Status SkimRun::take(Plan& plan, RunReport& report) {
    for (Group& group : split_by_size(std::move(plan.fresh), config_.max_size_bytes))
        BB_CHECK(take_group(plan, std::move(group), report));
    return {};
}

// What a disc would not show as it is stays out, so that its neighbours are taken. False: nothing of the
// group is named.
bool SkimRun::leave_out(const std::vector<ProofFinding>& findings, Group& group, RunReport& report) const {
    const std::string front = folder_in_session(config_.from) + "/";
    const std::size_t before = group.size();
    for (const ProofFinding& finding : findings) {
        if (!finding.path.starts_with(front)) continue;
        const std::string path = finding.path.substr(front.size());
        if (std::erase_if(group, [&](const ChosenEntry& entry) { return entry.path == path; }) != 0)
            report.problems.push_back(
                fmt::format("{}: a disc would not show it as it is: {}", escape(path), finding.what));
    }
    return group.size() != before;
}

// A group that no disc can hold becomes two.
Status SkimRun::take_group(const Plan& plan, Group group, RunReport& report) {
    if (group.empty()) return {};
    if (stop_.stop_requested()) return fail(Errc::cancelled, "the server is being stopped");
    const std::string below = folder_in_session(config_.from);
    const std::string pool = pool_of(services_.config, config_.account).value();  // no reload removes it
    const Group whole = with_folders(plan, group);
    const Status fits = services_.check_fits(pool, intake::manifest_of(whole, below));
    std::vector<ProofFinding> findings;
    const Status sealed = fits ? seal_group(plan, whole, report, findings) : fits;
    if (sealed) return {};
    if (sealed.error().code != Errc::does_not_fit && sealed.error().code != Errc::disproved) return sealed;
    if (leave_out(findings, group, report)) return take_group(plan, std::move(group), report);
    if (group.size() == 1) {
        report.problems.push_back(fmt::format("{}: {}", escape(group.front().path), sealed.error().message));
        return {};
    }
    const auto middle = group.begin() + static_cast<std::ptrdiff_t>(group.size() / 2);
    Group second(std::make_move_iterator(middle), std::make_move_iterator(group.end()));
    group.erase(middle, group.end());
    BB_CHECK(take_group(plan, std::move(group), report));
    return take_group(plan, std::move(second), report);
}

Status SkimRun::seal_group(const Plan& plan, const Group& entries, RunReport& report,
                           std::vector<ProofFinding>& findings) {
    BB_TRY(const auto intake, uploads_.begin_intake(config_.account, with_time(config_.session, began_),
                                                    intake::total_bytes(entries)));
    std::vector<IndexEntry> records;
    BB_TRY(auto filled, intake::fill_intake(*source_, entries, folder_in_session(config_.from), *intake,
                                            stop_, [&](const ChosenEntry& entry, const Sha256& digest) {
                                                ++report.read_count;
                                                records.push_back(record_of(entry, digest, began_));
                                                return Status();
                                            }));
    report_left(filled.left, report);
    if (records.empty()) return {};

    upload::SealContent content;
    content.manifest = std::move(filled.manifest);
    content.is_part = true;
    if (!removals_told_)
        for (const std::string& path : plan.removed) {
            content.removed.push_back(removed_text(path));
            records.push_back({.path = path, .kind = IndexEntry::Kind::gone});
        }
    content.marker =
        make_marker(config_.from, records.size() - content.removed.size(), content.removed.size(), began_);
    BB_CHECK(replace_file(intake->fs(), join_path(intake->folder(), content.marker.name),
                          content.marker.content, Durability::visible));

    BB_CHECK(store_.write_pending(intake->seal_id(), std::move(records)));
    auto row = intake->seal(std::move(content), true);
    if (!row) {
        (void)store_.drop_pending(intake->seal_id());  // the next run does it
        findings = intake->findings();
        return std::unexpected(row.error());
    }
    removals_told_ = true;
    report.sessions.push_back(std::move(*row));
    return store_.mark_taken(intake->seal_id());
}

SkimRun::Group SkimRun::with_folders(const Plan& plan, const Group& files) const {
    std::set<std::string> needed;
    for (const ChosenEntry& file : files)
        for (std::string_view folder = parent_path(file.path); !folder.empty(); folder = parent_path(folder))
            if (!needed.insert(std::string(folder)).second) break;
    Group all = {{.path = "", .info = root_}};
    for (const std::string& folder : needed)  // sorted: a folder before those in it
        if (const auto found = plan.folders.find(folder); found != plan.folders.end())
            all.push_back({.path = folder, .info = found->second});
    all.insert(all.end(), files.begin(), files.end());
    return all;
}

void SkimRun::report_left(const std::vector<intake::LeftEntry>& left, RunReport& report) const {
    for (const intake::LeftEntry& entry : left) {
        if (entry.why.code == Errc::not_found) continue;
        if (entry.why.code == Errc::conflict)
            report.changed.push_back(entry.path);
        else
            report.problems.push_back(entry.why.message);
    }
}

}  // namespace burnbox::skim
