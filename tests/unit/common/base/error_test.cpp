#include "common/base/error.hpp"

#include <doctest/doctest.h>

#include <cerrno>

using namespace burnbox;

TEST_CASE("errors: a message names operation, object and cause") {
    const Error error = errno_error("write", "inbox/alice/x.raw at 1048576", ENOSPC);
    CHECK(error.message == "write inbox/alice/x.raw at 1048576: No space left on device");
    CHECK(error.code == Errc::no_space);
    CHECK(error.sys_errno == ENOSPC);
}

TEST_CASE("errors: what may succeed later is retryable, what needs a person is not") {
    for (const int transient : {ENOSPC, EIO, EAGAIN, EMFILE, EDQUOT, ETIMEDOUT, ENOMEDIUM})
        CHECK(errno_error("x", "y", transient).retryable());
    for (const int lasting : {ENOENT, EACCES, EINVAL, EEXIST, EROFS, ENOSYS})
        CHECK_FALSE(errno_error("x", "y", lasting).retryable());
    CHECK_FALSE(Error{.code = Errc::corrupt, .sys_errno = 0, .message = ""}.retryable());
}

namespace {
Result<int> half(int n) {
    if (n % 2 != 0) return fail(Errc::invalid, "odd");
    return n / 2;
}
Result<int> quarter(int n) {
    BB_TRY(const int once, half(n));
    BB_TRY(const int twice, half(once));
    return twice;
}
Status check_even(int n) {
    BB_CHECK(half(n));
    return {};
}
}  // namespace

TEST_CASE("errors: BB_TRY and BB_CHECK hand on the first error") {
    CHECK(quarter(8).value() == 2);
    CHECK(quarter(6).error().message == "odd");
    CHECK(check_even(2).has_value());
    CHECK_FALSE(check_even(3).has_value());
}
