// The least that an upload of MIB mebibytes costs a server on this machine: receive from a loopback socket,
// decrypt AES-128-GCM in packets of 32 KiB, write to FOLDER, SHA-256. One thread, large pieces, no protocol.
// Prints the CPU time of each part and the time of all together.
//     floor FOLDER MIB
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kPiece = 1U << 20U, kPacket = 32U << 10U;

void require(bool good, const char* what) {
    if (good) return;
    std::perror(what);
    std::exit(1);
}

double cpu_ms() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return 1e3 * static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           1e-3 * static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

// A connected loopback socket from which a child's `bytes` can be read.
int incoming(std::size_t bytes) {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    require(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener, 1) == 0 &&
                getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0,
            "listen");
    if (fork() == 0) {
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        require(connect(fd, reinterpret_cast<sockaddr*>(&address), size) == 0, "connect");
        std::vector<char> data(kPacket, 'x');
        for (std::size_t sent = 0; sent < bytes;) {
            const ssize_t count = send(fd, data.data(), std::min(data.size(), bytes - sent), 0);
            require(count > 0, "send");
            sent += static_cast<std::size_t>(count);
        }
        _exit(0);
    }
    const int fd = accept(listener, nullptr, nullptr);
    require(fd >= 0, "accept");
    close(listener);
    return fd;
}

struct Parts {
    bool decrypt = false, write = false, hash = false;
};

void run(const char* name, const std::string& folder, std::size_t bytes, Parts parts) {
    const int in = incoming(bytes);
    const std::string path = folder + "/floor";
    const int out = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    require(out >= 0, "open");
    EVP_CIPHER_CTX* const cipher = EVP_CIPHER_CTX_new();
    EVP_MD_CTX* const digest = EVP_MD_CTX_new();
    const unsigned char key[16]{}, iv[12]{};
    EVP_DecryptInit_ex(cipher, EVP_aes_128_gcm(), nullptr, key, iv);
    EVP_DigestInit_ex(digest, EVP_sha256(), nullptr);
    std::vector<unsigned char> piece(kPiece);
    const auto began = std::chrono::steady_clock::now();
    const double before = cpu_ms();
    for (std::size_t done = 0; done < bytes;) {
        const ssize_t count = recv(in, piece.data(), piece.size(), MSG_WAITALL);
        require(count > 0, "recv");
        const auto length = static_cast<std::size_t>(count);
        for (std::size_t at = 0; parts.decrypt && at < length; at += kPacket) {
            int written = 0;
            EVP_DecryptInit_ex(cipher, nullptr, nullptr, nullptr, iv);
            EVP_DecryptUpdate(cipher, piece.data() + at, &written, piece.data() + at,
                              static_cast<int>(std::min(kPacket, length - at)));
        }
        if (parts.write)
            require(pwrite(out, piece.data(), length, static_cast<off_t>(done)) == count, "write");
        if (parts.hash) EVP_DigestUpdate(digest, piece.data(), length);
        done += length;
    }
    const double wall =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
    std::printf("%-42s %7.0f ms CPU %7.0f ms wall\n", name, cpu_ms() - before, wall);
    EVP_CIPHER_CTX_free(cipher);
    EVP_MD_CTX_free(digest);
    close(in);
    close(out);
    unlink(path.c_str());
    while (wait(nullptr) > 0) {
    }
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) return 2;
    const std::string folder = words[1];
    const std::size_t bytes = std::strtoul(words[2], nullptr, 10) << 20U;
    std::printf("\nfloor of %s MiB (CPU of the receiving side)\n", words[2]);
    run("receive", folder, bytes, {});
    run("receive, decrypt", folder, bytes, {.decrypt = true});
    run("receive, decrypt, write", folder, bytes, {.decrypt = true, .write = true});
    run("receive, decrypt, write, hash", folder, bytes, {.decrypt = true, .write = true, .hash = true});
}
