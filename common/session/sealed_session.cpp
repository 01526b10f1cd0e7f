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

// How many lines of each kind follow the header.
struct LineCounts {
    std::uint64_t removed = 0;
    std::uint64_t parts = 0;
    std::uint64_t names = 0;
    std::uint64_t entries = 0;
};

Result<SealedSession> parse_header(std::string_view line, LineCounts& counts) {
    SealedSession session;
    session.version.clear();
    Part part;
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
            counts.removed = field->number.value_or(0);
        else if (field->key == "part")
            part.number = static_cast<unsigned>(field->number.value_or(0));
        else if (field->key == "parts")
            counts.parts = field->number.value_or(0);
        else if (field->key == "names")
            counts.names = field->number.value_or(0);
        else if (field->key == "group")
            part.group = field->text;
        else if (field->key == "whole")
            part.whole = field->text;
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
    counts.entries = *entries;
    if (part.number == 0 && counts.parts == 0) return session;
    if (part.number == 0 || part.number > counts.parts || part.group.empty() || part.whole.empty())
        return bad_header("it is no header of a part");
    session.part = std::move(part);
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

Result<PartContent> parse_part_content(std::string_view line) {
    PartContent content;
    JsonLineReader reader(line);
    std::optional<std::uint64_t> files, bytes;
    while (const auto field = reader.next()) {
        if (field->key == "part_files")
            files = field->number;
        else if (field->key == "bytes")
            bytes = field->number;
        else if (field->key == "first")
            content.first = field->text;
        else if (field->key == "last")
            content.last = field->text;
    }
    if (!reader.good() || !files || !bytes)
        return fail(Errc::corrupt, "seal record: a line that should describe a part does not");
    content.files_count = *files;
    content.bytes = *bytes;
    return content;
}

// The lines between the removed paths and the manifest.
Status take_parts(std::string_view& text, std::uint64_t count, std::vector<PartContent>& all) {
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return fail(Errc::corrupt, "seal record: it is cut off");
        BB_TRY(PartContent content, parse_part_content(text.substr(0, end)));
        all.push_back(std::move(content));
        text.remove_prefix(end + 1);
    }
    return {};
}

// The lines after those.
Status take_names(std::string_view& text, std::uint64_t count, std::vector<NameNote>& notes) {
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::size_t end = text.find('\n');
        JsonLineReader reader(text.substr(0, end));
        NameNote note;
        std::optional<NameReader> by;
        while (const auto field = reader.next()) {
            if (field->key == "reader") by = parse_name_reader(field->text);
            if (field->key == "name") note.path = field->text;
            if (field->key == "shown") note.shown = field->text;
        }
        if (end == std::string_view::npos || !reader.good() || !by || note.path.empty())
            return fail(Errc::corrupt, "seal record: a line that should tell of a name does not");
        note.reader = *by;
        notes.push_back(std::move(note));
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
    if (session.part)
        line.number("part", session.part->number)
            .number("parts", session.part->count())
            .text("group", session.part->group)
            .text("whole", session.part->whole);
    if (!session.name_notes.empty()) line.number("names", session.name_notes.size());
    line.end();
    for (const std::string& path : session.removed) JsonLineWriter(out).text("removed", path).end();
    if (session.part)
        for (const PartContent& content : session.part->all)
            JsonLineWriter(out)
                .number("part_files", content.files_count)
                .number("bytes", content.bytes)
                .text("first", content.first)
                .text("last", content.last)
                .end();
    for (const NameNote& note : session.name_notes)
        JsonLineWriter(out)
            .text("reader", to_string(note.reader))
            .text("name", note.path)
            .text("shown", note.shown)
            .end();
    out += to_jsonl(session.manifest, "");
    return out;
}

Result<SealedSession> parse_seal_record(std::string_view text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return bad_header("it is cut off");
    LineCounts counts;
    BB_TRY(SealedSession session, parse_header(text.substr(0, end), counts));
    text.remove_prefix(end + 1);
    BB_CHECK(take_removed(text, counts.removed, session.removed));
    if (session.part) BB_CHECK(take_parts(text, counts.parts, session.part->all));
    BB_CHECK(take_names(text, counts.names, session.name_notes));
    auto manifest = parse_jsonl(text, "");
    if (!manifest) {
        Error error = std::move(manifest).error();
        error.message = "seal record, manifest " + error.message;
        return std::unexpected(std::move(error));
    }
    if (manifest->entries.size() != counts.entries)
        return fail(Errc::corrupt, fmt::format("seal record: it has {} of {} entries",
                                               manifest->entries.size(), counts.entries));
    session.manifest = std::move(*manifest);
    return session;
}

std::string seal_record_path(std::string_view seal_id) {
    return fmt::format("seals/{}.jsonl", seal_id);
}

Result<SealedSession> read_seal_record(FileSystem& state_fs, std::string_view seal_id) {
    BB_TRY(const std::string text, read_file(state_fs, seal_record_path(seal_id), kMostSealRecordBytes));
    return parse_seal_record(text);
}

Result<FoundSealRecord> find_seal_record(FileSystem& state_fs, std::string_view seal_id) {
    auto sealed = read_seal_record(state_fs, seal_id);
    if (sealed) return FoundSealRecord{.sealed = std::move(*sealed)};
    if (sealed.error().code == Errc::corrupt) return FoundSealRecord{.damage = std::move(sealed).error()};
    if (sealed.error().code == Errc::not_found) return FoundSealRecord{};
    return std::unexpected(std::move(sealed).error());
}

}  // namespace burnbox
