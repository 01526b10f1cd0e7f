// What is promised on the strength of a record is carried out by those who read it: every record with
// generated values is read as it was written.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/session/receipt.hpp"
#include "common/session/sealed_session.hpp"
#include "tests/support/generated.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

constexpr std::uint64_t kSeeds = 300;

ManifestEntry entry_of(Generated& any) {
    ManifestEntry entry;
    entry.path = any.path();
    entry.mode = any.mode(), entry.uid = any.number32(), entry.gid = any.number32(), entry.mtime = any.time();
    switch (any.number(2)) {
        case 0:
            entry.type = FileType::folder;
            break;
        case 1:
            entry.type = FileType::symlink;
            entry.link_target = any.path();
            break;
        default:
            entry.size_bytes = any.size(), entry.sha256 = any.digest();
    }
    if (any.number(4) == 0) entry.source = "x" + any.bytes();
    return entry;
}

SealedSession session_of(Generated& any) {
    SealedSession session;
    session.account = any.name(), session.disc_name = any.name(), session.sealed_at = any.whole_time();
    session.version = any.name();
    if (any.coin()) session.marker = {any.name(), any.bytes(100), any.digest()};
    for (std::uint64_t left = any.number(20); left > 0; --left)
        session.manifest.entries.push_back(entry_of(any));
    auto& entries = session.manifest.entries;
    std::ranges::sort(entries, {}, &ManifestEntry::path);
    const auto repeated = std::ranges::unique(entries, {}, &ManifestEntry::path);
    entries.erase(repeated.begin(), repeated.end());
    if (any.coin())
        for (std::uint64_t left = any.number(4); left > 0; --left) session.removed.push_back(any.path());
    if (any.coin()) {
        Part part{.number = 0, .group = any.name(), .whole = any.name(), .all = {}};
        for (std::uint64_t left = 1 + any.number(4); left > 0; --left)
            part.all.push_back({any.size(), any.size(), any.coin() ? any.path() : "", any.path()});
        part.number = static_cast<unsigned>(1 + any.number(part.all.size() - 1));
        session.part = std::move(part);
    }
    if (any.coin())
        for (std::uint64_t left = any.number(3); left > 0; --left)
            session.name_notes.push_back({NameReader(any.number(2)), any.path(), any.name()});
    return session;
}

}  // namespace

TEST_CASE("records: a seal record is read as it was written, of a session and of a part") {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        CAPTURE(seed);
        Generated any(seed);
        const SealedSession session = session_of(any);
        const std::string text = to_seal_record(session);
        const auto read = parse_seal_record(text);
        if (!read) FAIL(read.error().message);
        CHECK((*read == session));
        CHECK(to_seal_record(*read) == text);
    }
}

TEST_CASE("records: a seal record that is cut off anywhere is none") {
    Generated any(7);
    SealedSession session = session_of(any);
    while (session.manifest.entries.size() < 3) session = session_of(any);
    const std::string text = to_seal_record(session);
    for (std::size_t bytes = 0; bytes + 1 < text.size(); bytes += 1 + bytes / 50)
        CHECK_FALSE(parse_seal_record(std::string_view(text).substr(0, bytes)));
}

TEST_CASE("records: a recovery record is read as it was written") {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        CAPTURE(seed);
        Generated any(seed);
        Parity parity;
        parity.percent = static_cast<unsigned>(1 + any.number(99));
        for (std::uint64_t left = any.number(5); left > 0; --left)
            parity.files.push_back({any.name(), any.size(), any.digest()});
        for (std::uint64_t left = any.number(5); left > 0; --left) parity.unprotected.push_back(any.path());
        const auto read = parse_parity_record(to_parity_record(parity));
        if (!read) FAIL(read.error().message);
        CHECK((*read == parity));
    }
}

TEST_CASE("records: entries.jsonl is read as it was written, whatever the prefix") {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        CAPTURE(seed);
        Generated any(seed);
        const SealedSession session = session_of(any);
        for (const char* prefix : {"", "data/"}) {
            const auto read = parse_jsonl(to_jsonl(session.manifest, prefix), prefix);
            if (!read) FAIL(read.error().message);
            CHECK((*read == session.manifest));
        }
    }
}
