#include "server/commands/first_run.hpp"

#include <fmt/format.h>

namespace burnbox {
namespace {

// What known_hosts calls a host at this port (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
std::string known_host(const ListenAddress& address) {
    return address.port == 22 ? address.host : fmt::format("[{}]:{}", address.host, address.port);
}

}  // namespace

std::string to_text(const ListenAddress& address) {
    const bool ipv6 = address.host.find(':') != std::string::npos;
    return ipv6 ? fmt::format("[{}]:{}", address.host, address.port)
                : fmt::format("{}:{}", address.host, address.port);
}

std::string first_run_text(const FirstRun& facts) {
    std::string text = "\nburnbox runs without a configuration. ";
    if (!facts.image_dir.empty()) text += fmt::format("It burns to disc images in {}.\n", facts.image_dir);
    if (!facts.notice.empty()) text += facts.notice + (facts.notice.ends_with('\n') ? "" : "\n");
    const std::string identity =
        facts.identity_file.empty() ? "" : fmt::format("    IdentityFile {}\n", facts.identity_file);
    text += fmt::format(
        "\nPut this into ~/.ssh/config:\n\n"
        "Host burnbox\n"
        "    HostName {}\n"
        "    Port {}\n"
        "    User {}\n{}\n"
        "Its host key is {}; to know it beforehand, add this line to ~/.ssh/known_hosts:\n\n"
        "{} {}\n\n"
        "Then try, with any folder:\n\n"
        "    scp -r photos burnbox:holiday/ && ssh burnbox burn holiday --wait\n\n",
        facts.address.host, facts.address.port, facts.account, identity, facts.host_key_fingerprint,
        known_host(facts.address), facts.host_key_line);
    return text;
}

}  // namespace burnbox
