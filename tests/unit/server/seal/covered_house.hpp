// Files that are cut off and gone on with, piece by piece.
#pragma once

#include <doctest/doctest.h>

#include "tests/support/server/upload_house.hpp"

namespace burnbox::test {

inline constexpr std::size_t kCut = 100'000;

// What a byte of the file is, so that pieces sent in any order fit.
inline std::string piece(std::size_t begin, std::size_t end) {
    std::string bytes;
    for (std::size_t i = begin; i < end; ++i) bytes += static_cast<char>('a' + i % 23);
    return bytes;
}

inline std::unique_ptr<UploadFile> open_to_go_on(Client& client, const std::string& path,
                                                 bool append = false) {
    auto file = client.open(path, {.write = true, .create = true, .append = append});
    REQUIRE_MESSAGE(file.has_value(), file.error().message);
    return std::move(*file);
}

inline void send(UploadFile& file, std::size_t begin, std::size_t end) {
    CHECK(write(file, piece(begin, end), begin) == "ok");
}

// One handle without TRUNC that closes well.
inline std::string go_on(Client& client, std::size_t begin, std::size_t end,
                         const std::string& path = "/holiday/a") {
    auto file = open_to_go_on(client, path);
    send(*file, begin, end);
    return close(client, std::move(file));
}

inline Attributes size_of(std::uint64_t bytes) {
    Attributes attributes;
    attributes.size_bytes = bytes;
    return attributes;
}

inline void cut(UploadHouse& house, std::size_t bytes = kCut, const std::string& path = "/holiday/a") {
    const auto client = house.connect();
    auto file = create(*client, path);
    send(*file, 0, bytes);
}

inline bool is_cut(UploadHouse& house, const std::string& path = "a") {
    for (const auto& open : house.uploads->open_sessions())
        if (open.reason == "cut off: " + path + "; send them again") return true;
    return false;
}

inline void check_refused(UploadHouse& house, const std::string& path = "a") {
    CHECK(is_cut(house, path));
    CHECK(contains(burn(*house.connect(), "holiday"), "cut off in the middle: " + path + ";"));
    CHECK(house.rows().empty());
}

inline void check_seals(UploadHouse& house) {
    CHECK_FALSE(is_cut(house));
    CHECK(burn(*house.connect(), "holiday") == "ok: holiday is sealed");
}

struct Loaned {
    std::unique_ptr<Lease> lease;
    explicit Loaned(Client& client, bool dry_run = false) {
        client.lease(
            {.paths = {"/holiday/"}, .writes = true, .makes_folders = true, .manner = {.dry_run = dry_run}},
            [&](Result<std::unique_ptr<Lease>> leased) {
                REQUIRE(leased);
                lease = std::move(*leased);
            });
    }
    std::string end(bool well) const {
        const Answer answer;
        lease->give_back(well, answer.done());
        return *answer;
    }
};

inline void sums(UploadHouse& house, std::initializer_list<std::pair<std::string, std::string>> files,
                 const std::string& expected) {
    std::string text;
    for (const auto& [name, content] : files) text += Sha256::of(content).hex() + "  " + name + "\n";
    CHECK(contains(put(*house.connect(), "/holiday/SHA256SUMS", text), expected));
}

}  // namespace burnbox::test
