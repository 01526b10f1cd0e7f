#include "common/process/fast_copies.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace burnbox {
namespace {

constexpr const char* kVariable = "GLIBC_TUNABLES";
constexpr std::string_view kTunable = "glibc.cpu.x86_rep_movsb_threshold";
constexpr std::string_view kNever = "=1073741824";  // bytes; nothing here copies as much at once

bool is_slow_processor() {
#if defined(__x86_64__)
    return __builtin_cpu_is("amd") != 0;
#else
    return false;
#endif
}

}  // namespace

std::optional<std::string> tunables_for_fast_copies(const char* now) {
    std::string value = now != nullptr ? now : "";
    if (value.find(kTunable) != std::string::npos) return std::nullopt;
    if (!value.empty()) value += ':';
    return value.append(kTunable).append(kNever);
}

void start_with_fast_copies(char** argv) {
    if (!is_slow_processor()) return;
    const auto wanted = tunables_for_fast_copies(std::getenv(kVariable));
    if (!wanted || ::setenv(kVariable, wanted->c_str(), 1) != 0) return;
    // By its path: a process is named after what was executed.
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error) ::execv(program.c_str(), argv);
    // Not possible: slower, but as good.
}

}  // namespace burnbox
