// upload: what an account's inbox does with requests, whatever protocol they came by. One Uploads for the
// server, one Client per SSH connection. Here live the rules of the contract's chapter on a session's life:
// names, the trailing slash, markers, the seal, the sealed alias, cancelling and mending by rename, rights
// and quota. SFTP and scp only translate.
//
// Paths are the client's bytes: absolute or relative to "/", with any "//", "." and ".."; a trailing '/' is
// meaningful. Threads: a Client is used on its connection's network thread; calls touch the page cache at
// most. What blocks (seal, fsync, catalogue) runs on the disk pool and answers through a Done, on the pool's
// thread or at once on the caller's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/digest.hpp"
#include "common/storage/file_system.hpp"
#include "server/lease/lease.hpp"
#include "server/rules/attributes.hpp"
#include "server/sessions/services.hpp"

namespace burnbox {

// Which digests of a file are asked for: of `length` bytes from `start` (0 = to its end), one for every
// `block` bytes (0 = one for all of them).
struct DigestRange {
    std::uint64_t start = 0, length = 0;
    std::uint32_t block = 0;
};
using Digests = std::vector<Sha256>;

// A file opened by a client. Dropping it without Client::close means its connection was lost: written ones
// count as cut off.
class UploadFile {
  public:
    virtual ~UploadFile() = default;
    [[nodiscard]] virtual Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset) = 0;
    [[nodiscard]] virtual Status write_at(std::span<const std::byte> data, std::uint64_t offset) = 0;
    [[nodiscard]] virtual Result<FileInfo> info() = 0;
    [[nodiscard]] virtual Status set_attributes(const Attributes& attributes) = 0;
    // A write that was refused before it came here: what was sent is not all there.
    virtual void note_lost_write(const Error& /*error*/) {}
    // Whether the file is known to be whole, so that a copy of it may count as whole. Errors:
    // Errc::permission.
    [[nodiscard]] virtual Status check_complete() { return {}; }
    // How large the sender says it will be (scp): a hint to reserve space.
    virtual void expect_size(std::uint64_t /*size_bytes*/) {}
};

class Client {
  public:
    virtual ~Client() = default;  // the connection is gone: its open files count as cut off

    [[nodiscard]] virtual const std::string& account() const = 0;
    [[nodiscard]] virtual Result<std::string> real_path(
        const std::string& path) = 0;  // never outside "/"; existence is not needed
    [[nodiscard]] virtual Result<FileInfo> info(const std::string& path, bool follow_links) = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<UploadFile>> open(const std::string& path,
                                                                   const OpenMode& mode) = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<Folder>> open_folder(const std::string& path) = 0;
    [[nodiscard]] virtual Status make_folder(const std::string& path, std::uint32_t permissions) = 0;
    [[nodiscard]] virtual Status remove_folder(const std::string& path) = 0;
    [[nodiscard]] virtual Status remove(const std::string& path) = 0;
    [[nodiscard]] virtual Status set_attributes(const std::string& path, const Attributes& attributes) = 0;
    [[nodiscard]] virtual Status make_symlink(const std::string& target, const std::string& path) = 0;
    [[nodiscard]] virtual Result<std::string> read_symlink(const std::string& path) = 0;

    // A request that was to make what is at this path was refused before it came here.
    virtual void note_refused(const std::string& /*path*/, const Error& /*error*/) {}

    // CLOSE, the end of an scp file. When the file is a marker the answer is the seal's: OK is the promise.
    virtual void close(std::unique_ptr<UploadFile> file, Done done) = 0;
    virtual void sync(UploadFile& file, Done done) = 0;  // the file must stay open until done
    // A rename may seal (to a marker's name), cancel (NAME-queued to NAME) or mend (NAME-failed to NAME).
    virtual void rename(const std::string& from, const std::string& to, RenameMode mode, Done done) = 0;
    // A hard link to a marker's name seals, as a rename does.
    virtual void make_hardlink(const std::string& existing, const std::string& path, Done done) = 0;
    // `ssh burnbox burn NAME`, `cancel NAME`.
    virtual void burn(const std::string& session, bool again, Done done) = 0;
    virtual void cancel(const std::string& session, Done done) = 0;
    // SHA-256 of an uploaded file, from the running hash when that is known, or of ranges of it.
    virtual void digest(const std::string& path, const DigestRange& range,
                        std::function<void(Result<Digests>)> done) = 0;
    // What may still be uploaded: the smallest of the quota's rest, the room on the pool's disc and that of
    // the inbox's file system.
    virtual void space(const std::string& path, std::function<void(Result<FileSystem::Space>)> done) = 0;
    // Leases a session's folder to a program. The lease is given back, whatever happens.
    virtual void lease(const LeaseRequest& request, LeaseDone done) = 0;
};

namespace upload {
class IntakeSession;
}

// An open session as people see it.
struct OpenSessionStatus {
    std::string account, name;
    std::uint64_t bytes = 0, files_count = 0;
    std::string reason;            // "no marker yet: send BURN", "cut off: ..."
    std::string watched_folder{};  // that it lies in; "" = its account's inbox
};

class Uploads {
  public:
    explicit Uploads(const UploadServices& services);
    ~Uploads();

    // At start, before any client: makes the accounts' folders, ends cut moves, reads the journals. Blocks.
    [[nodiscard]] Status recover();
    // An account of a configuration that is about to hold: what recover() does for one that nobody here has
    // seen. One that is known already stays as it is. Blocks.
    [[nodiscard]] Status add_account(const std::string& account);
    // A new connection of an account that has logged in. Any thread.
    [[nodiscard]] std::unique_ptr<Client> connect(const std::string& account);
    // The same as Client::burn and cancel, for the control socket.
    void burn(const std::string& account, const std::string& session, bool again, Done done);
    void cancel(const std::string& account, const std::string& session, Done done);

    // Begins a session that burnbox fills itself with so many bytes (server/seal/intake_session.hpp). Any
    // thread; blocks.
    [[nodiscard]] Result<std::unique_ptr<upload::IntakeSession>> begin_intake(const std::string& account,
                                                                              const std::string& session,
                                                                              std::uint64_t bytes);

    [[nodiscard]] std::vector<OpenSessionStatus> open_sessions();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace burnbox
