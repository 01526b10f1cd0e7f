#include "server/seal/seal_content.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/bag/disc_paths.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/files/hash_files.hpp"
#include "server/files/sent_modes.hpp"
#include "server/refusal/seal_gaps.hpp"
#include "server/refusal/taken_names.hpp"
#include "server/rules/link_rule.hpp"
#include "server/rules/marker_rule.hpp"
#include "server/seal/seal_proof.hpp"

namespace burnbox::upload {
namespace {

struct Draft {
    std::string top;  // in the inbox file system
    std::vector<WalkEntry> entries;
    std::vector<std::optional<Sha256>> digests;  // by entry
};

// Files that are not whole, seen from memory.
SealStep<void> check_whole(const SealOrigin& origin, OpenSession& session, const SealRequest& request) {
    const std::lock_guard lock(origin.mutex());
    std::string reasons = session.unread;
    if (session.leased)
        reasons = append_reason(reasons, "an rsync is still writing into it; wait until it ends");
    if (const auto writing = session.paths_being_written(request.marker); !writing.empty())
        reasons = append_reason(reasons, fmt::format("still being written: {}; wait until they are complete",
                                                     list_names(writing)));
    reasons = append_reason(reasons, cut_off_text(session, request.marker));
    if (!has_list(origin.registry(), session, request))
        reasons = append_reason(reasons, missed_text(session));
    if (reasons.empty()) return {};
    auto refused = refuse_seal(session.name, reasons, Errc::busy);
    // Nobody said that this file is a marker: it stays what it is.
    if (request.by == SealRequest::By::any_file) refused.error().kind = NoSeal::Kind::later;
    return refused;
}

// What no disc can hold, whoever put it there.
SealStep<void> check_entries(const SealOrigin& origin, const OpenSession& session,
                             const std::vector<WalkEntry>& entries) {
    if (const Status name = check_session_name(session.name); !name)
        return refuse_seal(session.name, name.error().message);
    std::vector<std::string> links, names, others;
    for (const WalkEntry& entry : entries) {
        if (!origin.rules().any_names && !check_entry_name(base_name(entry.path)))
            names.push_back(entry.path);
        if (entry.info.type == FileType::other) others.push_back(entry.path);
        if (entry.info.type != FileType::symlink) continue;
        if (const auto leads = link_destination(entry.path, entry.link_target); !leads)
            links.push_back(leads.error().message);
    }
    std::vector<std::string> in_the_way;
    for (const WalkEntry& entry : entries)
        if (entry.info.type == FileType::folder && is_own_file(entry.path) &&
            !entry.path.ends_with(".refused"))
            in_the_way.push_back(entry.path);
    std::string reasons = list_reasons(links);
    if (!in_the_way.empty())
        reasons =
            append_reason(reasons, fmt::format("burnbox itself writes files of these names: {}; give the "
                                               "folders other names",
                                               list_names(in_the_way)));
    if (!names.empty())
        reasons = append_reason(reasons,
                                "names that can't be put on a disc: " + list_names(names) + "; rename them");
    if (!others.empty())
        reasons = append_reason(
            reasons, "neither files nor folders nor links: " + list_names(others) + "; delete them");
    if (!reasons.empty()) return refuse_seal(session.name, reasons, Errc::invalid);
    return {};
}

// In the way of burnbox's own files, which would take their place.
SealStep<void> check_taken_names(const SealOrigin& origin, const OpenSession& session,
                                 const std::string& top) {
    if (!origin.rules().others_write) return {};
    const ConfigSnapshot config = origin.registry().config();
    const auto taken = taken_names(origin.fs(), top, config->session);
    if (!taken) return seal_failed(taken.error());
    if (taken->empty()) return {};
    return refuse_seal(
        session.name,
        fmt::format("burnbox itself writes files of these names, and would not burn yours: {}; "
                    "give them other names, or delete them",
                    list_names(*taken)),
        Errc::invalid);
}

// What nobody has a record of and was there when the disk failed: what is read of it may not be what the disk
// has.
SealStep<void> check_kept(const SealOrigin& origin, OpenSession& session, const SealRequest& request,
                          const std::vector<WalkEntry>& entries) {
    const auto noted = origin.registry().last_failed_sync();
    if (!noted) return seal_failed(noted.error());
    const std::optional<Timestamp> failed_at = *noted;
    if (!failed_at) return {};
    std::vector<std::string> doubtful;
    {
        const std::lock_guard lock(origin.mutex());
        for (const WalkEntry& entry : entries)
            if (entry.info.type == FileType::file && entry.info.ctime <= *failed_at &&
                entry.path != request.marker && session.find(entry.path) == nullptr)
                doubtful.push_back(entry.path);
    }
    if (doubtful.empty()) return {};
    return refuse_seal(
        session.name,
        fmt::format("the disk failed at {} to keep what was written to it, and these files may "
                    "be damaged on it: {}; copy them there anew",
                    to_iso8601(*failed_at), list_names(doubtful)),
        Errc::corrupt);
}

// Digests that were taken while the files arrived, and that still belong to what is on the disk.
void take_known_digests(const SealOrigin& origin, OpenSession& session, Draft& draft) {
    const std::lock_guard lock(origin.mutex());
    draft.digests.resize(draft.entries.size());
    for (std::size_t i = 0; i < draft.entries.size(); ++i) {
        const FileRecord* const record = session.find(draft.entries[i].path);
        if (record != nullptr) draft.digests[i] = record->digest(stamp_of(draft.entries[i].info));
    }
}

constexpr std::uint64_t kLongToHash = 256ULL << 20U;

// A file may say that it has a thousand times what a disc takes, and be hashed for a day: sizes are known
// before.
SealStep<void> check_size_first(const SealOrigin& origin, const OpenSession& session, const Draft& draft,
                                const SealRequest& request) {
    std::uint64_t to_hash = 0;
    Manifest sizes;
    for (std::size_t i = 0; i < draft.entries.size(); ++i) {
        const WalkEntry& entry = draft.entries[i];
        if (entry.path == request.marker) continue;
        if (entry.info.type == FileType::file && !draft.digests[i]) to_hash += entry.info.size_bytes;
        sizes.entries.push_back(to_manifest_entry(entry.path, entry.info, entry.link_target));
    }
    if (to_hash < kLongToHash) return {};
    return check_fits(origin, session, origin.pool(), sizes);
}

SealStep<void> hash_the_rest(const SealOrigin& origin, OpenSession& session, Draft& draft) {
    std::vector<std::size_t> indexes;
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < draft.entries.size(); ++i) {
        if (draft.entries[i].info.type != FileType::file || draft.digests[i]) continue;
        indexes.push_back(i);
        paths.push_back(join_path(draft.top, draft.entries[i].path));
    }
    auto results = hash_files(origin.fs(), std::move(paths), origin.services().run_blocking);
    std::vector<std::string> cut;
    const std::lock_guard lock(origin.mutex());
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (!results[i]) return seal_failed(results[i].error());
        WalkEntry& entry = draft.entries[indexes[i]];
        if (!session.files.read(entry.path, *results[i])) cut.push_back(entry.path);
        entry.info = results[i]->info;
        draft.digests[indexes[i]] = results[i]->sha256;
    }
    if (cut.empty()) return {};
    return refuse_seal(session.name,
                       fmt::format("not as they came, cut off when the server went down or changed on the "
                                   "server since: {}; send them again or delete them",
                                   list_names(cut)),
                       Errc::busy);
}

SealStep<void> read_marker(const SealOrigin& origin, const Draft& draft, const SealRequest& request,
                           SealContent& content) {
    if (request.marker.empty()) return {};
    const auto found = std::ranges::find(draft.entries, request.marker, &WalkEntry::path);
    if (found == draft.entries.end() || found->info.type != FileType::file)
        return seal_failed({Errc::conflict, 0,
                            fmt::format("the marker {} vanished; send it again", escape(request.marker))});
    content.marker.name = request.marker;
    content.marker_info = found->info;
    content.marker.sha256 = *draft.digests[static_cast<std::size_t>(found - draft.entries.begin())];
    if (found->info.size_bytes > kMarkerBytes) return {};
    auto bytes = read_file(origin.fs(), join_path(draft.top, request.marker), kMarkerBytes);
    if (!bytes) return seal_failed(bytes.error());
    content.marker.content = std::move(*bytes);
    return {};
}

// Unless it is data too.
void drop_marker(const SealOrigin& origin, const SealRequest& request, Manifest& manifest) {
    const ConfigSnapshot config = origin.registry().config();
    const auto marker = std::ranges::find(manifest.entries, request.marker, &ManifestEntry::path);
    if (request.marker.empty() || marker == manifest.entries.end()) return;
    if (!is_data_too(request.marker, marker->size_bytes, uses_checksum_list(config->session),
                     has_tag_files(config->burn.layout, manifest)))
        manifest.entries.erase(marker);
}

Manifest make_manifest(const SealOrigin& origin, const OpenSession& session, const Draft& draft,
                       const SealRequest& request) {
    const std::lock_guard lock(origin.mutex());
    Manifest manifest;
    manifest.entries.reserve(draft.entries.size());
    for (std::size_t i = 0; i < draft.entries.size(); ++i) {
        const WalkEntry& from = draft.entries[i];
        // What other programs made is as they made it.
        const FileInfo sent =
            origin.rules().others_write ? from.info : as_sent(session.files, from.path, from.info);
        ManifestEntry entry = to_manifest_entry(from.path, from.info, from.link_target);
        entry.mode = sent.mode;
        if (from.info.type == FileType::file) entry.sha256 = *draft.digests[i];
        manifest.entries.push_back(std::move(entry));
    }
    drop_marker(origin, request, manifest);
    if (origin.rules().any_names) rename_for_disc(manifest);
    return manifest;
}

// Files that came without us after the marker's connection was opened: nobody can say that the rest was
// complete.
bool has_newer_strangers(const SealOrigin& origin, OpenSession& session, const Draft& draft,
                         const SealRequest& request) {
    const std::lock_guard lock(origin.mutex());
    return std::ranges::any_of(draft.entries, [&](const WalkEntry& entry) {
        return entry.info.type == FileType::file && session.find(entry.path) == nullptr &&
               entry.info.ctime > request.sender_opened_at;
    });
}

}  // namespace

void rename_for_disc(Manifest& manifest) {
    std::vector<std::string> paths;
    paths.reserve(manifest.entries.size());
    for (const ManifestEntry& entry : manifest.entries) paths.push_back(entry.path);
    std::vector<std::string> renamed = disc_paths(paths);
    if (renamed == paths) return;
    for (std::size_t i = 0; i < renamed.size(); ++i) {
        if (renamed[i] == paths[i]) continue;
        manifest.entries[i].source = std::move(paths[i]);
        manifest.entries[i].path = std::move(renamed[i]);
    }
    std::ranges::sort(manifest.entries, {}, &ManifestEntry::path);
}

SealStep<void> check_fits(const SealOrigin& origin, const OpenSession& session, const std::string& pool,
                          const Manifest& manifest) {
    const Status fits = origin.services().check_fits(pool, manifest);
    if (fits) return {};
    if (fits.error().code == Errc::does_not_fit)
        return refuse_seal(session.name, fits.error().message, Errc::does_not_fit);
    return seal_failed(fits.error());
}

SealStep<SealContent> read_seal_content(const SealOrigin& origin, OpenSession& session,
                                        const SealRequest& request) {
    prove_by_list(origin, session, request);
    if (auto whole = check_whole(origin, session, request); !whole)
        return std::unexpected(std::move(whole).error());
    Draft draft{.top = origin.top(session), .entries = {}, .digests = {}};
    auto walked = walk_session(origin.fs(), draft.top);
    if (!walked) return seal_failed(walked.error());
    draft.entries = std::move(*walked);
    if (request.by == SealRequest::By::any_file && has_newer_strangers(origin, session, draft, request))
        return std::unexpected(NoSeal{.kind = NoSeal::Kind::data, .error = {}});
    SealContent content;
    {
        const std::lock_guard lock(origin.mutex());
        content.missed = missed_text(session);
    }
    content.only_marker =
        draft.entries.empty() || (draft.entries.size() == 1 && draft.entries.front().path == request.marker);
    if (auto good = check_entries(origin, session, draft.entries); !good)
        return std::unexpected(std::move(good).error());
    if (auto free = check_taken_names(origin, session, draft.top); !free)
        return std::unexpected(std::move(free).error());
    if (auto kept = check_kept(origin, session, request, draft.entries); !kept)
        return std::unexpected(std::move(kept).error());
    auto disks = other_disks(origin.fs(), draft.top, draft.entries);
    if (!disks) return seal_failed(disks.error());
    content.disks = std::move(*disks);
    take_known_digests(origin, session, draft);
    if (auto fits = check_size_first(origin, session, draft, request); !fits)
        return std::unexpected(std::move(fits).error());
    if (auto hashed = hash_the_rest(origin, session, draft); !hashed)
        return std::unexpected(std::move(hashed).error());
    if (auto read = read_marker(origin, draft, request, content); !read)
        return std::unexpected(std::move(read).error());
    content.manifest = make_manifest(origin, session, draft, request);
    if (origin.rules().others_write) content.seen = std::move(draft.entries);
    return content;
}

SealStep<void> check_unchanged(const SealOrigin& origin, const OpenSession& session,
                               const SealContent& content) {
    if (!origin.rules().others_write) return {};
    const auto now = walk_session(origin.fs(), origin.top(session));
    if (!now) return seal_failed(now.error());
    const auto is_same = [](const WalkEntry& one, const WalkEntry& other) {
        if (one.path != other.path || one.info.type != other.info.type ||
            one.link_target != other.link_target)
            return false;
        return one.info.type != FileType::file || stamp_of(one.info) == stamp_of(other.info);
    };
    const auto [before, after] = std::ranges::mismatch(content.seen, *now, is_same);
    // Files of burnbox's own names are none of these entries, and may have come meanwhile.
    if (before == content.seen.end() && after == now->end())
        return check_taken_names(origin, session, origin.top(session));
    const std::string& path = after != now->end() ? after->path : before->path;
    return seal_failed(
        {Errc::conflict, 0,
         fmt::format("{} changed while it was sealed ({})", escape(session.name), escape(path))});
}

}  // namespace burnbox::upload
