#include "common/process/inherited_environment.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

namespace burnbox {

TEST_CASE("inherited environment: programs of people get the server's, but not its line to systemd") {
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
