#include "burner/finish/finisher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "burner/finish/late_files.hpp"
#include "burner/rules/status_text.hpp"
#include "burner/schedule/burn_job.hpp"
#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/inbox/receipt_of.hpp"
#include "common/inbox/sealed_entry.hpp"
#include "common/inbox/staged_copy.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox {
namespace {

// Folders that ended in the past may have been removed by their owner: nothing is left to do.
bool folder_says(const SessionRow& row) {
    return row.folder.empty() ||
           (row.folder_next.empty() && parse_folder(row.folder).state == folder_state(row.state));
}

// Somebody removed the session's folder behind burnbox. An account folder that is missing too says that a
// file system is not mounted.
Result<bool> folder_is_gone(FileSystem& fs, const SessionRow& row) {
    const auto info = fs.info(join_path(row.account, row.folder));
    if (info || info.error().code != Errc::not_found) return false;
    BB_CHECK(fs.info(row.account));
    return true;
}

void publish_end(const BurnerServices& services, EventKind kind, const SessionRow& row,
                 const std::string& disc) {
    services.events.publish({kind, services.clock.now(), row.account, row.disc_name, disc, "", row.reason});
}

// The seal record once more; none when it is damaged by now, which loses nothing: the disc holds everything.
Result<std::optional<SealedSession>> seal_if_readable(const BurnerServices& services, const SessionRow& row) {
    auto sealed = read_seal(services.state_fs, row);
    if (sealed) return std::optional(std::move(*sealed));
    if (sealed.error().code != Errc::corrupt) return std::unexpected(std::move(sealed).error());
    log::error("seal record damaged", log::kv("session", row.disc_name), log::kv(sealed.error()));
    return std::optional<SealedSession>();
}

// One that is data too stays. So does one whose bytes are on no disc: it holds something else by now, or it
// was burned in another layout than the one that was to be at its seal: false.
Result<bool> remove_marker(FileSystem& fs, const std::string& folder, const SealedSession& sealed,
                           bool is_in_bag) {
    const Marker& marker = sealed.marker;
    const auto& entries = sealed.manifest.entries;
    const bool is_data =
        std::ranges::find(entries, marker.name, &ManifestEntry::staged_path) != entries.end();
    if (marker.name.empty() || is_data) return true;
    const std::string path = join_path(folder, marker.name);
    if (!is_in_bag && !marker.content.empty()) return !fs.info(path).has_value();
    const ManifestEntry in_bag{.path = marker.name,
                               .type = FileType::file,
                               .size_bytes = marker.content.size(),
                               .sha256 = Sha256::of(marker.content)};
    const auto removed = remove_as_sealed(fs, path, in_bag);
    if (!removed && removed.error().code == Errc::not_found) return true;
    return removed;
}

// What the folder holds that is on no disc; the marker goes when its bag has it.
Result<std::vector<std::string>> not_burned(FileSystem& fs, const SessionRow& row,
                                            const SealedSession& sealed, bool has_marker) {
    const std::string folder = join_path(row.account, row.folder);
    BB_TRY(const bool marker_done, remove_marker(fs, folder, sealed, has_marker));
    auto late = late_files(fs, folder, sealed);
    if (!late) {
        log::warning("sealed folder not looked through", log::kv("session", row.disc_name),
                     log::kv(late.error()));
        late = std::vector<std::string>();
    }
    if (!marker_done) late->push_back(sealed.marker.name);
    if (!late->empty())
        log::warning(
            "files not burned", log::kv("account", row.account), log::kv("session", row.disc_name),
            log::kv("files", late->size()), log::kv("first", late->front()),
            log::kv("reason",
                    "they came, or were changed, after the seal; or burn.layout has no place for a marker"),
            log::kv("remedy", "send them as a session of their own"));
    return std::move(*late);
}

// What was burned is what was sealed; what is there by now is on no disc.
std::vector<std::string> tell_changed_files(FileSystem& fs, const SessionRow& row,
                                            const SealedSession& sealed) {
    auto changed = changed_files(fs, join_path(row.account, row.folder), sealed, row.sealed_at);
    if (!changed) {
        log::warning("sealed folder not looked through", log::kv("session", row.disc_name),
                     log::kv(changed.error()));
        return {};
    }
    if (!changed->empty())
        log::warning("files changed after the seal", log::kv("account", row.account),
                     log::kv("session", row.disc_name), log::kv("files", changed->size()),
                     log::kv("first", changed->front()),
                     log::kv("reason", "the disc has them as they were sealed"),
                     log::kv("remedy", "send them as a session of their own"));
    return std::move(*changed);
}

std::string changed_reason(const std::vector<std::string>& changed) {
    if (changed.empty()) return {};
    const std::string others = changed.size() == 1 ? "" : fmt::format(" and {} more", changed.size() - 1);
    return fmt::format(
        "{}{} changed after the seal; what is there now is on no disc: send it as a session of its own",
        escape(changed.front()), others);
}

void add_from_seal(Receipt& receipt, const SealedSession& sealed, Layout layout) {
    receipt.checksum_list = checksum_list_path(sealed, layout);
    receipt.redundancy = sealed.parity.percent;
    const ParityPlace place = parity_place(sealed, layout);
    receipt.parity_folder = place.folder;
    receipt.parity_base = place.base;
}

Layout layout_of(const BurnerServices& services) {
    const ConfigSnapshot config = services.config.snapshot();
    return config->burn.layout;
}

// By number; the configuration's of one whose seal record is damaged.
Result<std::map<unsigned, Layout>> layouts_of_parts(const BurnerServices& services, const SessionRow& row) {
    std::map<unsigned, Layout> layouts;
    BB_TRY(const auto parts, services.catalogue.parts(row.id));
    for (const SessionRow& part : parts) {
        Layout& layout = layouts[part.part] = layout_of(services);
        BB_TRY(const auto sealed, seal_if_readable(services, part));
        if (!sealed) continue;
        BB_TRY(layout, burned_layout(services.catalogue, part.id, *sealed, layout));
    }
    return layouts;
}

// Where each part of a session lies on its discs.
Status add_places_of_parts(const BurnerServices& services, const SessionRow& row, Receipt& receipt) {
    BB_TRY(const auto layouts, layouts_of_parts(services, row));
    for (ReceiptCopy& copy : receipt.copies) {
        const auto known = layouts.find(copy.part);
        const Layout layout = known == layouts.end() ? layout_of(services) : known->second;
        SealedSession part{.account = row.account,
                           .disc_name = part_disc_name(row.disc_name, copy.part, row.parts),
                           .sealed_at = {},
                           .marker = {},
                           .manifest = {},
                           .part = Part{}};
        copy.checksum_list = checksum_list_path(part, layout);
        const ParityPlace place = parity_place(part, layout);
        copy.parity_folder = place.folder;
        copy.parity_base = place.base;
    }
    BB_TRY(const Parity parity, read_parity(services.state_fs, part_seal_id(row.seal_id, 1)));
    receipt.redundancy = parity.percent;
    return {};
}

Status remove_parity(const BurnerServices& services, const SessionRow& row) {
    for (unsigned number = 1; number <= row.parts; ++number)
        BB_CHECK(remove_parity_files(services.state_fs, part_seal_id(row.seal_id, number)));
    return remove_parity_files(services.state_fs, row.seal_id);
}

// Where it is, for those who are told.
struct Places {
    std::string first_disc;
    std::size_t copies = 0;
    std::string reason{};  // what changed since the seal
};

// A session's marker is in the bag of each of its parts.
Result<bool> is_marker_in_bag(const BurnerServices& services, const SessionRow& row) {
    BB_TRY(const auto layouts, layouts_of_parts(services, row));
    return std::ranges::all_of(layouts, [](const auto& part) { return part.second == Layout::bag; });
}

Result<Places> finish_burned(const BurnerServices& services, const SessionRow& row) {
    BB_TRY(Receipt receipt, make_receipt(services.catalogue, row));
    BB_TRY(const auto sealed, seal_if_readable(services, row));
    bool has_marker = false;
    if (sealed && row.parts == 0) {
        BB_TRY(const Layout layout, burned_layout(services.catalogue, row.id, *sealed, layout_of(services)));
        add_from_seal(receipt, *sealed, layout);
        has_marker = has_marker_file(*sealed, layout);
    } else if (sealed) {
        BB_TRY(has_marker, is_marker_in_bag(services, row));
    }
    if (row.parts != 0) BB_CHECK(add_places_of_parts(services, row, receipt));
    BB_TRY(FileSystem* const fs, services.inbox.fs_of(row));
    const std::string folder = join_path(row.account, row.folder);
    if (sealed) {
        receipt.name_notes = sealed->name_notes;
        receipt.time_notes = time_notes_of(sealed->manifest);
        BB_TRY(receipt.not_burned, not_burned(*fs, row, *sealed, has_marker));
        receipt.changed = tell_changed_files(*fs, row, *sealed);
    }
    const std::string reason = changed_reason(receipt.changed);
    if (reason != row.reason) BB_CHECK(services.catalogue.set_reason(row.id, reason));
    BB_CHECK(services.inbox.remove_own_file(row, "STATUS.txt"));
    BB_CHECK(replace_file(*fs, join_path(folder, "receipt.json"), to_json(receipt)));
    BB_CHECK(replace_file(*fs, join_path(folder, "RECEIPT.txt"), to_text(receipt)));
    BB_CHECK(remove_staged_copy(services.state_fs, row));
    BB_CHECK(remove_parity(services, row));
    BB_CHECK(services.inbox.move(row.id, FolderState::burned));
    return Places{receipt.copies.empty() ? "" : receipt.copies.front().disc, whole_copies(receipt), reason};
}

// A catalogue that can't be read now keeps nobody from being told.
Places places_in(Catalogue& catalogue, const SessionRow& row) {
    const auto copies = catalogue.copies(row.id).value_or(std::vector<DiscSessionRow>());
    const auto discs = catalogue.discs().value_or(std::vector<DiscRow>());
    const Receipt receipt = receipt_of(row, copies, discs);
    return {receipt.copies.empty() ? "" : receipt.copies.front().disc, whole_copies(receipt)};
}

void tell_burned(const BurnerServices& services, const SessionRow& row, const Places& places) {
    log::info("session burned", log::kv("account", row.account), log::kv("session", row.disc_name),
              log::kv("disc", places.first_disc), log::kv("copies", places.copies),
              log::kv("files", row.files_count), log::kv("bytes", row.bytes));
    SessionRow told = row;
    told.reason = places.reason;
    publish_end(services, EventKind::session_burned, told, places.first_disc);
}

void tell_failed(const BurnerServices& services, const SessionRow& row) {
    log::error("session failed", log::kv("account", row.account), log::kv("session", row.disc_name),
               log::kv("reason", row.reason));
    publish_end(services, EventKind::session_failed, row, "");
}

Status finish_failed(const BurnerServices& services, const SessionRow& row) {
    BB_TRY(FileSystem* const fs, services.inbox.fs_of(row));
    const std::string folder = join_path(row.account, row.folder);
    BB_CHECK(services.inbox.remove_own_file(row, "STATUS.txt"));
    BB_TRY(const auto places, services.catalogue.copies(row.id));
    const Timestamp now = services.clock.now();
    BB_CHECK(replace_file(
        *fs, join_path(folder, "FAILED.txt"),
        row.parts != 0 && !places.empty() ? partly_burned_text(row, now) : failed_text(row, now)));
    return services.inbox.move(row.id, FolderState::failed);
}

Status finish_queued_again(const BurnerServices& services, const SessionRow& row) {
    BB_CHECK(services.inbox.remove_own_file(row, "FAILED.txt"));
    return services.inbox.move(row.id, FolderState::queued);
}

// One whose folder was away when its burn had ended.
Result<Finish> finish_found(const BurnerServices& services, SessionRow row) {
    const auto found = find_lost_folder(services.inbox, services.catalogue, services.state_fs, row);
    if (!found && found.error().code == Errc::not_found) return Finish::folder_away;
    if (!found) return std::unexpected(found.error());
    BB_TRY(row, services.catalogue.session(row.id));
    BB_CHECK(finish_burned(services, row));
    return Finish::done;
}

// It has ended all the same, and who waits for that is told.
Result<Finish> end_without_folder(const BurnerServices& services, const SessionRow& row) {
    log::warning("session folder missing", log::kv("account", row.account), log::kv("session", row.disc_name),
                 log::kv("folder", row.folder));
    BB_CHECK(services.catalogue.set_folder(row.id, ""));  // the name is free for another one
    if (row.state == SessionState::failed) tell_failed(services, row);
    if (row.state != SessionState::burned) return Finish::done;
    tell_burned(services, row, places_in(services.catalogue, row));
    return Finish::folder_away;
}

}  // namespace

bool waits_for_its_folder(const SessionRow& row) {
    return folder_state(row.state) == FolderState::queued &&
           parse_folder(row.folder).state == FolderState::failed;
}

Result<Receipt> make_receipt(Catalogue& catalogue, const SessionRow& row) {
    BB_TRY(const auto copies, catalogue.copies(row.id));
    BB_TRY(const auto files, catalogue.files(row.id));
    BB_TRY(const auto discs, catalogue.discs());
    Receipt receipt = receipt_of(row, copies, discs);
    const std::string bag = receipt.path + "/";
    const auto in_bag = [&](const FileRow& file) { return file.path.starts_with(bag); };
    if (!files.empty() && std::ranges::none_of(files, in_bag))
        receipt.path = std::string("/");  // Layout::root
    for (const FileRow& file : files) {
        const std::string path =
            file.path.starts_with(bag) ? file.path.substr(bag.size()) : file.path.substr(1);
        receipt.files.push_back({path, file.size_bytes, file.sha256, file.lba, file.part});
    }
    return receipt;
}

Result<Finish> finish_session(const BurnerServices& services, SessionId session, bool look) {
    auto row = services.catalogue.session(session);
    if (!row && row.error().code == Errc::not_found) return Finish::done;
    if (!row) return std::unexpected(std::move(row).error());
    if (look && row->state == SessionState::burned && row->folder.empty())
        return finish_found(services, *row);
    if (!row->folder_next.empty()) {
        BB_CHECK(services.inbox.finish_move(*row));
        BB_TRY(*row, services.catalogue.session(session));
    }
    if (folder_says(*row)) return Finish::done;
    BB_TRY(FileSystem* const fs, services.inbox.fs_of(*row));
    BB_TRY(const bool gone, folder_is_gone(*fs, *row));
    if (gone) return end_without_folder(services, *row);
    switch (row->state) {
        case SessionState::burned: {
            BB_TRY(const Places places, finish_burned(services, *row));
            tell_burned(services, *row, places);
            break;
        }
        case SessionState::failed:
            BB_CHECK(finish_failed(services, *row));
            tell_failed(services, *row);
            break;
        default:
            if (waits_for_its_folder(*row)) BB_CHECK(finish_queued_again(services, *row));
    }
    return Finish::done;
}

Result<std::vector<SessionId>> unfinished_sessions(Catalogue& catalogue) {
    std::vector<SessionId> result;
    for (const SessionState state : {SessionState::burned, SessionState::failed}) {
        BB_TRY(const auto rows, catalogue.sessions_in_state(state));
        for (const SessionRow& row : rows)
            if (!folder_says(row)) result.push_back(row.id);
    }
    return result;
}

}  // namespace burnbox
