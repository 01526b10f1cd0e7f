// What is gone from the tree that a session is a part of: from the seal record to the disc.
#include <doctest/doctest.h>

#include <algorithm>

#include "common/bag/bag.hpp"
#include "tests/unit/common/session/sample_session.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

SealedSession session_without(std::vector<std::string> removed) {
    SealedSession session;
    session.account = "lab";
    session.disc_name = "backup";
    session.sealed_at = sample_time();
    session.manifest.entries = {sample_file("a", "aaa")};
    session.removed = std::move(removed);
    return session;
}

std::string content_of(const std::vector<DiscEntry>& entries, std::string_view path) {
    const auto found = std::ranges::find(entries, path, &DiscEntry::path);
    return found == entries.end() ? "(none)" : found->content;
}

}  // namespace

TEST_CASE("removed paths: the seal record gives them back, and without any it is as it always was") {
    for (const std::vector<std::string>& removed : {std::vector<std::string>{}, std::vector<std::string>{"x"},
                                                    std::vector<std::string>{"a/b 100%25", "\"q\\\"", "ü"}}) {
        const std::string record = to_seal_record(session_without(removed));
        const auto back = parse_seal_record(record);
        REQUIRE_MESSAGE(back, back.error().message);
        CHECK(back->removed == removed);
        CHECK(back->manifest == session_without({}).manifest);
        CHECK((record.find("removed") != std::string::npos) == !removed.empty());
    }
}

TEST_CASE("removed paths: a seal record that lacks some of them is damaged") {
    std::string record = to_seal_record(session_without({"x", "y"}));
    const std::size_t line = record.find("{\"removed\":\"y\"}\n");
    REQUIRE(line != std::string::npos);
    record.erase(line, 16);
    const auto back = parse_seal_record(record);
    REQUIRE_FALSE(back);
    CHECK(back.error().code == Errc::corrupt);
    CHECK(back.error().message.find("line 3") != std::string::npos);
}

TEST_CASE("removed paths: the bag's bag-info lists them, a plain session has a list beside it") {
    const SealedSession session = session_without({"x", "y/z"});
    const auto bag = disc_entries(session, Layout::bag, ModePolicy::readable);
    CHECK(content_of(bag, "lab/backup/bag-info.txt")
              .ends_with("Payload-Oxum: 3.1\nRemoved-Since-Previous: x\nRemoved-Since-Previous: y/z\n"));
    const auto plain = disc_entries(session, Layout::plain, ModePolicy::readable);
    CHECK(content_of(plain, "lab/backup.removed.txt") == "x\ny/z\n");
    CHECK(content_of(disc_entries(session_without({}), Layout::plain, ModePolicy::readable),
                     "lab/backup.removed.txt") == "(none)");
}
