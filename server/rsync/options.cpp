#include "server/rsync/options.hpp"

#include <algorithm>
#include <array>

namespace burnbox::rsync {
namespace {

constexpr std::string_view kOutside = "it leads out of the session";
constexpr std::string_view kNotOnDisc = "a disc doesn't keep that";

constexpr auto kLongOptions = std::to_array<LongOption>({
    {"append", Value::none, Use::writing},
    {"block-size", Value::number},
    {"bwlimit", Value::number},
    {"checksum-choice", Value::word},
    {"checksum-seed", Value::number},
    {"compress-choice", Value::word},
    {"compress-level", Value::number},
    {"copy-unsafe-links", Value::none, Use::reading},
    {"delay-updates", Value::none, Use::writing},
    {"delete", Value::none, Use::writing, true},
    {"delete-after", Value::none, Use::writing, true},
    {"delete-before", Value::none, Use::writing, true},
    {"delete-delay", Value::none, Use::writing, true},
    {"delete-during", Value::none, Use::writing, true},
    {"delete-excluded", Value::none, Use::writing, true},
    {"delete-missing-args", Value::none, Use::writing, true},
    {"devices"},
    {"existing", Value::none, Use::writing},
    {"files-from", Value::list, Use::reading},
    {"force", Value::none, Use::writing, true},
    {"from0"},
    {"fsync", Value::none, Use::writing},
    {"iconv", Value::word},
    {"ignore-errors", Value::none, Use::writing},
    {"ignore-existing", Value::none, Use::writing},
    {"ignore-missing-args"},
    {"info", Value::word},
    {"inplace", Value::none, Use::writing},
    {"list-only", Value::none, Use::reading},
    {"log-format", Value::word},
    {"max-delete", Value::number, Use::writing},
    {"max-size", Value::number},
    {"min-size", Value::number},
    {"mkpath", Value::none, Use::writing},
    {"modify-window", Value::number},
    {"msgs2stderr"},
    {"new-compress"},
    {"no-D"},
    {"no-devices"},
    {"no-implied-dirs"},
    {"no-msgs2stderr"},
    {"no-r"},
    {"no-relative"},
    {"no-specials"},
    {"numeric-ids"},
    {"old-compress"},
    {"open-noatime"},
    {"partial"},
    {"partial-dir", Value::folder, Use::writing},
    {"preallocate", Value::none, Use::writing},
    {"safe-links", Value::none, Use::reading},  // towards us unsafe ones are refused by name
    {"size-only"},
    {"specials"},
    {"stats"},
    {"suffix", Value::word, Use::writing},
    {"timeout", Value::number},
    {"use-qsort"},
    {"backup-dir", Value::none, Use::never, false, "backups would be burned too"},
    {"compare-dest", Value::none, Use::never, false, kOutside},
    {"copy-dest", Value::none, Use::never, false, kOutside},
    {"daemon", Value::none, Use::never, false, "this is no rsync daemon: write HOST:NAME/, not HOST::NAME"},
    {"groupmap", Value::none, Use::never, false, "owners are the server's"},
    {"link-dest", Value::none, Use::never, false, kOutside},
    {"log-file", Value::none, Use::never, false, kOutside},
    {"remove-sent-files", Value::none, Use::never, false,
     "nothing is safe before the receipt: delete your files then"},
    {"remove-source-files", Value::none, Use::never, false,
     "nothing is safe before the receipt: delete your files then"},
    {"super", Value::none, Use::never, false, "owners are the server's"},
    {"temp-dir", Value::none, Use::never, false, kOutside},
    {"usermap", Value::none, Use::never, false, "owners are the server's"},
    {"write-devices", Value::none, Use::never, false, "there are no devices here"},
});

constexpr auto kShortOptions = std::to_array<ShortOption>({
    {'C'},
    {'D'},
    {'E'},
    {'H'},
    {'I'},
    {'R'},
    {'S'},
    {'U'},
    {'W'},
    {'c'},
    {'d'},
    {'g'},
    {'l'},
    {'n'},
    {'o'},
    {'p'},
    {'q'},
    {'r'},
    {'t'},
    {'u'},
    {'v'},
    {'x'},
    {'z'},
    {'J', Use::writing},  // not the times of links
    {'O', Use::writing},  // not the times of folders
    {'b', Use::writing},
    {'m', Use::writing},
    {'y', Use::writing},
    {'L', Use::reading},
    {'k', Use::reading},
    {'A', Use::never, kNotOnDisc},
    {'K', Use::never, "links to folders are not followed"},
    {'N', Use::never, kNotOnDisc},
    {'X', Use::never, kNotOnDisc},
    {'s', Use::never, "the server reads the arguments itself: leave out -s (--secluded-args)"},
});

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_word_char(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("%_.,:-").find(c) != std::string_view::npos;
}

bool is_folder_inside(std::string_view path) {
    if (path.empty() || path.front() == '/' || path.front() == '-' || path.size() > 255) return false;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (path.substr(begin, end - begin) == "..") return false;
        begin = end + 1;
    }
    return std::ranges::none_of(path,
                                [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

}  // namespace

const LongOption* find_long_option(std::string_view name) {
    const auto found = std::ranges::find(kLongOptions, name, &LongOption::name);
    return found == kLongOptions.end() ? nullptr : &*found;
}

const ShortOption* find_short_option(char letter) {
    const auto found = std::ranges::find(kShortOptions, letter, &ShortOption::letter);
    return found == kShortOptions.end() ? nullptr : &*found;
}

bool is_value(Value kind, std::string_view text) {
    switch (kind) {
        case Value::none:
            return false;
        case Value::number:
            return !text.empty() && text.size() <= 19 && std::ranges::all_of(text, is_digit);
        case Value::word:
            return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, is_word_char);
        case Value::folder:
            return is_folder_inside(text);
        case Value::list:
            return text == "-";
    }
    return false;
}

}  // namespace burnbox::rsync
