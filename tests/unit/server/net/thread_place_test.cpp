#include "server/net/thread_place.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "common/base/unique_fd.hpp"

using namespace burnbox;

namespace {

// The server's end of a connection through loopback on which a byte has arrived.
struct Line {
    UniqueFd client{::socket(AF_INET, SOCK_STREAM, 0)};
    UniqueFd server;

    Line() {
        const UniqueFd listener(::socket(AF_INET, SOCK_STREAM, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(listener.get(), any, size) == 0);
        REQUIRE(::listen(listener.get(), 1) == 0);
        REQUIRE(::getsockname(listener.get(), any, &size) == 0);
        REQUIRE(::connect(client.get(), any, size) == 0);
        server = UniqueFd(::accept(listener.get(), nullptr, nullptr));
        char byte = 'x';
        REQUIRE(::send(client.get(), &byte, 1, 0) == 1);
        REQUIRE(::recv(server.get(), &byte, 1, 0) == 1);
    }
    [[nodiscard]] int cpu() const {
        int cpu = -1;
        socklen_t size = sizeof cpu;
        REQUIRE(::getsockopt(server.get(), SOL_SOCKET, SO_INCOMING_CPU, &cpu, &size) == 0);
        return cpu;
    }
};

cpu_set_t affinity() {
    cpu_set_t set;
    REQUIRE(::sched_getaffinity(0, sizeof set, &set) == 0);
    return set;
}

bool goes_on(Conversation& conversation, int who, std::uint64_t bytes, unsigned turns) {
    bool on = false;
    for (unsigned i = 0; i < turns; ++i) on = conversation.goes_on(who, bytes);
    return on;
}

}  // namespace

TEST_CASE("thread place: a conversation is many small turns of one client") {
    Conversation one;
    CHECK_FALSE(goes_on(one, 7, 100, Conversation::kEnough));  // the first could be anybody's
    CHECK(goes_on(one, 7, Conversation::kSmallBytes, 1));
    CHECK(goes_on(one, 7, 100, 1000));
}

TEST_CASE("thread place: much data ends a conversation, and so does another client") {
    Conversation one;
    REQUIRE(goes_on(one, 7, 100, 100));
    CHECK_FALSE(goes_on(one, 7, Conversation::kSmallBytes + 1, 1));
    CHECK_FALSE(goes_on(one, 7, 100, Conversation::kEnough - 1));
    CHECK(goes_on(one, 7, 100, 1));
    CHECK_FALSE(goes_on(one, 8, 100, 1));
    CHECK_FALSE(goes_on(one, 7, 100, 1));
}

TEST_CASE("thread place: the thread stays with its client's packets, and is free again when data flows") {
    const Line line;
    std::thread([&] {  // of its own: doctest's thread stays as it is
        const cpu_set_t before = affinity();
        ThreadPlace place;
        place.note_turn(line.server.get(), 100);
        const cpu_set_t yet = affinity();
        CHECK(CPU_EQUAL(&before, &yet));
        for (unsigned i = 0; i < Conversation::kEnough; ++i) place.note_turn(line.server.get(), 100);
        const cpu_set_t during = affinity();
        CHECK(CPU_COUNT(&during) == 1);
        CHECK(CPU_ISSET(line.cpu(), &during));
        place.note_turn(line.server.get(), std::uint64_t{1} << 20U);
        const cpu_set_t after = affinity();
        CHECK(CPU_EQUAL(&before, &after));
    })
        .join();
}
