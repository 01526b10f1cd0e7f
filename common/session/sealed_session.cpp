#include "common/session/sealed_session.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/session/json_line.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kSealRecordVersion = 1;

std::unexpected<Error> bad_header(std::string_view why) {
    return fail(Errc::corrupt, fmt::format("seal record line 1: {}", why));
}

Result<SealedSession> parse_header(std::string_view line, std::uint64_t& entries_count,
                                   std::uint64_t& removed_count) {
    SealedSession session;
    session.version.clear();
    JsonLineReader reader(line);
    std::optional<std::uint64_t> version, entries;
    bool has_time = false, has_digest = false;
    while (const auto field = reader.next()) {
        if (field->key == "burnbox_seal")
            version = field->number;
        else if (field->key == "account")
            session.account = field->text;
        else if (field->key == "session")
            session.disc_name = field->text;
        else if (field->key == "entries")
            entries = field->number;
        else if (field->key == "removed")
            removed_count = field->number.value_or(0);
        else if (field->key == "version")
            session.version = field->text;
        else if (field->key == "marker")
            session.marker.name = field->text;
        else if (field->key == "sealed_at") {
            const auto time = parse_iso8601(field->text);
            has_time = time.has_value();
            session.sealed_at = time.value_or(Timestamp());
        } else if (field->key == "marker_sha256") {
            const auto digest = Sha256::parse(field->text);
            has_digest = digest.has_value();
            session.marker.sha256 = digest.value_or(Sha256());
        } else if (field->key == "marker_hex") {
            auto content = from_hex(field->text);
            if (!content) return bad_header("the marker's content is no hexadecimal text");
            session.marker.content = std::move(*content);
        }
    }
    if (!reader.good() || !version) return bad_header("it is no header of a seal record");
    if (*version != kSealRecordVersion)
        return bad_header(fmt::format("version {} is not known here", *version));
    if (session.account.empty() || session.disc_name.empty() || session.version.empty() || !has_time ||
        !has_digest || !entries)
        return bad_header("something is missing");
    entries_count = *entries;
    return session;
}

// The lines between header and manifest.
Status take_removed(std::string_view& text, std::uint64_t count, std::vector<std::string>& removed) {
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::size_t end = text.find('\n');
        JsonLineReader reader(text.substr(0, end));
        const auto field = reader.next();
        if (end == std::string_view::npos || !field || field->key != "removed" || field->number)
            return fail(Errc::corrupt, fmt::format("seal record line {}: it is no removed path", i + 2));
        removed.emplace_back(field->text);
        text.remove_prefix(end + 1);
    }
    return {};
}

}  // namespace

std::string to_seal_record(const SealedSession& session) {
    std::string out;
    JsonLineWriter line(out);
    line.number("burnbox_seal", kSealRecordVersion).text("version", session.version);
    line.text("account", session.account).text("session", session.disc_name);
    line.text("sealed_at", to_iso8601(session.sealed_at)).number("entries", session.manifest.entries.size());
    line.text("marker", session.marker.name).text("marker_sha256", session.marker.sha256.hex());
    line.text("marker_hex", to_hex(session.marker.content));
    if (!session.removed.empty()) line.number("removed", session.removed.size());
    line.end();
    for (const std::string& path : session.removed) JsonLineWriter(out).text("removed", path).end();
    out += to_jsonl(session.manifest, "");
    return out;
}

Result<SealedSession> parse_seal_record(std::string_view text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return bad_header("it is cut off");
    std::uint64_t entries_count = 0;
    std::uint64_t removed_count = 0;
    BB_TRY(SealedSession session, parse_header(text.substr(0, end), entries_count, removed_count));
    text.remove_prefix(end + 1);
    BB_CHECK(take_removed(text, removed_count, session.removed));
    auto manifest = parse_jsonl(text, "");
    if (!manifest) {
        Error error = std::move(manifest).error();
        error.message = "seal record, manifest " + error.message;
        return std::unexpected(std::move(error));
    }
    if (manifest->entries.size() != entries_count)
        return fail(Errc::corrupt, fmt::format("seal record: it has {} of {} entries",
                                               manifest->entries.size(), entries_count));
    session.manifest = std::move(*manifest);
    return session;
}

}  // namespace burnbox
