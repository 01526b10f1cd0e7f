#include "common/catalogue/columns.hpp"

#include <fmt/format.h>

#include <initializer_list>

#include "common/base/text.hpp"
#include "common/catalogue/statements.hpp"

namespace burnbox {
namespace {

template <typename... Members>
void bind_all(soci::statement& statement, Members&... members) {
    (statement.exchange(soci::into(members)), ...);
}

std::unexpected<Error> unknown_word(const char* column, const std::string& word) {
    return fail(
        Errc::corrupt,
        fmt::format("catalogue: read {}: \"{}\" is no such state; restore the catalogue from a backup",
                    column, escape(word)));
}

// The one of `all` that is written so.
template <typename Word>
Result<Word> parse_word(std::initializer_list<Word> all, const char* column, const std::string& text) {
    for (const Word word : all)
        if (text == to_string(word)) return word;
    return unknown_word(column, text);
}

Result<DiscState> parse_disc_state(const std::string& text) {
    using enum DiscState;
    return parse_word({open, full, closed, suspect}, "discs.state", text);
}

Result<AttemptState> parse_attempt_state(const std::string& text) {
    using enum AttemptState;
    return parse_word({writing, verifying, verified, failed}, "attempts.state", text);
}

Result<AttemptCause> parse_cause(const std::string& text) {
    using enum AttemptCause;
    return parse_word({none, interrupted, together, staged_damaged, no_space, write_error, mismatch, unjudged,
                       out_of_reach, disc_gone, image_changed},
                      "attempts.cause", text);
}

Result<Suspicion> parse_suspicion(const std::string& text) {
    using enum Suspicion;
    return parse_word({none, spoiled, unjudged, differs, changed}, "discs.suspicion", text);
}

}  // namespace

Result<Sha256> parse_digest(const std::string& hex, const char* column) {
    const auto digest = Sha256::parse(hex);
    if (!digest)
        return fail(Errc::corrupt,
                    fmt::format("catalogue: read {}: \"{}\" is no SHA-256; restore the catalogue from a "
                                "backup",
                                column, escape(hex)));
    return *digest;
}

void SessionColumns::bind(soci::statement& statement) {
    bind_all(statement, row_.id, row_.account, row_.name, row_.disc_name, row_.pool, copies_, state_,
             row_.folder, row_.folder_next, row_.seal_id, content_digest_, row_.marker_name, marker_sha256_,
             bytes_, files_count_, sealed_at_, burned_at_, verified_at_, row_.reason, root_, row_.whole,
             part_, parts_, row_.retried_after);
}

Result<SessionRow> SessionColumns::row() const {
    SessionRow row = row_;
    const auto state = parse_session_state(state_);
    if (!state) return unknown_word("sessions.state", state_);
    row.state = *state;
    row.staging = to_staging_area(root_);
    BB_TRY(row.content_digest, parse_digest(content_digest_, "sessions.content_digest"));
    BB_TRY(row.marker_sha256, parse_digest(marker_sha256_, "sessions.marker_sha256"));
    row.bytes = static_cast<std::uint64_t>(bytes_);
    row.files_count = static_cast<std::uint64_t>(files_count_);
    row.sealed_at = to_timestamp(sealed_at_);
    row.copies = static_cast<unsigned>(copies_);
    row.part = static_cast<unsigned>(part_);
    row.parts = static_cast<unsigned>(parts_);
    row.burned_at = to_optional_timestamp(burned_at_);
    row.verified_at = to_optional_timestamp(verified_at_);
    return row;
}

void DiscColumns::bind(soci::statement& statement) {
    bind_all(statement, row_.id, row_.label, row_.serial, row_.pool, row_.drive, row_.medium, row_.media_id,
             row_.location, state_, row_.reason, capacity_bytes_, free_bytes_, sessions_used_, sessions_left_,
             next_lba_, row_.head_digest, created_at_, suspicion_, suspect_at_, missing_since_, state_before_,
             row_.reason_before, is_image_);
}

Result<DiscRow> DiscColumns::row() const {
    DiscRow row = row_;
    BB_TRY(row.state, parse_disc_state(state_));
    row.capacity_bytes = static_cast<std::uint64_t>(capacity_bytes_);
    row.free_bytes = static_cast<std::uint64_t>(free_bytes_);
    row.sessions_used = static_cast<unsigned>(sessions_used_);
    row.sessions_left = static_cast<unsigned>(sessions_left_);
    row.next_lba = static_cast<std::uint32_t>(next_lba_);
    row.created_at = to_timestamp(created_at_);
    BB_TRY(row.suspicion, parse_suspicion(suspicion_));
    if (!state_before_.empty()) {
        BB_TRY(row.state_before, parse_disc_state(state_before_));
    }
    row.suspect_at = to_optional_timestamp(suspect_at_);
    row.missing_since = to_optional_timestamp(missing_since_);
    row.is_image = is_image_ != 0;
    return row;
}

void AttemptColumns::bind(soci::statement& statement) {
    bind_all(statement, row_.id, row_.disc, row_.drive, disc_session_, start_lba_, blocks_, state_,
             started_at_, ended_at_, row_.messages, tree_lba_, tree_blocks_, tree_sha256_, cause_, spoiled_);
}

Result<AttemptRow> AttemptColumns::row() const {
    AttemptRow row = row_;
    BB_TRY(row.state, parse_attempt_state(state_));
    row.disc_session = static_cast<unsigned>(disc_session_);
    row.start_lba = static_cast<std::uint32_t>(start_lba_);
    row.blocks = static_cast<std::uint32_t>(blocks_);
    row.started_at = to_timestamp(started_at_);
    row.ended_at = to_optional_timestamp(ended_at_);
    BB_TRY(row.cause, parse_cause(cause_));
    row.spoiled = spoiled_ != 0;
    if (tree_sha256_.empty()) return row;
    BB_TRY(const Sha256 digest, parse_digest(tree_sha256_, "attempts.tree_sha256"));
    row.tree =
        TreeArea{static_cast<std::uint32_t>(tree_lba_), static_cast<std::uint32_t>(tree_blocks_), digest};
    return row;
}

void DiscSessionColumns::bind(soci::statement& statement) {
    bind_all(statement, row_.disc, row_.disc_label, disc_session_, row_.session, row_.account,
             row_.session_name, start_lba_, blocks_, burned_at_, verified_at_, row_.medium, row_.media_id,
             row_.serial, row_.drive, row_.location, part_, checked_at_, good_);
}

Result<DiscSessionRow> DiscSessionColumns::row() const {
    DiscSessionRow row = row_;
    row.disc_session = static_cast<unsigned>(disc_session_);
    row.start_lba = static_cast<std::uint32_t>(start_lba_);
    row.blocks = static_cast<std::uint32_t>(blocks_);
    row.part = static_cast<unsigned>(part_);
    row.burned_at = to_timestamp(burned_at_);
    row.verified_at = to_timestamp(verified_at_);
    row.checked_at = to_optional_timestamp(checked_at_);
    row.good = good_ != 0;
    return row;
}

void FileColumns::bind(soci::statement& statement) {
    bind_all(statement, row_.path, size_bytes_, sha256_, lba_, part_);
}

Result<FileRow> FileColumns::row() const {
    FileRow row = row_;
    row.size_bytes = static_cast<std::uint64_t>(size_bytes_);
    BB_TRY(row.sha256, parse_digest(sha256_, "files.sha256"));
    row.lba = static_cast<std::uint32_t>(lba_);
    row.part = static_cast<unsigned>(part_);
    return row;
}

}  // namespace burnbox
