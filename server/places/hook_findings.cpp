#include "server/places/hook_findings.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "common/base/text.hpp"
#include "common/process/program_path.hpp"

namespace burnbox {
namespace {

std::optional<std::string> program_problem(const std::string& program) {
    const std::string shown = escape(program);
    if (!program.starts_with('/')) {
        if (is_in_path(program)) return std::nullopt;
        return fmt::format("no program {} is in PATH; install it, or name it with its path", shown);
    }
    struct stat info{};
    if (stat(program.c_str(), &info) != 0)
        return fmt::format("run {}: {}; install it, or name another one", shown, std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return fmt::format("run {}: it is no plain file", shown);
    if (access(program.c_str(), X_OK) != 0)
        return fmt::format("run {}: {}; mend it with: sudo chmod a+rx {}", shown, std::strerror(errno),
                           shown);
    return std::nullopt;
}

}  // namespace

std::vector<std::string> hook_findings(const std::vector<HookConfig>& hooks) {
    std::vector<std::string> findings;
    for (std::size_t i = 0; i < hooks.size(); ++i)
        if (const auto problem = program_problem(hooks[i].run[0]))
            findings.push_back(fmt::format("hooks[{}].run[0]: {}", i, *problem));
    return findings;
}

}  // namespace burnbox
