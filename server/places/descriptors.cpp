#include "server/places/descriptors.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

namespace burnbox {
namespace {

constexpr std::uint64_t kServer = 96;  // catalogue, log, listeners, threads, folders, the disk pool's files
constexpr std::uint64_t kEachDrive = 12;  // a worker's pipes, the images and records of its session
constexpr std::uint64_t kEachHook = 8;
constexpr std::uint64_t kEachFolder = 8;      // watched or skimmed
constexpr std::uint64_t kEachConnection = 3;  // its socket, libssh's own, a file

constexpr const char* kRemedy =
    "raise it: LimitNOFILE= in the service (systemctl edit burnbox), or ulimit -n";

}  // namespace

DescriptorNeed descriptor_need(const Config& config) {
    const std::uint64_t least = kServer + kEachDrive * config.drives.size() +
                                kEachHook * config.hooks.size() +
                                kEachFolder * (config.watch.size() + config.skim.size());
    return {least, least + kEachConnection * config.limits.connections};
}

Status provide_descriptors(const Config& config, std::string& warning) {
    const DescriptorNeed need = descriptor_need(config);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return fail_errno("ask for", "RLIMIT_NOFILE");
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
    (void)::getrlimit(RLIMIT_NOFILE, &limit);
    const std::uint64_t has = limit.rlim_cur;
    if (has < need.least)
        return fail(Errc::limit,
                    fmt::format("this process may have {} files open (RLIMIT_NOFILE), and needs at "
                                "least {} even without a client; {}",
                                has, need.least, kRemedy));
    if (has < need.all)
        warning = fmt::format(
            "this process may have {} files open (RLIMIT_NOFILE): enough for some {} of the {} of "
            "limits.connections, which need {}; {}",
            has, (has - need.least) / kEachConnection, config.limits.connections, need.all, kRemedy);
    return {};
}

}  // namespace burnbox
