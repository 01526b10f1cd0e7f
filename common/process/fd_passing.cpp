#include "common/process/fd_passing.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace burnbox {
namespace {

constexpr std::size_t kMostDescriptors = 8;

struct ControlBuffer {
    alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(int) * kMostDescriptors)] = {};
};

std::vector<UniqueFd> take_descriptors(msghdr& header) {
    std::vector<UniqueFd> result;
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
            result.emplace_back(fd);
        }
    }
    return result;
}

}  // namespace

Status send_packet(int socket, std::string_view bytes, std::span<const int> descriptors) {
    BB_ASSERT(descriptors.size() <= kMostDescriptors);
    std::string copy(bytes);
    iovec part{copy.data(), copy.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    ControlBuffer control;
    if (!descriptors.empty()) {
        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
    }
    while (::sendmsg(socket, &header, MSG_NOSIGNAL) < 0)
        if (errno != EINTR) return fail_errno("send to", "the spawner's socket");
    return {};
}

Result<Packet> receive_packet(int socket, std::size_t most_bytes) {
    Packet packet;
    packet.bytes.resize(most_bytes);
    iovec part{packet.bytes.data(), packet.bytes.size()};
    ControlBuffer control;
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
    ssize_t length = 0;
    while ((length = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC)) < 0)
        if (errno != EINTR) return fail_errno("receive from", "the spawner's socket");
    packet.descriptors = take_descriptors(header);
    if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
        return fail(Errc::invalid, "receive from the spawner's socket: the packet is too large");
    packet.bytes.resize(static_cast<std::size_t>(length));
    return packet;
}

}  // namespace burnbox
