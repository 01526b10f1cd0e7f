#include "server/ssh/transport.hpp"

#include <libssh/libssh.h>

namespace burnbox {
namespace {

thread_local Transport* current = nullptr;

}  // namespace

int Transport::socket_for_libssh() const {
    return libssh_fd_;
}

void Transport::attach(ssh_session_struct* session, ssh_event_struct* event) {
    session_ = session;
    event_ = event;
}

bool Transport::broken() const {
    return (ssh_get_status(session_) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0;
}

Transport* Transport::in_use() {
    return current;
}

Transport::Use::Use(Transport& transport) : previous_(current) {
    current = &transport;
}
Transport::Use::~Use() {
    current = previous_;
}

}  // namespace burnbox
