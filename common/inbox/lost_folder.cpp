#include "common/inbox/lost_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/base/time_range.hpp"
#include "common/inbox/sealed_entry.hpp"
#include "common/session/names.hpp"
#include "common/storage/existence.hpp"

namespace burnbox {
namespace {

Result<bool> has_content(FileSystem& fs, const std::string& folder, const SealedSession& sealed) {
    for (const ManifestEntry& entry : sealed.manifest.entries) {
        if (entry.path == sealed.marker.name) continue;
        BB_TRY(const bool same, is_as_sealed(fs, join_path(folder, entry.staged_path()), entry));
        if (!same) return false;
    }
    return true;
}

Result<std::set<std::string>> folders_of_others(Catalogue& catalogue, const SessionRow& row) {
    std::set<std::string> taken;
    BB_TRY(const auto rows, catalogue.sessions(row.account));
    for (const SessionRow& other : rows)
        if (other.id != row.id && other.staging == row.staging)
            taken.insert({other.folder, other.folder_next});
    return taken;
}

// NAME-queued, NAME-failed ..., those with a number too.
Result<std::vector<std::string>> folders_named_as(FileSystem& fs, const SessionRow& row) {
    BB_TRY(const auto entries, list_folder(fs, row.account));
    std::vector<std::string> folders;
    for (const DirEntry& entry : entries) {
        const SessionFolder parts = parse_folder(entry.name);
        if (entry.type == FileType::folder && parts.name == row.name && parts.state != FolderState::open)
            folders.push_back(entry.name);
    }
    return folders;
}

// What is to be burned is compared then; nobody compares what is burned.
Result<bool> may_be_of(FileSystem& fs, const SessionRow& row, const std::string& folder,
                       const SealedSession& sealed) {
    const std::string path = join_path(row.account, folder);
    if (row.state == SessionState::burned) return holds_what_was_sealed(fs, path, sealed);
    BB_TRY(const Fit fit, fit_of(fs, path, sealed));
    return fit != Fit::none;
}

}  // namespace

std::string missing_folder_reason(const SessionRow& row, const std::string& host_path) {
    return fmt::format(
        "its folder {0} is missing: put it back and say `burnbox retry {1}/{2}`, send the session again, or "
        "let "
        "go of it with `burnbox cancel {1}/{2}`",
        escape(host_path), escape(row.account), escape(row.disc_name));
}

Result<Fit> fit_of(FileSystem& fs, const std::string& folder, const SealedSession& sealed) {
    Fit fit = Fit::times;
    for (const ManifestEntry& entry : sealed.manifest.entries) {
        if (entry.path == sealed.marker.name) continue;
        const std::string& path = entry.staged_path();
        const auto info = fs.info(join_path(folder, path));
        if (!info && info.error().code != Errc::not_found) return std::unexpected(info.error());
        if (!info || info->type != entry.type) return Fit::none;
        if (entry.type != FileType::file) continue;
        if (info->size_bytes != entry.size_bytes) return Fit::none;
        if (clamp_time(info->mtime) != clamp_time(entry.mtime)) fit = Fit::sizes;
    }
    return fit;
}

Result<bool> holds_what_was_sealed(FileSystem& fs, const std::string& folder, const SealedSession& sealed) {
    BB_TRY(const Fit fit, fit_of(fs, folder, sealed));
    if (fit == Fit::none) return false;
    return has_content(fs, folder, sealed);
}

Result<std::string> find_lost_folder(Inbox& inbox, Catalogue& catalogue, FileSystem& state_fs,
                                     const SessionRow& row) {
    BB_TRY(FileSystem* const fs, inbox.fs_of(row));
    if (!row.folder.empty()) {
        BB_TRY(const bool there, is_folder(*fs, join_path(row.account, row.folder)));
        if (there) return row.folder;
    }
    BB_TRY(const auto folders, folders_named_as(*fs, row));
    if (!folders.empty()) {
        BB_TRY(const SealedSession sealed, read_seal_record(state_fs, row.seal_id));
        BB_TRY(const auto taken, folders_of_others(catalogue, row));
        for (const std::string& folder : folders) {
            if (taken.contains(folder)) continue;
            BB_TRY(const bool is_it, may_be_of(*fs, row, folder, sealed));
            if (!is_it) continue;
            BB_CHECK(catalogue.set_folder(row.id, folder));
            log::info("session has its folder again", log::kv("session", row.account + "/" + row.disc_name),
                      log::kv("folder", folder));
            return folder;
        }
    }
    return fail(Errc::not_found,
                fmt::format("{0}/{1} has no folder, or not all of its files are in it: put it back as "
                            "{2}, or send it again",
                            escape(row.account), escape(row.disc_name),
                            fs->host_path(join_path(row.account, row.name + "-failed"))));
}

Result<std::optional<SessionRow>> find_row_of_folder(Inbox& inbox, Catalogue& catalogue, FileSystem& state_fs,
                                                     const std::string& account, const std::string& folder) {
    const std::string name = parse_folder(folder).name;
    BB_TRY(const auto rows, catalogue.sessions(account));
    for (const SessionRow& row : rows) {
        const bool waits = row.state == SessionState::failed || row.state == SessionState::queued;
        if (!waits || row.name != name || row.staging != inbox.area() || !row.folder_next.empty()) continue;
        const auto found = find_lost_folder(inbox, catalogue, state_fs, row);
        if (!found && found.error().code != Errc::not_found) return std::unexpected(found.error());
        if (!found || *found != folder) continue;
        BB_TRY(SessionRow now, catalogue.session(row.id));
        return std::optional(std::move(now));
    }
    return std::optional<SessionRow>();
}

Result<std::optional<std::string>> failed_folder_of(Inbox& inbox, Catalogue& catalogue,
                                                    const SealedSession& sealed) {
    const auto entries = list_folder(inbox.fs(), sealed.account);
    if (!entries && entries.error().code == Errc::not_found) return std::optional<std::string>();
    if (!entries) return std::unexpected(entries.error());
    SessionRow nobody;
    nobody.account = sealed.account, nobody.staging = inbox.area();
    BB_TRY(const auto taken, folders_of_others(catalogue, nobody));
    for (const DirEntry& entry : *entries) {
        if (entry.type != FileType::folder || taken.contains(entry.name)) continue;
        const SessionFolder parts = parse_folder(entry.name);
        const bool may_be = sealed.disc_name == parts.name || sealed.disc_name.starts_with(parts.name + "-");
        if (parts.state != FolderState::failed || !may_be) continue;
        const std::string folder = join_path(sealed.account, entry.name);
        BB_TRY(const bool is_it, holds_what_was_sealed(inbox.fs(), folder, sealed));
        if (is_it) return std::optional(entry.name);
    }
    return std::optional<std::string>();
}

}  // namespace burnbox
