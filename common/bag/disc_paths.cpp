#include "common/bag/disc_paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostNameBytes = 255;

std::size_t sequence_bytes(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead < 0xE0) return 2;
    return lead < 0xF0 ? 3 : 4;
}

// At most `most` bytes, not cut inside a character.
std::string shortened(std::string name, std::size_t most) {
    if (name.size() > most) name.resize(most);
    while (!is_utf8(name)) name.pop_back();
    return name;
}

// The first of NAME, NAME~2, NAME~3 ... that is short enough and free.
std::string free_name(const std::string& wanted, const std::unordered_set<std::string>& taken,
                      const std::string& parent) {
    std::string name = shortened(wanted, kMostNameBytes);
    for (unsigned number = 2; taken.contains(join_path(parent, name)); ++number) {
        const std::string suffix = fmt::format("~{}", number);
        name = shortened(wanted, kMostNameBytes - suffix.size()) + suffix;
    }
    return name;
}

}  // namespace

std::string percent_name(std::string_view name) {
    std::string out;
    while (!name.empty()) {
        const std::string_view character =
            name.substr(0, sequence_bytes(static_cast<unsigned char>(name.front())));
        if (check_entry_name(character) || character == ".") {
            out += character;
            name.remove_prefix(character.size());
            continue;
        }
        // A control character of two bytes (C2 80 ...) is taken byte by byte too: the second one is no UTF-8
        // then.
        out += fmt::format("%{:02X}", static_cast<unsigned char>(name.front()));
        name.remove_prefix(1);
    }
    return out;
}

std::vector<std::string> disc_paths(const std::vector<std::string>& paths) {
    const auto is_good = [](const std::string& path) {
        return check_entry_name(base_name(path)).has_value();
    };
    if (std::ranges::all_of(paths, is_good)) return paths;
    // Folders that have another path on the disc; what is in them follows.
    std::unordered_map<std::string, std::string> moved;
    const auto parent_of = [&](const std::string& path) {
        const std::string parent(parent_path(path));
        const auto found = moved.find(parent);
        return found == moved.end() ? parent : found->second;
    };
    // Good names stay what they are, wherever they stand: all are taken from the start.
    std::vector<std::string> out(paths.size());
    std::unordered_set<std::string> taken(paths.begin(), paths.end());
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const std::string parent = parent_of(paths[i]);
        const std::string name(base_name(paths[i]));
        if (is_good(paths[i])) {
            out[i] = join_path(parent, name);
        } else {
            const std::string old_parent(parent_path(paths[i]));  // names are taken by their old folder
            const std::string free = free_name(percent_name(name), taken, old_parent);
            taken.insert(join_path(old_parent, free));
            out[i] = join_path(parent, free);
        }
        if (out[i] != paths[i]) moved.emplace(paths[i], out[i]);
    }
    return out;
}

std::string names_line(std::string_view disc_path, std::string_view original) {
    std::string line(disc_path);
    line += '\t';
    for (const char c : original) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\')
            line += "\\\\";
        else if (byte < 0x20 || byte > 0x7E)
            line += fmt::format("\\x{:02x}", byte);
        else
            line += c;
    }
    return line + "\n";
}

}  // namespace burnbox
