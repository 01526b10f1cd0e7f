// The server's own keys: made at first start in state_dir/host_keys (ed25519 and RSA 3072, mode 0600),
// refused when others can read them; and the libssh "bind" that carries them and the algorithms into each new
// session. Threads: accept() from all; it is short and serialised, because libssh changes the bind while it
// accepts.
#pragma once

#include <memory>
#include <string>

#include "common/base/error.hpp"

struct ssh_session_struct;

namespace burnbox {

class HostKeys {
  public:
    // Blocks on the disk, and about a second when keys are made.
    [[nodiscard]] static Result<std::unique_ptr<HostKeys>> open(const std::string& state_dir);
    ~HostKeys();

    // Makes `session` a server's session on a connected socket. libssh owns the socket from here on, also on
    // failure.
    [[nodiscard]] Status accept(ssh_session_struct* session, int socket);
    [[nodiscard]] const std::string& fingerprint() const {
        return fingerprint_;
    }  // "SHA256:..." of the ed25519 key
    [[nodiscard]] const std::string& line() const { return line_; }  // "ssh-ed25519 AAAA..."

  private:
    struct Bind;
    explicit HostKeys(std::unique_ptr<Bind> bind);
    std::unique_ptr<Bind> bind_;
    std::string fingerprint_, line_;
};

}  // namespace burnbox
