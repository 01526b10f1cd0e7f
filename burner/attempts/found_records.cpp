#include "burner/attempts/found_records.hpp"

#include <algorithm>

#include "burner/schedule/burn_job.hpp"
#include "common/base/text.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/marks/found_again.hpp"
#include "common/session/parity.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox {
namespace {

constexpr const char* kNotSeen =
    "no disc that holds it was seen since the catalogue was put back: put its disc into a drive, or its "
    "image "
    "into image_dir";

// Of a row that was made from a receipt the content is not known, but how much it was, and when it was
// sealed.
bool is_same(const SessionRow& row, const SealedSession& sealed) {
    if (row.content_digest != Sha256()) return row.content_digest == sealed.manifest.content_digest();
    return row.bytes == sealed.manifest.payload_bytes() && row.files_count == sealed.manifest.files_count() &&
           to_iso8601(row.sealed_at) == to_iso8601(sealed.sealed_at);
}

// Unless the one that is there has the same files: it knows better than a disc with how many percent they
// were made.
Status keep_parity_record(FileSystem& state_fs, const std::string& seal_id, const std::string& record) {
    if (record.empty()) return {};
    BB_TRY(const Parity found, parse_parity_record(record));
    const auto own = read_parity(state_fs, seal_id);
    if (!own && own.error().code != Errc::corrupt) return std::unexpected(own.error());
    if (own && own->layout == found.layout && own->files == found.files) return {};
    return replace_file(state_fs, parity_record_path(seal_id), record);
}

}  // namespace

// A part's row is found by its session's.
Result<std::optional<SessionRow>> FoundRecords::row_of(const std::string& account,
                                                       const std::string& disc_name) {
    const std::string whole(whole_disc_name(disc_name));
    BB_TRY(auto row, services_.catalogue.find_session(account, whole));
    if (!row || whole == disc_name) return row;
    BB_TRY(auto parts, services_.catalogue.parts(row->id));
    const auto part = std::ranges::find(parts, disc_name, &SessionRow::disc_name);
    if (part == parts.end()) return std::optional<SessionRow>();
    return std::optional(std::move(*part));
}

// That of a seal record that no row refers to and that says the same; else a new one, written durably.
Result<std::string> FoundRecords::seal_id_for(const FoundSession& found, const SealedSession& sealed) {
    BB_TRY(const auto ids, unreferenced_seals(services_.state_fs, services_.catalogue));
    for (const std::string& id : ids) {
        SessionRow row;
        row.seal_id = id;
        const auto other = read_seal(services_.state_fs, row);
        if (other && other->identifier() == sealed.identifier() &&
            other->manifest.content_digest() == sealed.manifest.content_digest()) {
            BB_CHECK(keep_parity_record(services_.state_fs, id, found.parity_record));
            return id;
        }
    }
    std::string id = random_uuid();
    BB_CHECK(keep_parity_record(services_.state_fs, id, found.parity_record));
    BB_CHECK(replace_file(services_.state_fs, seal_record_path(id), found.seal_record));
    return id;
}

Result<SessionRow> FoundRecords::new_row(const SealedSession& sealed, const std::string& seal_id,
                                         const std::string& pool) {
    SessionRow row = row_of_seal(sealed);
    row.pool = pool;
    row.copies = copies_of(services_.config, pool);
    row.seal_id = seal_id;
    BB_TRY(const auto folder, burned_folder_of(services_.inbox.fs(), row));
    row.state = SessionState::burned;
    if (folder) {
        row.folder = *folder;
        row.name = parse_folder(*folder).name;
        return row;
    }
    // One of its copies did not succeed, and this one did.
    BB_TRY(const auto failed, failed_folder_of(services_.inbox, services_.catalogue, sealed));
    if (failed) {
        row.state = SessionState::failed;
        row.folder = *failed;
        row.name = parse_folder(*failed).name;
        row.reason = kHadFailed;
    }
    return row;
}

// The rows of the parts, as far as their records say them. Empty: one is not there.
Result<std::vector<SessionRow>> FoundRecords::rows_of_parts(const Part& part) {
    std::vector<SessionRow> rows;
    for (unsigned number = 1; number <= part.count(); ++number) {
        SessionRow row;
        row.seal_id = part_seal_id(part.group, number);
        const auto sealed = read_seal(services_.state_fs, row);
        if (!sealed && sealed.error().code == Errc::corrupt) return std::vector<SessionRow>();
        if (!sealed) return std::unexpected(sealed.error());
        rows.push_back(row_of_seal(*sealed));
        rows.back().seal_id = row.seal_id;
    }
    return rows;
}

// Nothing: its record is not there.
Result<std::optional<SessionRow>> FoundRecords::whole_of(const SealedSession& part, const std::string& pool) {
    BB_TRY(auto known, services_.catalogue.find_session(part.account, part.part->whole));
    if (known) return known;
    SessionRow row;
    row.seal_id = part.part->group;
    const auto sealed = read_seal(services_.state_fs, row);
    if (!sealed && sealed.error().code == Errc::corrupt) return std::optional<SessionRow>();
    if (!sealed) return std::unexpected(sealed.error());
    BB_TRY(row, new_row(*sealed, row.seal_id, pool));
    const auto id = services_.catalogue.add_session(row);
    if (!id && id.error().code == Errc::exists)
        return services_.catalogue.find_session(part.account, part.part->whole);
    if (!id) return std::unexpected(id.error());
    row.id = *id;
    return std::optional(std::move(row));
}

// Parts are what the whole one is: what has failed or is burned is not to be burned by itself. Of one that is
// burned each part waits for its disc to be seen.
Status FoundRecords::give_parts(const SealedSession& part, const std::string& pool) {
    BB_TRY(auto rows, rows_of_parts(*part.part));
    if (rows.empty()) return {};
    BB_TRY(const auto whole, whole_of(part, pool));
    if (!whole || whole->seal_id != part.part->group || whole->parts != 0) return {};
    for (SessionRow& row : rows) {
        row.state = whole->state;
        if (row.state == SessionState::failed) row.reason = whole->reason;
        if (row.state == SessionState::burned) row.reason = kNotSeen;
    }
    const Status split = services_.catalogue.split_session(whole->id, rows);
    return !split && split.error().code == Errc::conflict ? Status() : split;
}

// What was burned was made from the record of then: one that was made anew since says less. The one of then
// says what a disc does not.
Status FoundRecords::keep_record(const FoundSession& found, const SealedSession& sealed,
                                 const SessionRow& row) {
    const auto own = read_seal(services_.state_fs, row);
    if (!own && own.error().code != Errc::corrupt) return std::unexpected(own.error());
    BB_TRY(const auto copies, services_.catalogue.copies(row.id));
    if (own && !copies.empty()) return {};
    BB_CHECK(keep_parity_record(services_.state_fs, row.seal_id, found.parity_record));
    if (own && to_iso8601(own->sealed_at) == to_iso8601(sealed.sealed_at)) return {};
    return replace_file(services_.state_fs, seal_record_path(row.seal_id), found.seal_record);
}

// Sealed twice with the same content, the same files sent once more: what was burned of the one sealing is
// proved by its own record alone, for times differ. A record that nothing was burned from may be one that was
// made anew.
Result<bool> FoundRecords::is_of_another_sealing(const SealedSession& sealed, const SessionRow& row,
                                                 bool at_work) {
    const auto own = read_seal(services_.state_fs, row);
    if (!own && own.error().code != Errc::corrupt) return std::unexpected(own.error());
    if (!own || to_iso8601(own->sealed_at) == to_iso8601(sealed.sealed_at)) return false;
    BB_TRY(const auto copies, services_.catalogue.copies(row.id));
    return at_work || !copies.empty();
}

// Its attempt on this very disc is judged by what the disc holds: who does that has the claim.
Result<bool> FoundRecords::is_judged_here(const SessionRow& row) {
    BB_TRY(const auto unfinished, services_.catalogue.unfinished_attempts());
    return std::ranges::any_of(unfinished, [&](const AttemptRow& attempt) {
        return attempt.disc == disc_ && std::ranges::count(attempt.sessions, row.id) != 0;
    });
}

Result<KnownSession> FoundRecords::find(const FoundSession& found, const std::string& pool) {
    BB_TRY(auto row, row_of(found.account, found.disc_name));
    if (found.seal_record.empty()) {
        // What the disc does not say, the record of a session of that name may.
        if (!row) return fail(Errc::corrupt, found.unclear);
        BB_CHECK(read_seal(services_.state_fs, *row));
        return KnownSession{*row};
    }
    BB_TRY(const SealedSession sealed, parse_seal_record(found.seal_record));
    if (!row && sealed.part) {
        BB_CHECK(give_parts(sealed, pool));
        BB_TRY(row, row_of(found.account, found.disc_name));
    }
    if (row && is_same(*row, sealed)) {
        // A drive that makes a copy of it now works with its records as they are.
        const auto claim = schedule_.claim(row->id);
        BB_TRY(const bool judged, is_judged_here(*row));
        const bool free = claim || judged;
        BB_TRY(const bool another, is_of_another_sealing(sealed, *row, !free));
        if (!another && free) BB_CHECK(keep_record(found, sealed, *row));
        row->content_digest = sealed.manifest.content_digest();
        if (!another) return KnownSession{*row};
    }
    BB_TRY(const std::string seal_id, seal_id_for(found, sealed));
    BB_TRY(SessionRow made, new_row(sealed, seal_id, pool));
    // A part of a session whose other parts are not known is no session.
    const bool is_part = whole_disc_name(found.disc_name) != found.disc_name;
    BB_TRY(const bool name_is_taken, services_.catalogue.is_name_taken(found.account, found.disc_name));
    return KnownSession{std::move(made), name_is_taken || is_part};
}

}  // namespace burnbox
