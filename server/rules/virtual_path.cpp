#include "server/rules/virtual_path.hpp"

#include <fmt/format.h>

#include <vector>

namespace burnbox::upload {

std::string VirtualPath::text() const {
    std::string out = "/" + folder;
    if (!inside.empty()) out.append("/").append(inside);
    return out;
}

Result<VirtualPath> parse_virtual_path(std::string_view path) {
    if (path.size() > kMostPathBytes)
        return fail(Errc::invalid, fmt::format("the path is {} bytes long, at most {} are allowed",
                                               path.size(), kMostPathBytes));
    if (path.find('\0') != std::string_view::npos) return fail(Errc::invalid, "the path contains a NUL byte");
    std::vector<std::string_view> parts;
    bool means_folder = true;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view part = path.substr(begin, end - begin);
        means_folder = part.empty() || part == "." || part == "..";
        if (part == "..") {
            if (!parts.empty()) parts.pop_back();
        } else if (!means_folder) {
            parts.push_back(part);
        }
        begin = end + 1;
    }
    VirtualPath out{.folder = {}, .inside = {}, .trailing_slash = means_folder && !parts.empty()};
    if (!parts.empty()) out.folder = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i) {
        if (i > 1) out.inside += '/';
        out.inside += parts[i];
    }
    return out;
}

}  // namespace burnbox::upload
