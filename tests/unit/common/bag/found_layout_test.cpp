#include "common/bag/found_layout.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace burnbox;

namespace {

constexpr Layout kAll[] = {Layout::bag, Layout::plain, Layout::root};

SealedSession session_of(const std::set<std::string>& files) {
    SealedSession session;
    session.account = "alice";
    session.disc_name = "holiday";
    for (const std::string& file : files) session.manifest.entries.emplace_back().path = file;
    return session;
}

void check_found(const SealedSession& session, Layout burned, Layout expected) {
    std::set<std::string> disc;
    for (const DiscEntry& entry : disc_entries(session, burned, ModePolicy::readable))
        disc.insert(entry.path);
    for (const Layout supposed : kAll)
        CHECK(found_layout(session, supposed, [&](const std::string& path) { return disc.contains(path); }) ==
              expected);
}

}  // namespace

TEST_CASE("found layout: it is the one that was burned, whatever is supposed") {
    for (const Layout burned : kAll) {
        check_found(session_of({"a"}), burned, burned);
        check_found(session_of({"x", "data/x", "data/data/x"}), burned, burned);
        check_found(session_of({"alice/holiday/a", "alice/holiday/data/a", "a"}), burned, burned);
    }
}

TEST_CASE("found layout: a bag that was burned as it is, is told from one with a list beside it") {
    const SealedSession session = session_of({"bagit.txt", "data/a", "manifest-sha256.txt"});
    for (const Layout burned : kAll) check_found(session, burned, burned);
}

TEST_CASE("found layout: it is the supposed one where nothing tells") {
    for (const Layout supposed : kAll) {
        CHECK(found_layout(session_of({}), supposed, [](const auto&) { return true; }) == supposed);
        CHECK(found_layout(session_of({"a"}), supposed, [](const auto&) { return false; }) == supposed);
    }
}
