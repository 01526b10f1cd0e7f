#include "common/events/hook_input.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "common/process/timed_run.hpp"

namespace burnbox {
namespace {

Event burned() {
    Event event;
    event.event = "session_burned";
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

TEST_CASE("hook input: a hook inherits the environment, but not the server's line to systemd") {
    ::setenv("NOTIFY_SOCKET", "/run/notify", 1);
    ::setenv("BURNBOX_EVENT", "of somebody else", 1);
    ::setenv("SOME_WORD", "kept", 1);
    const auto variables = inherited_environment();
    const auto has = [&](std::string_view begin) {
        return std::ranges::any_of(variables, [&](const std::string& one) { return one.starts_with(begin); });
    };
    CHECK(has("SOME_WORD=kept"));
    CHECK_FALSE(has("NOTIFY_SOCKET="));
    CHECK_FALSE(has("BURNBOX_"));
    for (const char* name : {"NOTIFY_SOCKET", "BURNBOX_EVENT", "SOME_WORD"}) ::unsetenv(name);
}

}  // namespace burnbox
