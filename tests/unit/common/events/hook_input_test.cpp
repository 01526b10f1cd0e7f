#include "common/events/hook_input.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "common/process/timed_run.hpp"

namespace burnbox {
namespace {

Event burned() {
    Event event;
    event.kind = EventKind::session_burned;
    event.time = *parse_iso8601("2026-11-23T10:00:00Z");
    event.account = "alice";
    event.session = "Über \"7\"";
    event.disc = "BURNBOX_0007";
    return event;
}

}  // namespace

TEST_CASE("hook input: the fields that apply, as JSON and as environment") {
    CHECK(event_json(burned()) ==
          "{\"event\":\"session_burned\",\"time\":\"2026-11-23T10:00:00Z\",\"account\":\"alice\","
          "\"session\":\"Über \\\"7\\\"\",\"disc\":\"BURNBOX_0007\"}\n");
    CHECK(event_environment(burned(), {"PATH=/bin"}) ==
          std::vector<std::string>{"PATH=/bin", "BURNBOX_EVENT=session_burned",
                                   "BURNBOX_TIME=2026-11-23T10:00:00Z", "BURNBOX_ACCOUNT=alice",
                                   "BURNBOX_SESSION=Über \"7\"", "BURNBOX_DISC=BURNBOX_0007"});
}

TEST_CASE("hook input: whatever the message is, the JSON is right and fits into a pipe") {
    Event event = burned();
    for (const std::string& message :
         {std::string(100'000, '\x01'), std::string("\xff\xfe") + std::string(100'000, '\xf0'),
          "x" +
              [] {
                  std::string umlauts;
                  for (int i = 0; i < 50'000; ++i) umlauts += "ü";
                  return umlauts;
              }(),
          std::string("a\0b", 3)}) {
        event.message = message;
        const std::string json = event_json(event);
        CHECK(json.size() <= kMostInputBytes);
        CHECK(nlohmann::json::accept(json));
        for (const std::string& variable : event_environment(event, {}))
            CHECK(variable.find('\0') == std::string::npos);
    }
}

}  // namespace burnbox
