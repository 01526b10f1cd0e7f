// A client that costs little itself: logs in to 127.0.0.1 with an ed25519 key, by libssh.
//     login_client PORT USER KEY one-by-one COUNT          log in, open an SFTP session, leave; COUNT times
//     login_client PORT USER KEY at-once COUNT FOLDER      COUNT connections at once, each uploads 4 KiB to
//     FOLDER/fN login_client PORT USER KEY hold COUNT                COUNT connections stay until standard
//     input ends
#include <fcntl.h>
#include <libssh/libssh.h>
#include <libssh/sftp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

int port = 0;
std::string user, key_file;
ssh_key key = nullptr;

void require(bool good, const char* what, ssh_session session = nullptr) {
    if (good) return;
    std::fprintf(stderr, "%s: %s\n", what, session != nullptr ? ssh_get_error(session) : "failed");
    std::_Exit(1);
}

struct Login {
    ssh_session session = ssh_new();
    sftp_session sftp = nullptr;

    Login() {
        const bool no = false;
        ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
        ssh_options_set(session, SSH_OPTIONS_HOST, "127.0.0.1");
        ssh_options_set(session, SSH_OPTIONS_PORT, &port);
        ssh_options_set(session, SSH_OPTIONS_USER, user.c_str());
        ssh_options_set(session, SSH_OPTIONS_CIPHERS_C_S, "aes128-gcm@openssh.com");
        ssh_options_set(session, SSH_OPTIONS_CIPHERS_S_C, "aes128-gcm@openssh.com");
        ssh_options_set(session, SSH_OPTIONS_HOSTKEYS, "ssh-ed25519");
        const int yes = 1;
        ssh_options_set(session, SSH_OPTIONS_NODELAY, &yes);
        require(ssh_connect(session) == SSH_OK, "connect", session);
        require(ssh_userauth_publickey(session, nullptr, key) == SSH_AUTH_SUCCESS, "log in", session);
        sftp = sftp_new(session);
        require(sftp != nullptr && sftp_init(sftp) == SSH_OK, "sftp", session);
    }
    ~Login() {
        sftp_free(sftp);
        ssh_disconnect(session);
        ssh_free(session);
    }
    void upload(const std::string& path) const {
        const std::string data(4096, 'x');
        const sftp_file file = sftp_open(sftp, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        require(file != nullptr, "open", session);
        require(sftp_write(file, data.data(), data.size()) == static_cast<ssize_t>(data.size()), "write",
                session);
        require(sftp_close(file) == SSH_OK, "close", session);
    }
};

// One process a client: they wait for nothing but the server.
void at_once(int count, const std::string& folder) {
    std::vector<pid_t> children;
    for (int i = 0; i < count; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            Login().upload(folder + "/f" + std::to_string(i));
            std::_Exit(0);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        require(waitpid(child, &status, 0) == child && status == 0, "a client");
    }
}

}  // namespace

int main(int words_count, char** words) {
    if (words_count < 6) return 2;
    port = std::atoi(words[1]);
    user = words[2];
    require(ssh_pki_import_privkey_file(words[3], nullptr, nullptr, nullptr, &key) == SSH_OK, "read the key");
    const std::string how = words[4];
    const int count = std::atoi(words[5]);
    if (how == "one-by-one") {
        for (int i = 0; i < count; ++i) Login();
    } else if (how == "at-once" && words_count == 7) {
        at_once(count, words[6]);
    } else if (how == "hold") {
        std::vector<Login> held(static_cast<std::size_t>(count));
        std::puts("holding");
        std::fflush(stdout);
        char byte = 0;
        while (read(0, &byte, 1) > 0) {
        }
    } else {
        return 2;
    }
}
