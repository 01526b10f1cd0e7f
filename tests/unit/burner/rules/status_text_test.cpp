#include "burner/rules/status_text.hpp"

#include <doctest/doctest.h>

namespace burnbox {

TEST_CASE("status text: says what burns where, how far it is and how long it takes") {
    StatusFacts facts;
    facts.session = "alice/holiday", facts.state = "burning", facts.disc = "BURNBOX_0003",
    facts.disc_session = 2;
    facts.drive = "tray", facts.progress = {500, 1000}, facts.bytes_per_second = 10,
    facts.time = *parse_iso8601("2026-11-23T10:00:00Z");
    CHECK(status_text(facts) ==
          "session: alice/holiday\n"
          "state: burning\n"
          "disc: BURNBOX_0003, disc session 2\n"
          "drive: tray\n"
          "progress: 50% (500 bytes of 1000 bytes), 10 bytes/s, about 50 s left\n"
          "time: 2026-11-23T10:00:00Z\n");
}

TEST_CASE("status text: a waiting session says why, on one line") {
    StatusFacts facts;
    facts.session = "alice/holiday", facts.state = "queued", facts.waits = "no blank disc\nput one in";
    CHECK(status_text(facts) ==
          "session: alice/holiday\nstate: queued\nwaits: no blank disc\\nput one in\ntime: "
          "1970-01-01T00:00:00Z\n");
}

TEST_CASE("failed text: says why and what to do") {
    SessionRow row;
    row.account = "alice", row.name = "holiday", row.disc_name = "holiday-2",
    row.reason = "a.jpg differs from its manifest";
    const std::string text = failed_text(row, Timestamp());
    CHECK(text.find("a.jpg differs from its manifest") != std::string::npos);
    CHECK(text.find("rename this folder (holiday-failed") != std::string::npos);
    CHECK(text.find("burnbox retry alice/holiday-2") != std::string::npos);
}

}  // namespace burnbox
