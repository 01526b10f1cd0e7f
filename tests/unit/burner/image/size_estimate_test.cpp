#include "burner/image/size_estimate.hpp"

#include <doctest/doctest.h>

#include "common/session/bag.hpp"
#include "common/session/sealed_session.hpp"

using namespace burnbox;

namespace {

ManifestEntry entry(const std::string& path, std::uint64_t size) {
    ManifestEntry made;
    made.path = path;
    made.size_bytes = size;
    return made;
}

}  // namespace

TEST_CASE("size estimate: it holds every file and tag file of the bag, rounded up to sectors") {
    SealedSession session;
    session.account = "alice";
    session.disc_name = "holiday";
    for (int i = 0; i < 3000; ++i)
        session.manifest.entries.push_back(
            entry("100% \\ \"quoted\" " + std::to_string(i) + std::string(200, 'n'), 1 + i % 5000));
    std::uint64_t sectors = 0;
    for (const DiscEntry& on_disc : disc_entries(session, Layout::bag, ModePolicy::readable))
        sectors += (on_disc.size_bytes + 2047) / 2048;
    CHECK(estimate_session_bytes(session.manifest) > sectors * 2048);
}

TEST_CASE("size estimate: it stays near the payload of large files") {
    Manifest manifest;
    manifest.entries.push_back(entry("large", 4'600'000'000));
    const std::uint64_t estimate = estimate_session_bytes(manifest);
    CHECK(estimate > 4'600'000'000);
    CHECK(estimate < 4'605'000'000);
}
