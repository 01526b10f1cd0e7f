#include "tests/support/burner/fake_drive.hpp"

#include <algorithm>

#include "burner/operations/found_disc_session.hpp"
#include "common/bag/found_layout.hpp"
#include "common/base/digest.hpp"

namespace burnbox::test {
namespace {

std::uint32_t blocks_of(std::uint64_t bytes) {
    return static_cast<std::uint32_t>((bytes + kSectorBytes - 1) / kSectorBytes);
}

std::uint32_t next_lba(const FakeDisc& disc) {
    if (disc.sessions.empty()) return 32;
    const FakeDiscSession& last = disc.sessions.back();
    return (last.start_lba + last.blocks + 31) / 32 * 32;
}

std::string head_digest(const FakeDisc& disc) {
    std::string head = disc.serial;
    for (const FakeDiscSession& session : disc.sessions)
        head += std::to_string(session.start_lba) + " " + std::to_string(session.whole);
    return disc.sessions.empty() ? "" : Sha256::of(head).hex();
}

// Its folders are those of its sessions.
TreeArea tree_of(const FakeDiscSession& session) {
    std::string names;
    for (const std::string& name : session.sessions) names += name + "\n";
    return {session.start_lba, FakeDrive::kOverheadBlocks, Sha256::of(names)};
}

}  // namespace

std::size_t FakeShelf::times_burned(const std::string& label, const std::string& session) const {
    const auto disc = discs.find(label);
    if (disc == discs.end()) return 0;
    std::size_t times = 0;
    for (const FakeDiscSession& written : disc->second.sessions)
        if (written.whole) times += static_cast<std::size_t>(std::ranges::count(written.sessions, session));
    return times;
}

FakeDrive::FakeDrive(std::string name, FakeShelf& shelf, std::vector<FileSystem*> roots)
    : name_(std::move(name)), shelf_(shelf), roots_(std::move(roots)) {}

std::uint64_t FakeDrive::blank_capacity_bytes() const {
    return shelf_.capacity_bytes - 64 * kSectorBytes;
}

Status FakeDrive::load(const DiscToLoad& disc) {
    const std::string& label = disc.label;
    if (before_load) BB_CHECK(before_load());
    BB_CHECK(check_shelf());
    if (look && loaded != label)
        return fail(loaded.empty() ? Errc::no_medium : Errc::wrong_medium,
                    "drive " + name_ + ": insert disc " + label);
    if (!shelf_.discs.contains(label))
        return fail(Errc::not_found, "load " + label + ": no such disc on the shelf");
    loaded = label;
    return {};
}

Status FakeDrive::check_shelf() {
    if (!shelf_.away) return {};
    return std::unexpected(
        Error{Errc::unreachable, 0, "image_dir /shelf/" + name_ + " is away", Origin::state_folder});
}

Status FakeDrive::load_blank(const std::string& label) {
    if (before_load) BB_CHECK(before_load());
    BB_CHECK(check_shelf());
    const bool is_in = look && loaded == label && shelf_.discs.contains(label);
    if (is_in && shelf_.discs.at(label).sessions.empty()) return {};
    const auto there = shelf_.discs.find(label);
    if (there != shelf_.discs.end() && (look || !there->second.sessions.empty()))
        return fail(Errc::exists, "load a blank as " + label + ": the name is taken");
    if (there != shelf_.discs.end()) {
        loaded = label;
        return {};
    }
    if (shelf_.blanks == 0U)
        return fail(Errc::no_medium, "drive " + name_ + ": no blank disc is left; put one in");
    if (shelf_.blanks) --*shelf_.blanks;
    shelf_.discs[label].label = label;
    loaded = label;
    return {};
}

Result<std::vector<ShelfDisc>> FakeDrive::shelf() {
    std::vector<ShelfDisc> discs;
    if (!emulated()) return discs;
    BB_CHECK(check_shelf());
    for (const auto& [label, disc] : shelf_.discs)
        discs.push_back({.label = label,
                         .serial = disc.serial,
                         .location = "/shelf/" + label + ".iso",
                         .head_digest = head_digest(disc),
                         .blank = disc.sessions.empty(),
                         .closed = disc.closed});
    return discs;
}

Result<Medium> FakeDrive::inspect() {
    Medium medium;
    const auto found = shelf_.discs.find(loaded);
    if (found == shelf_.discs.end()) return medium;
    const FakeDisc& disc = found->second;
    const bool cut = !disc.sessions.empty() && !disc.sessions.back().whole;
    const std::uint64_t used = std::uint64_t{next_lba(disc) + kOverheadBlocks} * kSectorBytes;
    medium.profile = shelf_.medium;
    medium.media_id = shelf_.media_id;
    medium.readable = !disc.sessions.empty() && !cut;
    medium.state = disc.of_refused_kind    ? MediumState::foreign
                   : disc.closed           ? MediumState::closed
                   : disc.sessions.empty() ? MediumState::blank
                   : cut                   ? MediumState::damaged
                                           : MediumState::appendable;
    medium.label = disc.sessions.empty() ? "" : disc.label;
    medium.serial = disc.serial;
    medium.location = "/shelf/" + disc.label + ".iso";
    medium.capacity_bytes = shelf_.capacity_bytes;
    medium.free_bytes = used < shelf_.capacity_bytes ? shelf_.capacity_bytes - used : 0;
    medium.sessions_used = static_cast<unsigned>(disc.sessions.size());
    medium.sessions_left = shelf_.session_limit - medium.sessions_used;
    medium.next_lba = next_lba(disc);
    if (emulated()) medium.head_digest = head_digest(disc);
    if (disc.closed || disc.of_refused_kind) medium.free_bytes = 0, medium.sessions_left = 0;
    if (disc.of_refused_kind) medium.reason = "burn.write_once_only refuses rewritable discs";
    return medium;
}

Result<std::string> FakeDrive::read_host(const std::string& path) const {
    for (FileSystem* fs : roots_) {
        std::string root = fs->host_path("");
        while (root.ends_with('/')) root.pop_back();
        if (path.starts_with(root + "/")) return read_file(*fs, path.substr(root.size() + 1), 1ULL << 30U);
    }
    return fail(Errc::not_found, "read " + path + ": below no root of the test");
}

Result<std::vector<FakeDrive::Staged>> FakeDrive::stage(const BurnJob& job) const {
    std::vector<Staged> staged;
    for (const BurnSession& session : job.sessions) {
        BB_TRY(const std::string record, read_host(session.seal_record));
        BB_TRY(SealedSession sealed, parse_seal_record(record));
        if (!session.parity_record.empty()) {
            BB_TRY(const std::string parity, read_host(session.parity_record));
            BB_TRY(sealed.parity, parse_parity_record(parity));
        }
        std::vector<DiscEntry> entries = disc_entries(sealed, job.layout, job.modes);
        staged.push_back({std::move(sealed), session.folder, session.parity_folder, std::move(entries)});
    }
    return staged;
}

Result<FakeDisc*> FakeDrive::disc_for(const BurnJob& job, bool before_writing) {
    const auto found = shelf_.discs.find(loaded);
    if (found == shelf_.discs.end() || found->first != job.disc.label)
        return fail(Errc::wrong_medium,
                    "drive " + name_ + ": insert " + job.disc.label + "; in it is '" + loaded + "'");
    FakeDisc& disc = found->second;
    const bool lost = disc.sessions.size() < job.disc.sessions_used || next_lba(disc) < job.disc.next_lba;
    const bool changed =
        before_writing && !job.disc.head_digest.empty() && job.disc.head_digest != head_digest(disc);
    const bool another = !disc.sessions.empty() && disc.serial != job.disc.serial;
    if (lost || changed || another)
        return fail(Errc::wrong_medium, "disc " + disc.label + " is not as the catalogue knows it");
    return &disc;
}

Result<Written> FakeDrive::burn(const BurnJob& job, BurnObserver& observer) {
    BB_TRY(FakeDisc * disc, disc_for(job, true));
    if (disc->sessions.size() != job.disc.sessions_used)
        return fail(Errc::wrong_medium,
                    "disc " + disc->label + " has disc sessions that the catalogue does not know");
    if (disc->closed) return fail(Errc::wrong_medium, "disc " + disc->label + " is closed");
    if (!disc->sessions.empty() && job.tree && job.tree != tree_of(disc->sessions.back()))
        return fail(Errc::wrong_medium, "what is on disc " + disc->label + " is not as it was burned");
    if (job.sessions.empty() && job.close_disc) {
        disc->closed = true;
        return Written{};
    }
    BB_TRY(const auto staged, stage(job));
    FakeDiscSession next;
    next.start_lba = next_lba(*disc);
    next.blocks = kOverheadBlocks;
    for (const Staged& one : staged) {
        next.sessions.push_back(one.sealed.identifier());
        for (const DiscEntry& entry : one.entries) next.blocks += blocks_of(entry.size_bytes);
    }
    BB_TRY(const Medium medium, inspect());
    const std::uint64_t bytes = std::uint64_t{next.blocks} * kSectorBytes;
    if (bytes > medium.free_bytes || medium.sessions_left == 0)
        return fail(Errc::does_not_fit, "disc " + disc->label + ": the disc session needs " +
                                            std::to_string(bytes) + " bytes, " +
                                            std::to_string(medium.free_bytes) + " are free");
    needed_bytes = bytes;
    if (before_write) BB_CHECK(before_write(job));
    BB_CHECK(observer.about_to_write(
        {static_cast<unsigned>(disc->sessions.size()) + 1, next.start_lba, next.blocks, tree_of(next)}));
    if (disc->sessions.empty()) disc->serial = job.disc.serial;
    disc->sessions.push_back(next);
    FakeDiscSession& target = disc->sessions.back();
    BB_CHECK(write_entries(staged, target, observer));
    target.whole = true;
    BB_TRY(const Medium after, inspect());
    disc->closed = job.close_disc || (job.close_below_bytes != 0 &&
                                      (after.sessions_left == 0 || after.free_bytes < job.close_below_bytes));
    if (after_write) BB_CHECK(after_write());
    return Written{target.start_lba, target.blocks, ""};
}

Status FakeDrive::write_entries(const std::vector<Staged>& staged, FakeDiscSession& target,
                                BurnObserver& observer) {
    std::uint32_t lba = target.start_lba + kOverheadBlocks;
    Progress progress{0, std::uint64_t{target.blocks} * kSectorBytes};
    if (during_write) BB_CHECK(during_write());
    for (const Staged& one : staged) {
        for (const DiscEntry& entry : one.entries) {
            FakeDiscEntry written{entry.type, entry.link_target, 0, entry.mode,
                                  std::chrono::floor<std::chrono::seconds>(entry.mtime)};
            if (entry.type == FileType::file) {
                written.content = entry.content;
                if (!entry.staged.empty()) {
                    auto content =
                        read_host((entry.parity ? one.parity_folder : one.folder) + "/" + entry.staged);
                    if (!content && content.error().code == Errc::not_found)
                        return fail(Errc::corrupt, one.sealed.identifier() + "/" + entry.staged + " is gone");
                    if (!content) return std::unexpected(std::move(content).error());
                    written.content = std::move(*content);
                }
                if (Sha256::of(written.content) != entry.sha256)
                    return fail(Errc::corrupt,
                                one.sealed.identifier() + "/" + entry.staged + " differs from its manifest");
                written.lba = written.content.empty() ? 0 : lba;
                lba += blocks_of(written.content.size());
                progress.done_bytes += written.content.size();
                if (change_on_disc) change_on_disc(written.content);
            }
            target.entries.emplace(entry.path, std::move(written));
            observer.progress(progress);
        }
    }
    return {};
}

Result<VerifyReport> FakeDrive::verify(const BurnJob& job, unsigned disc_session, BurnObserver& observer) {
    ++read_backs;
    if (before_verify) BB_CHECK(before_verify());
    BB_TRY(FakeDisc * disc, disc_for(job, false));
    BB_TRY(auto staged, stage(job));
    VerifyReport report{.layout = job.layout, .modes = job.modes};
    if (disc_session == 0 || disc_session > disc->sessions.size() || !disc->sessions[disc_session - 1].whole)
        return fail(Errc::io, "disc " + disc->label + " has no disc session " + std::to_string(disc_session));
    const FakeDiscSession& session = disc->sessions[disc_session - 1];
    if (job.tree && job.tree != tree_of(session)) report.mismatches.emplace_back("its folders differ");
    for (Staged& one : staged) {
        if (!job.just_burned) {
            report.layout = found_layout(one.sealed, job.layout, [&](const std::string& path) {
                return session.entries.contains(path);
            });
            one.entries = disc_entries(one.sealed, report.layout, job.modes);
        }
        for (const DiscEntry& entry : one.entries) {
            const auto found = session.entries.find(entry.path);
            if (found == session.entries.end() || found->second.type != entry.type ||
                (entry.type == FileType::file && Sha256::of(found->second.content) != entry.sha256) ||
                (entry.type == FileType::symlink && found->second.content != entry.link_target)) {
                report.mismatches.push_back(entry.path + " differs from its manifest");
                continue;
            }
            if (entry.type != FileType::file) continue;
            ++report.files_checked;
            report.bytes_checked += entry.size_bytes;
            report.files.push_back({entry.path, found->second.lba});
            observer.progress({report.bytes_checked, std::uint64_t{session.blocks} * kSectorBytes});
        }
    }
    return report;
}

Result<Drive::Outcome> FakeDrive::adjudicate(const BurnJob& job, unsigned disc_session,
                                             std::uint32_t start_lba) {
    if (before_adjudicate) BB_CHECK(before_adjudicate());
    BB_TRY(FakeDisc * disc, disc_for(job, false));
    if (disc->sessions.size() < disc_session) return Outcome::untouched;
    if (disc->sessions.size() > disc_session) return Outcome::holds_more;
    const FakeDiscSession& session = disc->sessions[disc_session - 1];
    if (session.start_lba != start_lba) return Outcome::damaged;
    if (session.whole) return Outcome::written;
    if (after_cut == Outcome::damaged) return Outcome::damaged;
    disc->sessions.pop_back();
    if (disc->sessions.empty()) disc->serial.clear();
    return after_cut;
}

namespace {

// With the folders that lead to what the disc session brought.
std::vector<ManifestEntry> listing_of(const FakeDiscSession& session) {
    std::map<std::string, ManifestEntry> entries;
    for (const auto& [path, entry] : session.entries) {
        for (std::string_view parent = parent_path(path); !parent.empty(); parent = parent_path(parent))
            entries.try_emplace(std::string(parent),
                                ManifestEntry{.path = std::string(parent), .type = FileType::folder});
        const bool is_link = entry.type == FileType::symlink;
        entries[path] = {.path = path,
                         .type = entry.type,
                         .mode = entry.mode,
                         .mtime = entry.mtime,
                         .size_bytes = is_link ? 0 : entry.content.size(),
                         .link_target = is_link ? entry.content : ""};
    }
    std::vector<ManifestEntry> list;
    for (auto& [path, entry] : entries) list.push_back(std::move(entry));
    return list;
}

}  // namespace

Result<std::vector<FoundDiscSession>> FakeDrive::contents(const DiscIdentity& identity, unsigned known) {
    if (before_contents) BB_CHECK(before_contents());
    const auto found = shelf_.discs.find(loaded);
    if (found == shelf_.discs.end() || found->second.serial != identity.serial)
        return fail(Errc::wrong_medium, "drive " + name_ + ": insert " + identity.label);
    std::vector<FoundDiscSession> list;
    const std::vector<FakeDiscSession>& sessions = found->second.sessions;
    for (unsigned number = known + 1; number <= sessions.size() && sessions[number - 1].whole; ++number) {
        const FakeDiscSession& session = sessions[number - 1];
        const auto read = [&](const std::string& path) -> Result<std::string> {
            const auto entry = session.entries.find(path);
            if (entry == session.entries.end()) return fail(Errc::not_found, path + " is not on the disc");
            return entry->second.content;
        };
        list.push_back(found_disc_session(number, {}, listing_of(session), read));
        list.back().start_lba = session.start_lba;
        list.back().blocks = session.blocks;
    }
    return list;
}

}  // namespace burnbox::test
