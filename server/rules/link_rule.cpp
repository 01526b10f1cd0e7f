#include "server/rules/link_rule.hpp"

#include <fmt/format.h>

#include <vector>

#include "common/base/text.hpp"

namespace burnbox::upload {
namespace {

// What libisofs reads back from a disc (Rock Ridge itself knows no limit).
constexpr std::size_t kMostTargetBytes = 1023;
constexpr std::size_t kMostStepBytes = 255;

void split(std::string_view path, std::vector<std::string_view>& parts) {
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (end > begin) parts.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
}

}  // namespace

Result<std::string> link_destination(std::string_view inside, std::string_view target) {
    const auto refuse = [&](Errc code, std::string_view why) {
        return fail(code, fmt::format("link {} to \"{}\": {}", escape(inside), escape(target), why));
    };
    if (target.empty()) return refuse(Errc::invalid, "the target is empty");
    if (target.size() > kMostTargetBytes)
        return refuse(Errc::invalid,
                      fmt::format("a disc takes targets of at most {} bytes", kMostTargetBytes));
    if (target.find('\0') != std::string_view::npos || !is_utf8(target))
        return refuse(Errc::invalid, "the target is not UTF-8");
    if (target.front() == '/')
        return refuse(Errc::permission, "links must be relative, so that they work on the disc");
    std::vector<std::string_view> at, steps;
    split(inside, at);
    if (!at.empty()) at.pop_back();  // relative to the folder that the link is in
    split(target, steps);
    for (const std::string_view step : steps) {
        if (step == ".") continue;
        if (step.size() > kMostStepBytes)
            return refuse(Errc::invalid,
                          fmt::format("a disc takes names of at most {} bytes", kMostStepBytes));
        if (step != "..") {
            at.push_back(step);
            continue;
        }
        if (at.empty()) return refuse(Errc::permission, "it leads out of the session");
        at.pop_back();
    }
    std::string out;
    for (const std::string_view part : at) {
        if (!out.empty()) out += '/';
        out += part;
    }
    return out;
}

}  // namespace burnbox::upload
