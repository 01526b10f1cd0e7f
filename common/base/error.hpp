// Errors are values: every fallible function returns Result<T>. A message names operation, object and cause,
// and is logged once, where it is decided what to do about it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace burnbox {

enum class Errc : std::uint8_t {
    not_found,
    exists,
    permission,  // the account's rights or the object's state forbid it
    invalid,     // the caller's input is wrong
    unsupported,
    no_space,      // of the file system
    quota,         // of the account
    limit,         // a key of `limits:` refuses it
    busy,          // try again later
    conflict,      // somebody else changed the state first
    corrupt,       // content differs from its digest, or a record can't be read
    no_medium,     // the drive waits for a disc
    wrong_medium,  // a disc is there that can't do the job
    does_not_fit,  // on this disc
    timeout,
    cancelled,
    unreachable,  // the other process does not answer
    disproved,    // what would be written is not what was sealed; nothing was written
    io,           // the device or the kernel failed
};

// Whose an error is: who has to be looked after, and who is not to blame.
enum class Origin : std::uint8_t {
    unknown,       // of the operation that returned it
    catalogue,     // the database
    state_folder,  // the server's own files
    session,       // its folder, its records, or what became of it meanwhile
};

struct Error {
    Errc code = Errc::io;
    int sys_errno = 0;  // 0 when the cause is no system call
    std::string message;
    Origin origin = Origin::unknown;

    // True when the same operation may succeed later without anybody changing its input.
    [[nodiscard]] bool retryable() const;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// "write inbox/a/x at 4096: No space left on device"; the one place where errno becomes an Errc.
[[nodiscard]] Error errno_error(std::string_view operation, std::string_view object, int sys_errno);
[[nodiscard]] std::unexpected<Error> fail_errno(std::string_view operation, std::string_view object);
[[nodiscard]] std::unexpected<Error> fail_errno(std::string_view operation, std::string_view object,
                                                int sys_errno);
[[nodiscard]] std::unexpected<Error> fail(Errc code, std::string message);
[[nodiscard]] std::string_view to_string(Errc code);
// The same result; an error that nobody has claimed yet gets this origin.
template <typename ResultType>
[[nodiscard]] ResultType with_origin(Origin origin, ResultType result) {
    if (!result && result.error().origin == Origin::unknown) result.error().origin = origin;
    return result;
}

// A broken invariant: says where and aborts.
[[noreturn]] void panic(const char* file, int line, const char* what);

}  // namespace burnbox

#define BB_CAT_(a, b) a##b
#define BB_CAT(a, b) BB_CAT_(a, b)
#define BB_TRY_(tmp, declaration, expression)                 \
    auto tmp = (expression);                                  \
    if (!tmp) return std::unexpected(std::move(tmp).error()); \
    declaration = std::move(*tmp)
// BB_TRY(auto file, open(...)); returns the error to the caller, else declares `file`.
#define BB_TRY(declaration, expression) BB_TRY_(BB_CAT(bb_try_, __LINE__), declaration, expression)
// BB_CHECK(status()); returns the error to the caller.
#define BB_CHECK(expression)                                                                              \
    do {                                                                                                  \
        if (auto bb_check = (expression); !bb_check) return std::unexpected(std::move(bb_check).error()); \
    } while (false)
#define BB_ASSERT(condition) ((condition) ? void(0) : ::burnbox::panic(__FILE__, __LINE__, #condition))
