#include "common/process/confinement.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "common/base/text.hpp"
#include "common/process/landlock.hpp"
#include "common/process/system_call_filter.hpp"

namespace burnbox {
namespace {

constexpr rlim_t kMostMemory = rlim_t{4} << 30U;
constexpr rlim_t kMostDescriptors = 256;
constexpr std::size_t kFixedArguments = 4;  // before argv

Status limit(__rlimit_resource resource, rlim_t most, const char* what) {
    rlimit now{};
    if (::getrlimit(resource, &now) != 0) return fail_errno("read the limit of", what);
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most) most = now.rlim_max;
    const rlimit wanted{most, most};
    if (::setrlimit(resource, &wanted) != 0) return fail_errno("limit", what);
    return {};
}

Status set_limits(std::uint64_t most_file_bytes) {
    BB_CHECK(limit(RLIMIT_CORE, 0, "core dumps"));
    BB_CHECK(limit(RLIMIT_NOFILE, kMostDescriptors, "open files"));
    BB_CHECK(limit(RLIMIT_AS, kMostMemory, "memory"));
    if (most_file_bytes != 0) BB_CHECK(limit(RLIMIT_FSIZE, most_file_bytes, "file sizes"));
    std::signal(SIGXFSZ,
                SIG_IGN);  // a write beyond that fails and is reported, instead of ending the program
    return {};
}

// What root has: after this a program that is run as root is like any other. Without the right to drop
// capabilities there are none that outlive exec but the ambient ones.
Status drop_rights() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno("give up", "new rights");
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
        return fail_errno("give up", "ambient capabilities");
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
        if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM)
            return fail_errno("give up", "capabilities");
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    if (::syscall(SYS_capset, &header, none) != 0) return fail_errno("give up", "capabilities");
    return {};
}

Result<Confinement> parse(const std::vector<std::string>& arguments) {
    const auto bytes = arguments.size() > kFixedArguments ? parse_u64(arguments[3]) : std::nullopt;
    if (!bytes || (arguments[0] != "read" && arguments[0] != "write") || !arguments[4].starts_with('/'))
        return fail(Errc::invalid,
                    "usage: burnbox confine read|write FOLDER START_IN MOST_FILE_BYTES PROGRAM ...");
    return Confinement{.folder = arguments[1],
                       .writes = arguments[0] == "write",
                       .start_in = arguments[2],
                       .most_file_bytes = *bytes,
                       .argv = {arguments.begin() + kFixedArguments, arguments.end()}};
}

Status become(const Confinement& confinement) {
    const std::string& program = confinement.argv.front();
    if (::access(program.c_str(), X_OK) != 0) return fail_errno("run", program);
    if (::chdir(confinement.start_in.c_str()) != 0) return fail_errno("enter folder", confinement.start_in);
    BB_CHECK(drop_rights());
    BB_CHECK(restrict_files({.folder = confinement.folder,
                             .writes = confinement.writes,
                             .program = program,
                             .libraries = {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"}}));
    BB_CHECK(restrict_system_calls());
    BB_CHECK(set_limits(confinement.most_file_bytes));
    std::vector<char*> argv;
    std::vector<std::string> words = confinement.argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    return fail_errno("run", program);
}

}  // namespace

Launch confined_launch(const std::string& self, const Confinement& confinement) {
    Launch launch{.argv = {self, "confine", confinement.writes ? "write" : "read", confinement.folder,
                           confinement.start_in, std::to_string(confinement.most_file_bytes)},
                  .environment = std::vector<std::string>{"LC_ALL=C.UTF-8"},
                  .own_group = true,
                  .group_ends_with_it = true,
                  .take_errors = true};
    launch.argv.insert(launch.argv.end(), confinement.argv.begin(), confinement.argv.end());
    return launch;
}

int confine_main(const std::vector<std::string>& arguments) {
    const auto confinement = parse(arguments);
    const Status failed = confinement ? become(*confinement) : Status(std::unexpected(confinement.error()));
    std::fprintf(stderr, "burnbox: not started: %s\n", failed.error().message.c_str());
    return kNotConfined;
}

}  // namespace burnbox
