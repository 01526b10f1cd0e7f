#include "common/storage/mount_point.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include "common/storage/paths.hpp"

namespace burnbox {
namespace {

// Blank, tab, line feed and backslash are \040 and the like.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view code = text.substr(i, 4);
        const bool is_code = code.size() == 4 && code[0] == '\\' &&
                             code.find_first_not_of("01234567", 1) == std::string_view::npos;
        if (!is_code) {
            out += text[i];
            continue;
        }
        out += static_cast<char>((code[1] - '0') * 64 + (code[2] - '0') * 8 + (code[3] - '0'));
        i += 3;
    }
    return out;
}

std::string_view field(std::string_view line, unsigned number) {
    for (; number > 0; --number) line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
    return line.substr(0, line.find(' '));
}

}  // namespace

std::string mount_point_in(std::string_view mountinfo, std::string_view path) {
    constexpr unsigned kMountPoint = 4;
    std::string longest = "/";
    while (!mountinfo.empty()) {
        const std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
        mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
        if (line.empty()) continue;
        std::string point = unescaped(field(line, kMountPoint));
        if (point.size() > longest.size() && is_at_or_below(path, point)) longest = std::move(point);
    }
    return longest;
}

Result<std::string> mount_point_of(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
    if (!real) return fail_errno("look for the mount point of", path);
    std::ifstream file("/proc/self/mountinfo");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return mount_point_in(text, real.get());
}

}  // namespace burnbox
