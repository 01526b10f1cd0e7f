// A long line: listens on a port of its own, prints it, and passes every connection on to 127.0.0.1:PORT,
// each byte DELAY_MS later in both directions. Bandwidth is not limited: what is on its way is kept in
// memory, at most kMostOnTheWay bytes a direction.
//     delay_proxy PORT DELAY_MS
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kPiece = 256U << 10U;
constexpr std::size_t kMostOnTheWay = 128U << 20U;

struct Piece {
    Clock::time_point due;
    std::vector<char> bytes;  // empty = the sender is done
};

// One direction: one thread takes in, one gives out.
class Line {
  public:
    Line(int from, int to, Clock::duration delay) : from_(from), to_(to), delay_(delay) {}

    void take_in() {
        for (;;) {
            std::vector<char> bytes(kPiece);
            const ssize_t count = recv(from_, bytes.data(), bytes.size(), 0);
            bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return on_the_way_ < kMostOnTheWay; });
            on_the_way_ += bytes.size();
            pieces_.push_back({Clock::now() + delay_, std::move(bytes)});
            changed_.notify_all();
            if (count <= 0) return;
        }
    }

    void give_out() {
        for (;;) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return !pieces_.empty(); });
            Piece piece = std::move(pieces_.front());
            pieces_.pop_front();
            lock.unlock();
            std::this_thread::sleep_until(piece.due);
            if (piece.bytes.empty()) {
                shutdown(to_, SHUT_WR);
                return;
            }
            for (std::size_t sent = 0; sent < piece.bytes.size();) {
                const ssize_t count =
                    send(to_, piece.bytes.data() + sent, piece.bytes.size() - sent, MSG_NOSIGNAL);
                if (count <= 0) {
                    shutdown(from_, SHUT_RD);
                    break;
                }
                sent += static_cast<std::size_t>(count);
            }
            lock.lock();
            on_the_way_ -= piece.bytes.size();
            changed_.notify_all();
        }
    }

  private:
    const int from_, to_;
    const Clock::duration delay_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Piece> pieces_;
    std::size_t on_the_way_ = 0;
};

void pass_on(int client, int port, Clock::duration delay) {
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        const int yes = 1;
        for (const int fd : {client, server}) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        Line up(client, server, delay), down(server, client, delay);
        std::thread threads[] = {std::thread([&] { up.take_in(); }), std::thread([&] { up.give_out(); }),
                                 std::thread([&] { down.take_in(); }), std::thread([&] { down.give_out(); })};
        for (auto& thread : threads) thread.join();
    }
    close(server);
    close(client);
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) return 2;
    const int port = std::atoi(words[1]);
    const auto delay = std::chrono::milliseconds(std::atoi(words[2]));
    signal(SIGPIPE, SIG_IGN);
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::perror("listen");
        return 1;
    }
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    for (;;) {
        const int client = accept(listener, nullptr, nullptr);
        if (client >= 0) std::thread(pass_on, client, port, delay).detach();
    }
}
