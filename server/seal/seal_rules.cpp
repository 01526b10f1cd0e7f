#include "server/seal/seal_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/bag/bag_check.hpp"
#include "common/bag/listed_digest.hpp"
#include "common/bag/sums.hpp"
#include "common/base/text.hpp"
#include "common/catalogue/copy_rules.hpp"
#include "common/session/payload_links.hpp"

namespace burnbox::upload {
namespace {

constexpr std::chrono::hours kLately{24};

// A listed path without "." and "..", from the session's folder. Nothing for an absolute one, one that leaves
// the session on its way, and one that goes through a link.
std::optional<std::string> path_inside(const Manifest& manifest, std::string_view listed) {
    if (listed.starts_with('/')) return std::nullopt;
    std::string path;
    while (!listed.empty()) {
        const std::size_t end = std::min(listed.find('/'), listed.size());
        const std::string_view step = listed.substr(0, end);
        listed.remove_prefix(std::min(end + 1, listed.size()));
        if (step.empty() || step == ".") continue;
        if (step == "..") {
            if (path.empty()) return std::nullopt;
            path = std::string(parent_path(path));
            continue;
        }
        path = join_path(path, step);
        if (listed.empty()) break;
        const ManifestEntry* const entry = manifest.find(path);
        if (entry != nullptr && entry->type == FileType::symlink) return std::nullopt;
    }
    return path;
}

std::string findings_text(const SumsFindings& findings) {
    std::string out;
    const auto add = [&](const std::vector<std::string>& names, std::string_view what) {
        if (names.empty()) return;
        if (!out.empty()) out += "; ";
        out += fmt::format("{}: {}", what, list_names(names));
    };
    add(findings.outside, "not a path in this session");
    add(findings.wrong, "wrong digest");
    add(findings.extra, "not in the list");
    add(findings.missing, "listed, but missing");
    return out;
}

SealStep<void> check_list(const SealOrigin& origin, const OpenSession& session, const SealRequest& request,
                          const Manifest& manifest) {
    if (!uses_checksum_list(origin.registry())) return {};
    const ManifestEntry* const list = manifest.find(kChecksumList);
    if (list == nullptr || list->type != FileType::file) return {};
    const auto text =
        read_file(origin.fs(), join_path(origin.top(session), std::string(kChecksumList)), kMostListBytes);
    if (!text) return seal_failed(text.error());
    const auto findings = compare_with_sums(manifest, *text);
    if (!findings) return refuse_seal(session.name, "SHA256SUMS: " + findings.error().message, Errc::invalid);
    const bool is_wrong = !findings->wrong.empty() || !findings->outside.empty();
    if (!is_wrong && findings->missing.empty() && findings->extra.empty()) return {};
    auto refused =
        refuse_seal(session.name, "SHA256SUMS does not match: " + findings_text(*findings), Errc::corrupt);
    if (request.marker == kChecksumList && !is_wrong && !findings->missing.empty()) {
        NoSeal later = std::move(refused).error();
        later.kind = NoSeal::Kind::later;
        later.error.message =
            fmt::format("{} is not sealed yet: SHA256SUMS lists files that are still missing: {}",
                        escape(session.name), list_names(findings->missing));
        later.error.code = Errc::not_found;
        return std::unexpected(std::move(later));
    }
    return refused;
}

SealStep<void> check_bag(const SealOrigin& origin, const OpenSession& session, const Manifest& manifest) {
    const ManifestEntry* const declaration = manifest.find("bagit.txt");
    const bool is_bag = declaration != nullptr && declaration->type == FileType::file;
    const std::string folder = is_bag ? std::string() : only_bag_folder(manifest);
    if (!is_bag && folder.empty()) return {};
    const auto place = [&](const std::string& path) { return join_path(origin.top(session), path); };
    const BagFiles files{
        .read_text =
            [&](const std::string& path) { return read_file(origin.fs(), place(path), kMostListBytes); },
        .digest = [&](const ManifestEntry& file, const std::string& algorithm) -> Result<std::string> {
            BB_TRY(const auto opened, origin.fs().open(place(file.staged_path()), {.read = true}));
            return listed_digest(*opened, algorithm);
        }};
    const Status valid = check_own_bag(manifest, files, folder);
    if (valid) return {};
    if (valid.error().code == Errc::invalid || valid.error().code == Errc::corrupt)
        return refuse_seal(session.name, valid.error().message, Errc::invalid);
    return seal_failed(valid.error());
}

SealStep<void> check_fit(const SealOrigin& origin, const OpenSession& session, const SealContent& content) {
    return check_fits(origin, session, content.pool, content.manifest);
}

// The labels of those whose copy counts.
Result<std::set<std::string>> discs_that_hold(Catalogue& catalogue, SessionId session) {
    BB_TRY(const auto copies, catalogue.copies(session));
    BB_TRY(const auto discs, catalogue.discs());
    std::set<std::string> labels;
    for (const DiscSessionRow& copy : copies) {
        const auto disc = std::ranges::find(discs, copy.disc, &DiscRow::id);
        if (disc != discs.end() && counts(*disc, copy)) labels.insert(disc->label);
    }
    return labels;
}

// "is on disc BURNBOX_0001"
Result<std::string> where_it_is(Catalogue& catalogue, const SessionRow& row) {
    if (row.state != SessionState::burned) return std::string("waits to be burned");
    BB_TRY(const auto discs, discs_that_hold(catalogue, row.id));
    return fmt::format("is on disc {}", discs.empty() ? "?" : list_names({discs.begin(), discs.end()}));
}

SealStep<void> check_not_sent_yet(const SealOrigin& origin, const OpenSession& session,
                                  const SealRequest& request, const Manifest& manifest) {
    if (request.again) return {};
    Catalogue& catalogue = origin.services().catalogue;
    const auto same = catalogue.find_same_content(origin.account(), session.name, manifest.content_digest());
    if (!same) return seal_failed(same.error());
    if (!*same) return {};
    const auto where = where_it_is(catalogue, **same);
    if (!where) return seal_failed(where.error());
    return refuse_seal(session.name,
                       fmt::format("exactly the same {} already, as {}; to burn it once more: {}", *where,
                                   escape((*same)->disc_name), origin.words_for_again(session)),
                       Errc::exists);
}

}  // namespace

Result<SumsFindings> compare_with_sums(const Manifest& manifest, std::string_view list) {
    BB_TRY(const auto lines, parse_sums(list));
    SumsFindings findings;
    std::map<std::string_view, std::string_view>
        renamed;  // the list has names as they are in the session folder
    for (const ManifestEntry& entry : manifest.entries)
        if (!entry.source.empty()) renamed.emplace(entry.source, entry.path);
    std::set<std::string_view> listed;
    for (const SumLine& line : lines) {
        if (line.path == kChecksumList) continue;
        const auto inside = path_inside(manifest, line.path);
        if (!inside) {
            findings.outside.push_back(line.path);
            continue;
        }
        const auto other = renamed.find(*inside);
        const ManifestEntry* const meant = manifest.find(other == renamed.end() ? *inside : other->second);
        const std::string_view path = meant == nullptr ? std::string_view() : meant->path;
        listed.insert(path);
        const ManifestEntry* entry = meant;
        if (entry != nullptr && entry->type == FileType::symlink) entry = linked_file(manifest, *entry);
        if (entry == nullptr || entry->type != FileType::file)
            findings.missing.push_back(line.path);
        else if (entry->sha256 != line.sha256)
            findings.wrong.push_back(line.path);
    }
    for (const ManifestEntry& entry : manifest.entries)
        if (entry.type == FileType::file && entry.path != kChecksumList && !listed.contains(entry.path))
            findings.extra.push_back(entry.path);
    return findings;
}

SealStep<void> check_seal_rules(const SealOrigin& origin, const OpenSession& session,
                                const SealRequest& request, const SealContent& content) {
    // A list may well be the first file to arrive: then it says what is missing.
    const bool only_list = content.only_marker && request.marker == kChecksumList;
    const auto empty = [&] {
        return refuse_seal(session.name, "the session is empty; upload into it first", Errc::invalid);
    };
    if (content.only_marker && !only_list) return empty();
    if (!content.is_part) {
        if (auto list = check_list(origin, session, request, content.manifest); !list) return list;
        if (content.only_marker) return empty();
        // Only a list that fits exactly says that nothing is missing.
        if (!content.missed.empty() && content.manifest.find(kChecksumList) == nullptr)
            return refuse_seal(session.name, content.missed, Errc::busy);
        if (auto bag = check_bag(origin, session, content.manifest); !bag) return bag;
    }
    if (auto fit = check_fit(origin, session, content); !fit) return fit;
    return check_not_sent_yet(origin, session, request, content.manifest);
}

bool was_sealed_lately(const SessionRow& row, Timestamp now) {
    if (counts_as_queued(row.state)) return true;
    return row.state == SessionState::burned && row.burned_at && now - *row.burned_at <= kLately;
}

Result<std::optional<SessionRow>> find_sent_twice(const UploadServices& services, const std::string& account,
                                                  const std::string& session, const Marker& marker) {
    BB_TRY(const auto rows, services.catalogue.sessions(account));
    const Timestamp now = services.clock.now();
    for (const SessionRow& row : rows) {
        if (row.name != session || row.staging != services.inbox.area()) continue;
        if (row.marker_name.empty() || row.marker_sha256 != marker.sha256) continue;
        if (was_sealed_lately(row, now)) return row;
    }
    return std::nullopt;
}

}  // namespace burnbox::upload
