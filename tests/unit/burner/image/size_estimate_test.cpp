#include "burner/image/size_estimate.hpp"

#include <doctest/doctest.h>

#include "common/bag/bag.hpp"
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

TEST_CASE("size estimate: it holds every file and tag file, rounded up to sectors, in every layout") {
    SealedSession session;
    session.account = "alice";
    session.disc_name = "holiday";
    session.marker = {"BURN", "go", Sha256::of("go")};
    for (int i = 0; i < 3000; ++i)
        session.manifest.entries.push_back(
            entry("100% \\ \"quoted\" " + std::to_string(i) + std::string(200, 'n'), 1 + i % 5000));
    session.manifest.entries.push_back(entry(std::string(255, '\x01'), 0));
    session.removed.assign(40'000, std::string(100, 'r'));
    for (const Layout layout : {Layout::bag, Layout::plain, Layout::root}) {
        std::uint64_t sectors = 0;
        for (const DiscEntry& on_disc : disc_entries(session, layout, ModePolicy::readable))
            sectors += (on_disc.size_bytes + 2047) / 2048;
        CHECK(estimate_session_bytes(session) > sectors * 2048);
    }
}

TEST_CASE("size estimate: of each tag file it is enough, and not much more") {
    SealedSession session;
    session.account = "alice";
    session.disc_name = "holiday";
    for (int i = 0; i < 1000; ++i) {
        session.manifest.entries.push_back(entry("photos/IMG_" + std::to_string(i) + ".JPG", 4'000'000));
        ManifestEntry odd = entry("caf%E9 \x02 " + std::to_string(i), 5);
        odd.source = "caf\xe9 \x02 " + std::to_string(i);
        session.manifest.entries.push_back(odd);
    }
    const TagFileBytes estimated = estimate_tag_files(session.manifest);
    std::uint64_t seen = 0;
    const auto check = [&](const DiscEntry& on_disc, const std::string& name, std::uint64_t estimate) {
        if (on_disc.path != "alice/holiday/" + name) return;
        ++seen;
        CHECK(on_disc.size_bytes <= estimate);
        CHECK(on_disc.size_bytes > estimate * 2 / 3);
    };
    for (const DiscEntry& on_disc : disc_entries(session, Layout::bag, ModePolicy::readable)) {
        check(on_disc, "entries.jsonl", estimated.entries);
        check(on_disc, "manifest-sha256.txt", estimated.manifest);
        check(on_disc, "SHA256SUMS", estimated.sums);
        check(on_disc, "names.tsv", estimated.names);
    }
    CHECK(seen == 4);
}

TEST_CASE("size estimate: it stays near the payload of large files") {
    Manifest manifest;
    manifest.entries.push_back(entry("large", 4'600'000'000));
    const std::uint64_t estimate = estimate_session_bytes(manifest);
    CHECK(estimate > 4'600'000'000);
    CHECK(estimate < 4'605'000'000);
}
