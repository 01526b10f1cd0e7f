#include "server/net/thread_place.hpp"

#include <sys/socket.h>

#include <utility>

namespace burnbox {

void ThreadPlace::note_turn(int socket, std::uint64_t bytes) {
    if (!conversation_.goes_on(socket, bytes)) return let_go();
    int cpu = -1;
    socklen_t size = sizeof cpu;
    if (::getsockopt(socket, SOL_SOCKET, SO_INCOMING_CPU, &cpu, &size) != 0 || cpu == cpu_) return;
    stay_on(cpu);
}

void ThreadPlace::stay_on(int cpu) {
    if (cpu < 0 || cpu >= CPU_SETSIZE) return;
    if (cpu_ < 0 && ::sched_getaffinity(0, sizeof allowed_, &allowed_) != 0) return;
    if (!CPU_ISSET(cpu, &allowed_)) return let_go();  // not for an administrator's own choice
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(cpu, &only);
    if (::sched_setaffinity(0, sizeof only, &only) == 0) cpu_ = cpu;
}

void ThreadPlace::let_go() {
    if (std::exchange(cpu_, -1) >= 0) (void)::sched_setaffinity(0, sizeof allowed_, &allowed_);
}

}  // namespace burnbox
