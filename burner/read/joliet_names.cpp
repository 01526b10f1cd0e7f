#include "burner/read/joliet_names.hpp"

#include <clocale>
#include <cwctype>

#include <algorithm>
#include <array>

#include "burner/read/iso_fields.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kUnits = 0x10000;

// The upper case of every UTF-16 unit, from the C library's table, which is Unicode's own.
std::array<char16_t, kUnits> make_upper() {
    std::array<char16_t, kUnits> upper{};
    const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    for (std::size_t unit = 0; unit < kUnits; ++unit) {
        std::wint_t other = static_cast<std::wint_t>(unit);
        if (locale != nullptr && (unit < 0xD800 || unit >= 0xE000)) other = ::towupper_l(other, locale);
        if (locale == nullptr && unit >= 'a' && unit <= 'z')
            other = static_cast<std::wint_t>(unit - 'a' + 'A');
        upper[unit] = static_cast<char16_t>(other < kUnits ? other : unit);
    }
    if (locale != nullptr) ::freelocale(locale);
    return upper;
}

char16_t upper_of(char16_t unit) {
    static const std::array<char16_t, kUnits> upper = make_upper();
    return upper[unit];
}

}  // namespace

std::string fold_case(std::string_view name) {
    std::string folded;
    folded.reserve(name.size());
    for (std::size_t i = 0; i < name.size();) {
        const auto lead = static_cast<unsigned char>(name[i]);
        const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (length == 4 || i + length > name.size()) {
            folded += name.substr(i, length);
            i += length;
            continue;
        }
        std::uint32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length; ++k)
            code = code << 6U | (static_cast<unsigned char>(name[i + k]) & 0x3FU);
        const auto unit = static_cast<std::uint16_t>(upper_of(static_cast<char16_t>(code)));
        const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(unit >> 8U),
                                                static_cast<std::uint8_t>(unit)};
        append_utf16(folded, bytes);
        i += length;
    }
    return folded;
}

std::vector<JolietName> changed_joliet_names(const ReadTree& tree) {
    std::vector<JolietName> changed;
    for (NodeId id = 1; id < tree.size(); ++id) {
        const TreeNode& node = tree.node(id);
        if (node.joliet_name.bytes == 0 || tree.joliet_name(node) == tree.name(node)) continue;
        changed.push_back({tree.path(node), std::string(tree.joliet_name(node))});
    }
    return changed;
}

std::vector<std::pair<std::string, std::string>> joliet_case_twins(const ReadTree& tree) {
    std::vector<std::pair<std::string, std::string>> twins;
    std::vector<std::pair<std::string, const TreeNode*>> names;
    for (NodeId id = 0; id < tree.size(); ++id) {
        names.clear();
        for (const TreeNode& child : tree.children(tree.node(id)))
            if (child.joliet_name.bytes != 0) names.emplace_back(fold_case(tree.joliet_name(child)), &child);
        std::ranges::sort(names);
        for (std::size_t i = 1; i < names.size(); ++i)
            if (names[i].first == names[i - 1].first)
                twins.emplace_back(tree.path(*names[i - 1].second), tree.path(*names[i].second));
    }
    return twins;
}

}  // namespace burnbox
