// An SshSession on the plain transport, with libssh's client at the other end of a socket pair. There libssh
// reads the socket by itself, also while the server writes or grants window.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "common/base/unique_fd.hpp"
#include "server/sftp/protocol.hpp"
#include "server/sftp/session.hpp"
#include "server/ssh/ssh_session.hpp"
#include "tests/support/server/fake_upload_client.hpp"
#include "tests/support/server/sftp_packets.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"
#include "tests/unit/plain_transport/interposed_libssh.hpp"

using namespace burnbox;
using namespace burnbox::test;
using Steady = std::chrono::steady_clock;

namespace {

constexpr int kPatienceMs = 5000;

bool readable(int socket, int timeout_ms) {
    pollfd fd{.fd = socket, .events = POLLIN, .revents = 0};
    return ::poll(&fd, 1, timeout_ms) == 1;
}

// Of the protocols, sftp.
class SftpServices final : public ThreadServices, public ClientServices {
  public:
    explicit SftpServices(MemoryFileSystem& fs) : fs_(fs) {}
    std::unique_ptr<ClientServices> log_in(const std::string&, const boost::asio::any_io_executor&) override {
        return std::make_unique<SftpServices>(fs_);
    }
    std::unique_ptr<Service> make_subsystem(ServicePort& port, std::string_view) override {
        return std::make_unique<sftp::Session>(port, sftp::SessionParts{client_, handles_, gather_});
    }
    std::unique_ptr<Service> make_command(ServicePort&, std::string_view) override { return nullptr; }

  private:
    MemoryFileSystem& fs_;
    std::shared_ptr<Client> client_ = std::make_shared<FakeUploadClient>(fs_);
    std::shared_ptr<sftp::HandleBudget> handles_ = std::make_shared<sftp::HandleBudget>();
    sftp::WriteGather gather_;
};

// alice's only key, made anew.
struct UserKey {
    ssh_key key = nullptr;
    std::map<std::string, AccountConfig> accounts;

    UserKey() {
        REQUIRE(ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) == SSH_OK);
        char* text = nullptr;
        REQUIRE(ssh_pki_export_pubkey_base64(key, &text) == SSH_OK);
        accounts["alice"].keys = {{.type = "ssh-ed25519", .base64 = text, .comment = ""}};
        ssh_string_free_char(text);
    }
    ~UserKey() { ssh_key_free(key); }
};

// The client's side, on a thread of its own: logs in and opens the sftp subsystem, then does what the test
// wants with blocking calls.
class LibsshClient {
  public:
    LibsshClient(int socket, ssh_key key) : session_(ssh_new()) {
        const int no = 0;
        ssh_options_set(session_, SSH_OPTIONS_FD, &socket);
        ssh_options_set(session_, SSH_OPTIONS_HOST, "burnbox");
        ssh_options_set(session_, SSH_OPTIONS_USER, "alice");
        ssh_options_set(session_, SSH_OPTIONS_PROCESS_CONFIG, &no);
        ready_ = ssh_connect(session_) == SSH_OK &&
                 ssh_userauth_publickey(session_, nullptr, key) == SSH_AUTH_SUCCESS;
        channel_ = ready_ ? ssh_channel_new(session_) : nullptr;
        ready_ = ready_ && ssh_channel_open_session(channel_) == SSH_OK &&
                 ssh_channel_request_sftp(channel_) == SSH_OK;
    }
    ~LibsshClient() {
        if (channel_ != nullptr) ssh_channel_free(channel_);
        ssh_disconnect(session_);
        ssh_free(session_);
    }

    [[nodiscard]] bool ready() const { return ready_; }
    void send(const std::string& bytes) {
        ssh_channel_write(channel_, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    }
    // The next `count` answers; fewer when they don't come in time.
    std::vector<SftpReply> replies(std::size_t count) {
        std::vector<SftpReply> got;
        std::string stream;
        while (got.size() < count) {
            std::array<char, 16384>
                piece;  // less than its window: else the client asks for more, which wakes the server
            const int length = ssh_channel_read_timeout(channel_, piece.data(), piece.size(), 0, kPatienceMs);
            if (length <= 0) break;
            stream.append(piece.data(), static_cast<std::size_t>(length));
            got = sftp_replies(stream);
            if (!got.empty() && got.back().type == 0) got.pop_back();
        }
        return got;
    }

  private:
    ssh_session session_;
    ssh_channel channel_ = nullptr;
    bool ready_ = false;
};

struct House {
    TempFolder folder;
    MemoryFileSystem fs;
    UserKey key;
    SftpServices sftp{fs};
    std::unique_ptr<HostKeys> host_keys = std::move(HostKeys::open(folder.path())).value();
    Published<Keyring> keyring{Keyring(key.accounts)};
    CurrentConfig config{Config()};
    SshServices services{*host_keys, keyring, config, [this] { return std::make_unique<SftpServices>(fs); }};
    boost::asio::io_context io;
    UniqueFd server_end, client_end;
    std::unique_ptr<SshSession> session;

    House() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        server_end = UniqueFd(ends[0]), client_end = UniqueFd(ends[1]);
        REQUIRE(::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
        SshSession::Events events{[](const auto&) {}, [] {}, [] {}};
        session = std::make_unique<SshSession>(services, sftp, ends[0], std::span<std::byte>(),
                                               io.get_executor(), "test", std::move(events));
        REQUIRE(session->start());
    }

    // What a Connection does, until the client has come to its end.
    void serve(const std::function<void(LibsshClient&)>& use) {
        std::atomic<bool> over = false;
        std::thread client([&] {
            {
                LibsshClient its(client_end.get(), key.key);
                CHECK(its.ready());
                if (its.ready()) use(its);
            }
            over = true;
        });
        while (!over) {
            Transport& transport = session->transport();
            const short wanted = static_cast<short>(transport.has_unsent() ? POLLIN | POLLOUT : POLLIN);
            pollfd fd{.fd = server_end.get(), .events = wanted, .revents = 0};
            if (::poll(&fd, 1, 10) != 1) continue;
            bool readable = (fd.revents & ~POLLOUT) != 0, broken = false;
            for (bool more = true; more && !broken;) {
                const auto read = readable ? transport.pump() : Transport::Progress::idle;
                const auto turn = session->turn();
                broken = !transport.send() || read == Transport::Progress::closed ||
                         turn == SshSession::Turn::broken;
                readable = read == Transport::Progress::more;
                more = readable || (turn == SshSession::Turn::again && transport.has_room());
            }
            if (broken) break;
        }
        client.join();
        session.reset();
    }
};

std::string read_request(std::uint32_t id, const std::string& handle, std::uint64_t offset) {
    return sftp_packet(sftp::kRead, be32(id) + text(handle) + be64(offset) + be32(32768));
}

}  // namespace

TEST_CASE("plain transport: a request that arrives while window is granted is answered") {
    House house;
    next_calls().read_timeout = [&](ssh_channel) {
        (void)house.session->transport().send();
        CHECK(readable(house.server_end.get(), kPatienceMs));
    };
    std::size_t answers = 0;
    house.serve([&](LibsshClient& client) {
        client.send(sftp_packet(sftp::kInit, be32(3)));
        answers = client.replies(1).size();
    });
    CHECK(answers == 1);
}

TEST_CASE("plain transport: answers stay whole when requests arrive while they are written") {
    House house;
    std::string content(40 * 32768, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 31 + i / 32768);
    auto file = house.fs.open("a", {.write = true, .create = true});
    REQUIRE(file);
    REQUIRE((*file)->write_at(std::as_bytes(std::span(content)), 0));
    std::atomic<bool> armed = false, writing = false;
    std::string got;
    // As libssh does it while keys are exchanged: packets are taken in first.
    const std::function<void(ssh_channel)> take_requests = [&](ssh_channel channel) {
        if (!armed) {
            next_calls().write = take_requests;
            return;
        }
        writing = true;
        while (readable(house.server_end.get(), 200)) (void)ssh_channel_poll(channel, 0);
    };
    next_calls().write = take_requests;
    house.serve([&](LibsshClient& client) {
        client.send(sftp_packet(sftp::kInit, be32(3)) +
                    sftp_packet(sftp::kOpen, be32(0) + text("/a") + be32(sftp::kOpenRead) + kNoAttributes));
        const auto opened = client.replies(2);
        if (opened.size() < 2) return;
        const std::string handle = opened[1].string();
        armed = true;
        client.send(read_request(0, handle, 0));
        while (!writing) std::this_thread::yield();
        std::string more;
        for (std::uint32_t i = 1; i < 40; ++i) more += read_request(i, handle, i * 32768ULL);
        client.send(more);
        for (const SftpReply& reply : client.replies(40)) got += reply.string();
    });
    CHECK((got == content));
}
