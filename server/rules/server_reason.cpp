#include "server/rules/server_reason.hpp"

#include <cerrno>

namespace burnbox::upload {

bool is_servers_reason(const Error& error) {
    switch (error.code) {
        case Errc::no_space:
        case Errc::quota:
        case Errc::limit:
        case Errc::busy:
        case Errc::timeout:
        case Errc::unreachable:
        case Errc::io:
            return true;
        case Errc::permission:  // of the server's user on its own disk; ELOOP is a client's link
            return error.sys_errno == EACCES || error.sys_errno == EPERM || error.sys_errno == EROFS;
        default:
            return false;
    }
}

}  // namespace burnbox::upload
