#include "tests/unit/plain_transport/interposed_libssh.hpp"

#include <dlfcn.h>

#include <utility>

namespace burnbox::test {

NextCalls& next_calls() {
    thread_local NextCalls calls;
    return calls;
}

}  // namespace burnbox::test

extern "C" {

int ssh_channel_write(ssh_channel channel, const void* data, uint32_t length) {
    static const auto real = reinterpret_cast<int (*)(ssh_channel, const void*, uint32_t)>(
        ::dlsym(RTLD_NEXT, "ssh_channel_write"));
    if (const auto act = std::exchange(burnbox::test::next_calls().write, nullptr)) act(channel);
    return real(channel, data, length);
}

int ssh_channel_read_timeout(ssh_channel channel, void* data, uint32_t count, int is_stderr, int timeout_ms) {
    static const auto real = reinterpret_cast<int (*)(ssh_channel, void*, uint32_t, int, int)>(
        ::dlsym(RTLD_NEXT, "ssh_channel_read_timeout"));
    if (const auto act = std::exchange(burnbox::test::next_calls().read_timeout, nullptr)) act(channel);
    return real(channel, data, count, is_stderr, timeout_ms);
}

}  // extern "C"
