#include "common/process/landlock.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cstdint>

#include "common/base/unique_fd.hpp"

namespace burnbox {
namespace {

constexpr long kNeededVersion = 2;

// Debian 12's headers know version 2 only; the numbers are the kernel's interface and never change.
constexpr std::uint64_t kTruncate = 1U << 14U;           // since version 3
constexpr std::uint64_t kDeviceControl = 1U << 15U;      // 5
constexpr std::uint64_t kTcpBindAndConnect = 3;          // 4
constexpr std::uint64_t kAbstractSocketsAndSignals = 3;  // 6

struct RulesetAttributes {
    std::uint64_t files = 0;
    std::uint64_t network = 0;
    std::uint64_t scoped = 0;
};

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kRun = LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t kReadFolder = LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kChange = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                  LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM |
                                  LANDLOCK_ACCESS_FS_REFER | kTruncate;
constexpr std::uint64_t kMakeOthers = LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                                      LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SOCK;

RulesetAttributes attributes_of(long version) {
    RulesetAttributes known{.files = kReadFile | kRun | kReadFolder | kChange | kMakeOthers | kDeviceControl};
    if (version < 3) known.files &= ~kTruncate;
    if (version < 5) known.files &= ~kDeviceControl;
    if (version >= 4) known.network = kTcpBindAndConnect;
    if (version >= 6) known.scoped = kAbstractSocketsAndSignals;
    return known;
}

Status allow(int ruleset, const std::string& path, std::uint64_t access) {
    const UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!fd) return fail_errno("open", path);
    struct stat facts{};
    if (::fstat(fd.get(), &facts) != 0) return fail_errno("stat", path);
    if (!S_ISDIR(facts.st_mode)) access &= ~(kReadFolder | LANDLOCK_ACCESS_FS_REFER);
    const landlock_path_beneath_attr rule{.allowed_access = access, .parent_fd = fd.get()};
    if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        return fail_errno("allow the use of", path);
    return {};
}

}  // namespace

Status restrict_files(const LandlockRules& rules) {
    const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < kNeededVersion)
        return fail(Errc::unsupported,
                    "the server's kernel has no Landlock, or a version before that of Linux 5.19");
    const RulesetAttributes attributes = attributes_of(version);
    const UniqueFd ruleset(
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
    if (!ruleset) return fail_errno("make", "a Landlock ruleset");
    const std::uint64_t known = attributes.files;
    BB_CHECK(
        allow(ruleset.get(), rules.folder, (kReadFile | kReadFolder | (rules.writes ? kChange : 0)) & known));
    BB_CHECK(allow(ruleset.get(), rules.program, kReadFile | kRun));
    for (const std::string& path : rules.libraries)
        if (const Status allowed = allow(ruleset.get(), path, kReadFile | kReadFolder | kRun);
            !allowed && allowed.error().code != Errc::not_found)
            return allowed;
    if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
        return fail_errno("shut", "the file system");
    return {};
}

}  // namespace burnbox
