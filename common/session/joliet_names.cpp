#include "common/session/joliet_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "common/unicode/upper_case.hpp"
#include "common/unicode/utf8.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostUnits = 103;  // a directory record holds no more; a file's last dot does not count
constexpr std::size_t kShortestExtension = 3;
constexpr std::string_view kForbidden = R"("*/:;<>?\|)";
constexpr std::string_view kSpare = "~_-!#$%&@^+=0123456789abcdefghijklmnopqrstuvwxyz(){}[],'`";
constexpr unsigned kMostSpareTries = 4096;
constexpr unsigned kMostNumbers = 10'000'000;

// A name, divided at its last dot as the tree's writer does. Folders have no extension.
struct Parts {
    std::string_view stem;
    std::string_view extension;  // without the dot
    bool dot = false;
};

Parts divide(std::string_view name, bool folder) {
    const std::size_t dot = name.rfind('.');
    if (folder || dot == std::string_view::npos || dot + 1 == name.size()) return {name, {}, false};
    return {name.substr(0, dot), name.substr(dot + 1), true};
}

struct Length {
    std::size_t bytes = 0;
    std::size_t units = 0;  // of UTF-16
};

Length length_at(std::string_view text, std::size_t at) {
    const Utf8Character next = utf8_character(text, at);
    return {std::max<std::size_t>(next.bytes, 1), next.code > 0xFFFF ? 2U : 1U};
}

std::size_t count_units(std::string_view text) {
    std::size_t units = 0;
    for (std::size_t i = 0; i < text.size();) {
        const Length next = length_at(text, i);
        i += next.bytes;
        units += next.units;
    }
    return units;
}

// The first `units`; a character that they cut in the middle becomes '_'.
std::string cut(std::string_view text, std::size_t units) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size();) {
        const Length next = length_at(text, i);
        if (used + next.units > units) return std::string(text.substr(0, i)) + (used < units ? "_" : "");
        i += next.bytes;
        used += next.units;
    }
    return std::string(text);
}

// How many units of a stem stay visible.
std::size_t visible_stem(std::size_t stem, std::size_t extension, bool dot) {
    if (!dot) return std::min(stem, kMostUnits);
    if (stem + 1 + extension <= kMostUnits + 1) return stem;
    if (extension <= kShortestExtension) return kMostUnits - extension;
    return std::min(stem, kMostUnits - kShortestExtension);
}

std::string shown_as(std::string_view spelling, bool folder) {
    if (spelling.size() <= kMostUnits) return std::string(spelling);
    const Parts parts = divide(spelling, folder);
    const std::size_t stem = count_units(parts.stem), extension = count_units(parts.extension);
    const std::size_t visible = visible_stem(stem, extension, parts.dot);
    std::string shown = cut(parts.stem, visible);
    if (!parts.dot) return shown;
    const bool all = stem + 1 + extension <= kMostUnits + 1;
    return shown + '.' + cut(parts.extension, all ? extension : kMostUnits - visible);
}

bool is_device(std::string_view name) {
    static constexpr std::array kDevices{"CON", "PRN", "AUX", "NUL"};
    const std::string stem = upper_case(name.substr(0, name.find('.')));
    if (std::ranges::find(kDevices, stem) != kDevices.end()) return true;
    return stem.size() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) && stem[3] >= '1' &&
           stem[3] <= '9';
}

// U+E0000 to U+E007F. The C library's iconv, which makes Joliet's names, leaves them out: of a name of
// nothing else nothing would be left.
bool is_tag_character(char32_t code) {
    return code >= 0xE0000 && code <= 0xE007F;
}

void tame_tag_characters(std::string& name) {
    if (!name.contains('\xF3')) return;  // the first byte of each of them
    for (std::size_t i = 0; i < name.size();) {
        const Utf8Character next = utf8_character(name, i);
        const std::size_t bytes = std::max<std::size_t>(next.bytes, 1);
        if (is_tag_character(next.code)) name.replace(i, bytes, bytes, '_');
        i += bytes;
    }
}

// With what Windows can't have replaced, as many bytes as before.
std::string tamed(std::string_view name) {
    std::string tame(name);
    tame_tag_characters(tame);
    for (char& c : tame)
        if (static_cast<unsigned char>(c) < 0x20 || kForbidden.contains(c)) c = '_';
    for (std::size_t i = tame.size(); i-- > 0 && (tame[i] == '.' || tame[i] == ' ');) tame[i] = '_';
    if (tame.size() <= 255 && is_device(tame)) tame[2] = '_';
    return tame;
}

// `tame` with "~<number>" at the end of what is seen of its stem; nothing when it is too short for that.
std::optional<std::string> numbered(std::string_view tame, bool folder, unsigned number) {
    const Parts parts = divide(tame, folder);
    const std::size_t needed = fmt::formatted_size("~{}", number);
    const std::size_t extension = count_units(parts.extension);
    std::vector<Length> before;  // of the bytes and units before each character of the stem
    Length all;
    while (all.bytes < parts.stem.size()) {
        before.push_back(all);
        const Length next = length_at(parts.stem, all.bytes);
        all = {all.bytes + next.bytes, all.units + next.units};
    }
    before.push_back(all);
    for (std::size_t begin = before.size() - 1, end = begin; begin-- > 0;) {
        while (end > begin + 1 && before[end - 1].bytes - before[begin].bytes >= needed) --end;
        const std::size_t bytes = before[end].bytes - before[begin].bytes;
        if (bytes < needed) continue;
        const std::size_t units = before[begin].units + bytes + all.units - before[end].units;
        if (before[begin].units + bytes > visible_stem(units, extension, parts.dot)) continue;
        std::string out(tame.substr(0, before[begin].bytes));
        out += fmt::format("~{:0{}}", number, bytes - 1);
        out += tame.substr(before[end].bytes);
        return out;
    }
    return std::nullopt;
}

// For stems of a byte or two: any characters that are free. Of a name without a stem (".x") all of it.
std::string spare(std::string_view tame, bool folder, unsigned number) {
    const std::size_t stem = divide(tame, folder).stem.size();
    std::string out(tame);
    for (std::size_t i = stem == 0 ? out.size() : stem; i-- > 0; number /= kSpare.size())
        out[i] = kSpare[number % kSpare.size()];
    return out;
}

// A name that stays, in one byte a character: nearly all are. Discs with 100,000 names are ordinary.
bool is_plain(std::string_view name) {
    static constexpr std::string_view kFirstOfDevices = "CPANLcpanl";
    if (name.size() > kMostUnits || name.empty() || name.back() == '.' || name.back() == ' ') return false;
    for (const char c : name)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e ||
            kForbidden.contains(c))
            return false;
    return !kFirstOfDevices.contains(name.front()) || !is_device(name);
}

class NamesOfFolder {
  public:
    explicit NamesOfFolder(std::span<const NameInFolder> names) : names_(names), result_(names.size()) {
        std::size_t bytes = 0;
        for (const NameInFolder& one : names) bytes += one.name.size();
        plain_.reserve(bytes);
        seen_.reserve(names.size());
    }

    std::vector<JolietName> run() {
        std::vector<std::size_t> others;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const NameInFolder& one = names_[i];
            if (!one.in_joliet || (is_plain(one.name) && take_plain(one.name))) continue;
            if (tamed(one.name) == one.name && take(i, one.name)) continue;
            others.push_back(i);
        }
        if (others.empty()) return std::move(result_);
        for (const NameInFolder& one : names_) spelled_.insert(one.name);
        std::erase_if(others, [this](std::size_t i) {
            const std::string tame = tamed(names_[i].name);
            return tame != names_[i].name && !spelled_.contains(tame) && take(i, tame);
        });
        for (const std::size_t i : others) number(i);
        return std::move(result_);
    }

  private:
    // Whether no other is shown as it would be, to readers that count the dot too.
    bool take(std::size_t i, std::string_view spelling) {
        std::string shown = shown_as(spelling, names_[i].folder);
        std::string key = upper_case(cut(shown, kMostUnits));
        if (seen_.contains(key)) return false;
        seen_.insert(keys_.emplace_back(std::move(key)));
        if (spelling != names_[i].name) result_[i].spelling = spelling;
        if (shown != names_[i].name) result_[i].shown = std::move(shown);
        return true;
    }

    // The same for a plain name.
    bool take_plain(std::string_view name) {
        const std::size_t begin = plain_.size();
        for (const char c : name) plain_ += c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
        return seen_.insert(std::string_view(plain_).substr(begin)).second;
    }

    void number(std::size_t i) {
        const bool folder = names_[i].folder;
        const std::string tame = tamed(names_[i].name);
        unsigned& number = numbers_[upper_case(cut(shown_as(tame, folder), kMostUnits))];
        while (++number < kMostNumbers) {
            const auto spelling = numbered(tame, folder, number);
            if (!spelling) break;
            if (!spelled_.contains(*spelling) && take(i, *spelling)) return;
        }
        for (unsigned n = 0; n < kMostSpareTries; ++n) {
            const std::string spelling = spare(tame, folder, n);
            if (!spelled_.contains(spelling) && take(i, spelling)) return;
        }
    }

    std::span<const NameInFolder> names_;
    std::vector<JolietName> result_;
    std::unordered_set<std::string_view> spelled_;  // the names themselves, when some are to be spelled anew
    // In upper case, as they are shown; what it points to is in one of the two below and stays there.
    std::unordered_set<std::string_view> seen_;
    std::string plain_;
    std::deque<std::string> keys_;
    std::unordered_map<std::string, unsigned> numbers_;  // the last one given to names shown alike
};

}  // namespace

std::vector<JolietName> joliet_names(std::span<const NameInFolder> names) {
    return NamesOfFolder(names).run();
}

}  // namespace burnbox
