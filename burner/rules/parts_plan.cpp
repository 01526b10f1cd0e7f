#include "burner/rules/parts_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/image/size_estimate.hpp"
#include "burner/parity/parity_plan.hpp"
#include "common/base/text.hpp"
#include "common/session/payload_links.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kLeastTableBytes = 64U << 10U;  // of parts.tsv, with the lines that list it

// What is never parted: a file with the links to it, another link, or an empty folder.
struct Unit {
    std::size_t first = 0;           // of the manifest's entries
    std::vector<std::size_t> links;  // to the file
};

std::size_t index_of(const Manifest& manifest, const ManifestEntry& entry) {
    return static_cast<std::size_t>(&entry - manifest.entries.data());
}

// The folder that the entry lies in; nothing at the top.
const ManifestEntry* folder_of(const Manifest& manifest, const ManifestEntry& entry) {
    return manifest.find(parent_path(entry.path));
}

std::vector<Unit> units_of(const Manifest& manifest) {
    const std::size_t count = manifest.entries.size();
    std::vector<bool> holds_something(count, false);
    std::vector<std::size_t> goes_with(count);
    for (std::size_t i = 0; i < count; ++i) {
        const ManifestEntry& entry = manifest.entries[i];
        goes_with[i] = i;
        if (const ManifestEntry* folder = folder_of(manifest, entry))
            holds_something[index_of(manifest, *folder)] = true;
        if (entry.type != FileType::symlink) continue;
        if (const ManifestEntry* file = linked_file(manifest, entry))
            goes_with[i] = index_of(manifest, *file);
    }
    std::vector<Unit> units;
    std::vector<std::size_t> unit_of(count);
    for (std::size_t i = 0; i < count; ++i)
        if (goes_with[i] == i && !holds_something[i]) unit_of[i] = units.size(), units.push_back({i, {}});
    for (std::size_t i = 0; i < count; ++i)
        if (goes_with[i] != i) units[unit_of[goes_with[i]]].links.push_back(i);
    return units;
}

class Planner {
  public:
    Planner(const Manifest& manifest, std::uint64_t capacity_bytes, unsigned redundancy)
        : manifest_(manifest),
          units_(units_of(manifest)),
          capacity_(capacity_bytes),
          redundancy_(redundancy) {}

    // `table_bytes`: kept free in each part for the list of all of them.
    Result<std::vector<Manifest>> plan(std::uint64_t table_bytes) const {
        std::vector<Manifest> parts;
        for (std::size_t first = 0; first < units_.size();) {
            const std::size_t end = end_of_part(first, table_bytes);
            if (end == first) return too_large(units_[first], table_bytes);
            parts.push_back(take(first, end));
            first = end;
        }
        return parts;
    }

  private:
    // The units from `first` up to `end`, with the folders they lie in.
    Manifest take(std::size_t first, std::size_t end) const {
        std::vector<bool> taken(manifest_.entries.size(), false);
        const auto take_one = [&](std::size_t index) {
            for (const ManifestEntry* entry = &manifest_.entries[index];
                 entry != nullptr && !taken[index_of(manifest_, *entry)];
                 entry = folder_of(manifest_, *entry))
                taken[index_of(manifest_, *entry)] = true;
        };
        for (std::size_t i = first; i < end; ++i) {
            take_one(units_[i].first);
            for (const std::size_t link : units_[i].links) take_one(link);
        }
        Manifest part;
        for (std::size_t i = 0; i < taken.size(); ++i)
            if (taken[i]) part.entries.push_back(manifest_.entries[i]);
        return part;
    }

    bool fits(std::size_t first, std::size_t end, std::uint64_t table_bytes) const {
        return needed_bytes(take(first, end), redundancy_) + table_bytes <= capacity_;
    }

    // As many units as fit; `first` itself when not even one does.
    std::size_t end_of_part(std::size_t first, std::uint64_t table_bytes) const {
        std::size_t most = first;  // what the files alone allow
        for (std::uint64_t bytes = 0; most < units_.size() && bytes <= capacity_; ++most)
            bytes += manifest_.entries[units_[most].first].size_bytes;
        if (fits(first, most, table_bytes)) return most;
        std::size_t good = first;
        for (std::size_t bad = most; bad - good > 1;) {
            const std::size_t middle = good + (bad - good) / 2;
            (fits(first, middle, table_bytes) ? good : bad) = middle;
        }
        return good;
    }

    std::unexpected<Error> too_large(const Unit& unit, std::uint64_t table_bytes) const {
        const ManifestEntry& entry = manifest_.entries[unit.first];
        const auto at = static_cast<std::size_t>(&unit - units_.data());
        const std::uint64_t needed = needed_bytes(take(at, at + 1), redundancy_) + table_bytes;
        return fail(
            Errc::does_not_fit,
            fmt::format("{} alone needs {} ({} bytes) on disc, and a blank disc takes {} ({} bytes); a "
                        "file is never split (burn.span): cut it into pieces, or use drives with larger "
                        "discs",
                        escape(entry.path), human_bytes(needed), needed, human_bytes(capacity_), capacity_));
    }

    const Manifest& manifest_;
    const std::vector<Unit> units_;
    const std::uint64_t capacity_;
    const unsigned redundancy_;
};

PartContent content_of(const Manifest& part) {
    PartContent content{part.files_count(), part.payload_bytes(), "", ""};
    for (const ManifestEntry& entry : part.entries) {
        if (entry.type != FileType::file) continue;
        if (content.first.empty()) content.first = entry.path;
        content.last = entry.path;
    }
    return content;
}

Part describe(const std::vector<Manifest>& parts, const std::string& seal_id, const std::string& disc_name) {
    Part part{.number = 0, .group = seal_id, .whole = disc_name, .all = {}};
    for (const Manifest& each : parts) part.all.push_back(content_of(each));
    return part;
}

}  // namespace

std::uint64_t needed_bytes(const Manifest& manifest, unsigned redundancy) {
    return estimate_session_bytes(manifest) + estimate_parity_bytes(manifest, redundancy);
}

Result<std::vector<Manifest>> plan_parts(const Manifest& manifest, const std::string& account,
                                         const std::string& disc_name, std::uint64_t capacity_bytes,
                                         unsigned redundancy) {
    const Planner planner(manifest, capacity_bytes, redundancy);
    for (std::uint64_t table_bytes = kLeastTableBytes;; table_bytes *= 4) {
        BB_TRY(auto parts, planner.plan(table_bytes));
        if (parts_table(account, describe(parts, "", disc_name)).size() * 2 <= table_bytes) return parts;
    }
}

std::vector<SealedSession> make_parts(const SealedSession& whole, const std::string& seal_id,
                                      std::vector<Manifest> manifests) {
    Part part = describe(manifests, seal_id, whole.disc_name);
    std::vector<SealedSession> sessions;
    for (Manifest& manifest : manifests) {
        ++part.number;
        SealedSession session{.account = whole.account,
                              .disc_name = part_disc_name(whole.disc_name, part.number, part.count()),
                              .sealed_at = whole.sealed_at,
                              .marker = whole.marker,
                              .manifest = std::move(manifest),
                              .version = whole.version,
                              .part = part,
                              .parity = {}};
        if (part.number == 1) session.removed = whole.removed;
        std::ranges::copy_if(
            whole.name_notes, std::back_inserter(session.name_notes),
            [&](const NameNote& note) { return session.manifest.find(note.path) != nullptr; });
        sessions.push_back(std::move(session));
    }
    return sessions;
}

}  // namespace burnbox
