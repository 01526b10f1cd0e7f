#include "server/control/control_client.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "common/base/unique_fd.hpp"
#include "server/control/protocol.hpp"

namespace burnbox {
namespace {

std::unexpected<Error> unreachable(const std::string& path, int sys_errno) {
    const char* remedy = "start it with `burnbox serve`, or name another one with -c FILE or -s SOCKET";
    if (sys_errno == EACCES || sys_errno == EPERM)
        remedy = "ask as root, or as a member of the socket's group";
    return std::unexpected(Error{Errc::unreachable, sys_errno,
                                 fmt::format("the server can't be reached: connect {}: {}; {}", path,
                                             std::strerror(sys_errno), remedy)});
}

Result<UniqueFd> connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return unreachable(path, ENAMETOOLONG);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return fail_errno("make a socket for", path);
    // sockaddr is how connect(2) takes every kind of address.
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return unreachable(path, errno);
    return fd;
}

Status send_all(int fd, std::string_view data, const std::string& path) {
    while (!data.empty()) {
        const ssize_t sent = send(fd, data.data(), data.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return unreachable(path, errno);
        data.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

}  // namespace

Result<int> ask_server(const std::string& socket_path, const std::vector<std::string>& argv,
                       const ControlOutput& output) {
    BB_TRY(const UniqueFd fd, connect_to(socket_path));
    const std::string request = to_request_line(argv);
    if (request.size() > kRequestLineBytes) return fail(Errc::invalid, "the command is too long");
    BB_CHECK(send_all(fd.get(), request, socket_path));

    std::string received;
    std::array<char, 64U << 10U> buffer{};
    for (;;) {
        for (std::size_t end = 0; (end = received.find('\n')) != std::string::npos;) {
            BB_TRY(const ControlReply reply, parse_reply_line(std::string_view(received).substr(0, end)));
            received.erase(0, end + 1);
            if (const auto* out = std::get_if<OutReply>(&reply))
                output.out(out->text);
            else if (const auto* error = std::get_if<ErrorReply>(&reply))
                output.error(error->line);
            else
                return std::get<ExitReply>(reply).code;
        }
        if (received.size() > kReplyLineBytes)
            return fail(Errc::corrupt, "control: the server's answer has no end");
        const ssize_t count = read(fd.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0)
            return fail(
                Errc::unreachable,
                fmt::format("the server can't be reached any more: {} was closed before the answer was "
                            "complete; `burnbox sessions` says how far it got once it runs again",
                            socket_path));
        received.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

}  // namespace burnbox
