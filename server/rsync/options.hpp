// rsync's options as its client sends them to a server: one row each. Options that are not here are refused
// too.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace burnbox::rsync {

enum class Use : std::uint8_t { both, writing, reading, never };

enum class Value : std::uint8_t {
    none,
    number,  // digits, in the same word
    word,    // letters, digits and %_.,:- in the same word
    folder,  // a relative path without "..", in the same word or the next
    list,    // --files-from: only "-", the list that the client sends
};

struct LongOption {
    std::string_view name;  // without "--"
    Value value = Value::none;
    Use use = Use::both;
    bool deletes = false;
    std::string_view why{};  // Use::never: the reason, and what to do instead
};
[[nodiscard]] const LongOption* find_long_option(std::string_view name);

// -e and -B take values: the parser knows them.
struct ShortOption {
    char letter = 0;
    Use use = Use::both;
    std::string_view why{};
};
[[nodiscard]] const ShortOption* find_short_option(char letter);

// Whether the text may be this kind of value.
[[nodiscard]] bool is_value(Value kind, std::string_view text);

// The end of every refusal.
inline constexpr std::string_view kWhatWorks =
    "what works: rsync -a (-rlptgoD) with -v -z -c -n -u -H -W -S -R, --delete, --partial, --partial-dir, "
    "--inplace, --append, --bwlimit, --exclude, --chmod";

}  // namespace burnbox::rsync
