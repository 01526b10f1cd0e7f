// One small session with everything in it, for the tests of manifest, bag and receipt.
#pragma once

#include "common/session/sealed_session.hpp"

namespace burnbox::test {

inline Timestamp sample_time() {
    return *parse_iso8601("2026-11-23T10:00:00Z");
}

inline ManifestEntry sample_file(const std::string& path, std::string_view content,
                                 std::uint32_t mode = 0644) {
    return {.path = path,
            .mode = mode,
            .uid = 1000,
            .gid = 1000,
            .mtime = sample_time() + std::chrono::nanoseconds(5),
            .size_bytes = content.size(),
            .sha256 = Sha256::of(content)};
}

inline ManifestEntry sample_folder(const std::string& path) {
    return {.path = path,
            .type = FileType::folder,
            .mode = 0750,
            .uid = 1000,
            .gid = 1000,
            .mtime = sample_time()};
}

inline ManifestEntry sample_link(const std::string& path, const std::string& target) {
    return {
        .path = path, .type = FileType::symlink, .mode = 0777, .mtime = sample_time(), .link_target = target};
}

inline SealedSession sample_session() {
    SealedSession session;
    session.account = "alice";
    session.disc_name = "holiday";
    session.sealed_at = sample_time();
    session.marker = {.name = "BURN", .content = "now\n", .sha256 = Sha256::of("now\n")};
    session.version = "0.1.0";
    session.manifest.entries = {sample_file("100%.txt", "percent", 0600),
                                sample_folder("empty"),
                                sample_folder("photos"),
                                sample_file("photos/a\\b.jpg", "backslash", 04711),
                                sample_link("photos/dangling", "nowhere"),
                                sample_link("photos/up", "../100%.txt")};
    return session;
}

}  // namespace burnbox::test
