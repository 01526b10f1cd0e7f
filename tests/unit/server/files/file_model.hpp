// A plain model of "whole means covered": a file byte by byte, and what is true of it.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/files/session_files.hpp"

namespace burnbox::upload::test {

inline constexpr std::size_t kMost = 48;  // bytes of a file
using Places = std::vector<bool>;         // by byte

// A file on the disk, and what is true of it, byte by byte. Several names may lead to it.
struct Disk {
    std::vector<int> bytes;  // each write has its own number; 0 = a hole
    std::uint64_t inode = 0;
    std::uint64_t changes = 0;
    // The model.
    bool clean = true;     // nothing was lost since it was made anew, or whole
    std::size_t base = 0;  // bytes that were whole before the first of these changes
    std::size_t lowest = SIZE_MAX;
    Places written = Places(kMost), good = Places(kMost);
    bool unkept = false;

    struct Hand {
        Places written = Places(kMost);
        bool changed = false, failed = false;
    };
    std::map<HandleId, Hand> hands;

    [[nodiscard]] bool is_changing() const {
        return std::ranges::any_of(hands, [](const auto& one) { return one.second.changed; });
    }
    [[nodiscard]] std::size_t gapless() const {
        std::size_t end = 0;
        const auto is_known = [&](std::size_t i) {
            if (i < std::min(base, lowest) || written[i]) return true;
            return std::ranges::any_of(hands, [&](const auto& one) { return one.second.written[i]; });
        };
        while (end < bytes.size() && is_known(end)) ++end;
        return end;
    }
    [[nodiscard]] bool is_whole() const {
        if (is_changing()) return false;
        if (clean) return true;
        std::size_t begin = bytes.size();
        while (begin > 0 && good[begin - 1]) --begin;
        return begin < bytes.size() && begin <= gapless();
    }
    void settle() {
        if (!is_whole()) return;
        clean = true;
        unkept = false;
        base = bytes.size(), lowest = SIZE_MAX;
        written = good = Places(kMost);
        for (auto& [id, hand] : hands) hand.written = Places(kMost);
        proven().insert(bytes);
    }
    // Every content that was whole once: all that a digest in a journal can be of.
    static std::set<std::vector<int>>& proven() {
        static std::set<std::vector<int>> all;
        return all;
    }
    // One that had changed it is lost: what was whole before the first change is where others may go on.
    void cut() {
        for (std::size_t i = 0; i < std::min({base, lowest, kMost}); ++i) written[i] = true;
        base = 0;
        good = Places(kMost);
        clean = false;
    }
    void know_nothing() {
        base = 0, lowest = SIZE_MAX;
        written = good = Places(kMost);
        for (auto& [id, hand] : hands) hand.written = Places(kMost);
    }
    void lose() {
        know_nothing();
        clean = false;
    }
    void set_size(std::size_t size) {
        bytes.resize(size);
        ++changes;
        for (std::size_t i = size; i < kMost; ++i) {
            written[i] = good[i] = false;
            for (auto& [id, hand] : hands) hand.written[i] = false;
        }
        base = std::min(base, size);
    }
    [[nodiscard]] FileInfo info(unsigned links) const {
        FileInfo info;
        info.size_bytes = bytes.size();
        info.inode = inode;
        info.links = links;
        info.ctime = Timestamp(std::chrono::nanoseconds(changes));
        return info;
    }
    [[nodiscard]] HashedFile hashed() const {
        std::string text;
        for (const int byte : bytes) text += std::to_string(byte) + ",";
        return {.sha256 = Sha256::of(text), .info = info(1)};
    }
};

}  // namespace burnbox::upload::test
