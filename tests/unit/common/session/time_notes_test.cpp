#include "common/session/time_notes.hpp"

#include <doctest/doctest.h>

#include "common/base/time_range.hpp"
#include "common/session/receipt.hpp"

using namespace burnbox;

namespace {

ManifestEntry entry_of(const std::string& path, Timestamp mtime) {
    ManifestEntry entry;
    entry.path = path, entry.mtime = mtime;
    return entry;
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("times that no disc holds are told, in the receipt too") {
    using namespace std::chrono_literals;
    Manifest manifest;
    manifest.entries = {entry_of("early", clamp_time(-9'000'000'000, 0)),
                        entry_of("first", kEarliestTime + 1s),
                        entry_of("from a disc", std::chrono::floor<std::chrono::seconds>(kLatestTime)),
                        entry_of("last", kLatestTime - 1s),
                        entry_of("late", clamp_time(9'000'000'000, 5)),
                        entry_of("now", Timestamp(std::chrono::sys_days{std::chrono::year{2026} / 11 / 30}))};
    const auto notes = time_notes_of(manifest);
    REQUIRE(notes.size() == 3);
    CHECK(notes[0] == TimeNote{"early", kEarliestTime});
    CHECK(notes[1].path == "from a disc");
    CHECK(notes[2] == TimeNote{"late", kLatestTime});
    CHECK(has(time_notes_sentence(notes), "have the nearest: early, from a disc, late"));
    CHECK(time_notes_sentence({}).empty());

    Receipt receipt;
    CHECK_FALSE(has(to_text(receipt), "TIMES"));
    CHECK_FALSE(has(to_json(receipt), "\"times\""));
    receipt.time_notes = notes;
    CHECK(has(to_text(receipt), "TIMES THAT NO DISC CAN HOLD"));
    CHECK(has(to_text(receipt), "  late\n    as 2155-12-31 23:59:59 UTC\n"));
    CHECK(has(to_json(receipt), R"("path": "early")"));
    CHECK(has(to_json(receipt), R"("shown": "1900-01-01T00:00:00Z")"));
}
