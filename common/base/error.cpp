#include "common/base/error.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace burnbox {
namespace {

Errc classify(int sys_errno) {
    switch (sys_errno) {
        case ENOENT:
        case ENOTDIR:
            return Errc::not_found;
        case EEXIST:
        case ENOTEMPTY:
            return Errc::exists;
        case EACCES:
        case EPERM:
        case EROFS:
        case EXDEV:
        case ELOOP:
            return Errc::permission;
        case EINVAL:
        case ENAMETOOLONG:
        case EISDIR:
        case EFBIG:
        case EBADF:
            return Errc::invalid;
        case ENOSPC:
            return Errc::no_space;
        case EDQUOT:
            return Errc::quota;
        case EOPNOTSUPP:
        case ENOSYS:
            return Errc::unsupported;
        case EMFILE:
        case ENFILE:
        case ENOMEM:
        case EAGAIN:
        case EBUSY:
            return Errc::busy;
        case ENOMEDIUM:
            return Errc::no_medium;
        case ETIMEDOUT:
            return Errc::timeout;
        case ECONNREFUSED:
        case ECONNRESET:
        case EPIPE:
            return Errc::unreachable;
        default:
            return Errc::io;
    }
}

}  // namespace

bool Error::retryable() const {
    switch (code) {
        case Errc::no_space:
        case Errc::busy:
        case Errc::no_medium:
        case Errc::wrong_medium:
        case Errc::timeout:
        case Errc::unreachable:
        case Errc::io:
        case Errc::conflict:
        case Errc::limit:
        case Errc::quota:
            return true;
        default:
            return false;
    }
}

Error errno_error(std::string_view operation, std::string_view object, int sys_errno) {
    std::string message;
    message.append(operation).append(" ").append(object).append(": ").append(std::strerror(sys_errno));
    return Error{classify(sys_errno), sys_errno, std::move(message)};
}

std::unexpected<Error> fail_errno(std::string_view operation, std::string_view object) {
    return fail_errno(operation, object, errno);
}

std::unexpected<Error> fail_errno(std::string_view operation, std::string_view object, int sys_errno) {
    return std::unexpected(errno_error(operation, object, sys_errno));
}

std::unexpected<Error> fail(Errc code, std::string message) {
    return std::unexpected(Error{code, 0, std::move(message)});
}

std::string_view to_string(Errc code) {
    switch (code) {
        case Errc::not_found:
            return "not_found";
        case Errc::exists:
            return "exists";
        case Errc::permission:
            return "permission";
        case Errc::invalid:
            return "invalid";
        case Errc::unsupported:
            return "unsupported";
        case Errc::no_space:
            return "no_space";
        case Errc::quota:
            return "quota";
        case Errc::limit:
            return "limit";
        case Errc::busy:
            return "busy";
        case Errc::conflict:
            return "conflict";
        case Errc::corrupt:
            return "corrupt";
        case Errc::no_medium:
            return "no_medium";
        case Errc::wrong_medium:
            return "wrong_medium";
        case Errc::does_not_fit:
            return "does_not_fit";
        case Errc::timeout:
            return "timeout";
        case Errc::cancelled:
            return "cancelled";
        case Errc::unreachable:
            return "unreachable";
        case Errc::disproved:
            return "disproved";
        case Errc::io:
            return "io";
    }
    return "io";
}

void panic(const char* file, int line, const char* what) {
    std::fprintf(stderr, "burnbox: broken invariant at %s:%d: %s\n", file, line, what);
    std::abort();
}

}  // namespace burnbox
