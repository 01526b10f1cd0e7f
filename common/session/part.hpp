// A part of a session that is larger than a disc (burn.span): it is burned as a session of its own, with its
// own seal record, bag and place. The bag says which group it belongs to, and what its siblings hold. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace burnbox {

// What one part holds. Parts hold the files in the order of their paths, so first and last say which.
struct PartContent {
    std::uint64_t files_count = 0;
    std::uint64_t bytes = 0;
    std::string first;  // path of its first file in the session folder; "" = it has none
    std::string last;
    bool operator==(const PartContent&) const = default;
};

struct Part {
    unsigned number = 0;           // from 1
    std::string group;             // the whole session's seal id: the same on every disc
    std::string whole;             // the whole session's disc name: "holiday"
    std::vector<PartContent> all;  // of every part, in order
    bool operator==(const Part&) const = default;

    [[nodiscard]] unsigned count() const { return static_cast<unsigned>(all.size()); }
};

// "holiday/part-2-of-3": its disc name, and so its folder below the account's. No session that people send
// has a '/' in its name.
[[nodiscard]] std::string part_disc_name(std::string_view whole, unsigned number, unsigned count);
// "holiday" of "holiday/part-2-of-3"; the name itself when it is no part's.
[[nodiscard]] std::string_view whole_disc_name(std::string_view disc_name);
// The seal id of a part, and back. A seal id has no '.'.
[[nodiscard]] std::string part_seal_id(std::string_view whole_seal_id, unsigned number);
[[nodiscard]] std::string_view whole_seal_id(std::string_view seal_id);

// The tag file parts.tsv: a line for each part, after one with the names of the columns.
[[nodiscard]] std::string parts_table(std::string_view account, const Part& part);

}  // namespace burnbox
