// EXTENDED requests: OpenSSH's (its PROTOCOL file, section 4), copy-data, home-directory and check-file
// (draft-ietf-secsh-filexfer-extensions-00 3, 6, 7).
#include <algorithm>

#include "server/sftp/session.hpp"

namespace burnbox::sftp {

// Asks the Client something that is answered later: `begin` gets what to call with the answer, and `write`
// puts a good one into the channel, on the connection's thread.
template <class T>
void Session::ask(const Request& request, const std::function<void(std::function<void(Result<T>)>)>& begin,
                  std::function<void(const T&)> write) {
    ++pending_;
    auto answer = [this, request, write = std::move(write)](const Result<T>& result) {
        --pending_;
        if (finished_) return;
        if (result)
            write(*result);
        else
            reply(request, result.error());
        finish_if_done();
    };
    begin([post = port_.poster(), client = client_, answer = std::move(answer)](const Result<T>& result) {
        post([client, answer, result] { answer(result); });
    });
}

namespace {

constexpr std::uint32_t kBlockBytes = 4096;
constexpr std::uint32_t kLongestName = 255;

// Whether a client's list of digests, most wanted first, holds SHA-256.
bool wants_sha256(std::string_view list) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (list.substr(0, comma) == "sha256") return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

}  // namespace

const Session::Extension Session::kExtensions[] = {
    {"posix-rename@openssh.com", "1", true, &Session::posix_rename},
    {"statvfs@openssh.com", "2", false, &Session::statvfs},
    {"fstatvfs@openssh.com", "2", false, &Session::fstatvfs},
    {"hardlink@openssh.com", "1", true, &Session::hardlink},
    {"fsync@openssh.com", "1", true, &Session::fsync},
    {"lsetstat@openssh.com", "1", true, &Session::setstat},
    {"limits@openssh.com", "1", false, &Session::limits},
    {"expand-path@openssh.com", "1", false, &Session::expand_path},
    {"copy-data", "1", true, &Session::copy_data},
    {"home-directory", "1", false, &Session::home_directory},
    {"users-groups-by-id@openssh.com", "1", false, &Session::names_by_id},
    {"check-file-name", "1", false, &Session::check_file_name},
    {"check-file-handle", "1", false, &Session::check_file_handle},
    {"check-file", "1", false, &Session::check_file_handle},  // paramiko's name for it
    {"", "", false, nullptr},
};

void Session::extended(Request& request) {
    const std::string_view name = request.body.string();
    if (!complete(request)) return;
    const Extension* extension = kExtensions;
    while (!extension->name.empty() && extension->name != name) ++extension;
    if (extension->name.empty()) return reply(request.id, kOpUnsupported, "unknown extension");
    request.name = extension->name.data();
    request.changes = extension->changes;
    (this->*extension->function)(request);
}

void Session::limits(Request& request) {
    Writer writer(port_.out(), kExtendedReply);
    writer.u32(request.id);
    writer.u64(kMostData);  // packet
    writer.u64(kMostData -
               1024);  // READ; OpenSSH's clients take it for their buffer, the packet's header included
    writer.u64(kMostData - 1024);  // WRITE
    writer.u64(handles_.most());
    writer.finish();
}

void Session::fsync(Request& request) {
    const std::string_view wire = request.body.string();
    if (!complete(request) || file_of(request, wire) == nullptr) return;
    const auto handle = handles_.share(wire);
    ++handle->in_use;
    run_slow(
        request, [this, handle] { end_use(handle); },
        [&](Done done) { client_->sync(*handle->file, std::move(done)); });
}

void Session::posix_rename(Request& request) {
    rename_as(request, RenameMode::replace);
}

void Session::hardlink(Request& request) {
    const auto existing = path_of(request);
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!existing || !path) return reply(request, existing ? path.error() : existing.error());
    run_slow(request, {}, [&](Done done) { client_->make_hardlink(*existing, *path, std::move(done)); });
}

void Session::reply_space(const Request& request, const std::string& path) {
    ask<FileSystem::Space>(
        request, [&](auto done) { client_->space(path, std::move(done)); },
        [this, id = request.id](const FileSystem::Space& space) {
            Writer writer(port_.out(), kExtendedReply);
            writer.u32(id);
            writer.u64(kBlockBytes);  // f_bsize, f_frsize
            writer.u64(kBlockBytes);
            writer.u64(space.total_bytes / kBlockBytes);
            writer.u64(space.free_bytes / kBlockBytes);
            writer.u64(space.free_bytes / kBlockBytes);
            writer.u64(space.total_inodes);
            writer.u64(space.free_inodes);
            writer.u64(space.free_inodes);
            writer.u64(0);  // f_fsid
            writer.u64(2);  // f_flag: SSH_FXE_STATVFS_ST_NOSUID
            writer.u64(kLongestName);
            writer.finish();
        });
}

void Session::statvfs(Request& request) {
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    reply_space(request, *path);
}

void Session::fstatvfs(Request& request) {
    const std::string_view wire = request.body.string();
    if (!complete(request)) return;
    const OpenHandle* handle = handles_.find(wire);
    if (handle == nullptr) return reply(request.id, kFailure, "fstatvfs: not an open handle");
    reply_space(request, handle->path);
}

// "~" is the inbox; nobody else has a home here.
void Session::expand_path(Request& request) {
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    std::string expanded = path->empty() ? "." : *path;
    if (expanded.starts_with("~")) {
        if (expanded.size() > 1 && expanded[1] != '/')
            return reply(request, Error{Errc::not_found, 0, "expand-path: no such user"});
        expanded.replace(0, 1, "/");
    }
    const auto real = client_->real_path(expanded);
    if (!real) return reply(request, real.error());
    reply_name(request.id, *real);
}

void Session::home_directory(Request& request) {
    const std::string_view user = request.body.string();
    if (!complete(request)) return;
    if (!user.empty() && user != client_->account())
        return reply(request, Error{Errc::not_found, 0, "home-directory: no such user"});
    reply_name(request.id, "/");
}

// Ids mean nothing outside the server: everything here is the account's, as in long names.
void Session::names_by_id(Request& request) {
    const std::size_t users = request.body.string().size() / 4;
    const std::size_t groups = request.body.string().size() / 4;
    if (!complete(request)) return;
    constexpr std::size_t kMostIds = 1024;  // an answer must fit in a packet
    if (users > kMostIds || groups > kMostIds)
        return reply(request.id, kFailure, "users-groups-by-id: more than 1024 ids");
    Writer writer(port_.out(), kExtendedReply);
    writer.u32(request.id);
    for (const std::size_t count : {users, groups}) {
        writer.u32(static_cast<std::uint32_t>(count * (4 + client_->account().size())));
        for (std::size_t i = 0; i < count; ++i) writer.string(client_->account());
    }
    writer.finish();
}

// 3: a range of the file, as one or in blocks.
void Session::digest(Request& request, const std::string& path) {
    const std::string_view algorithms = request.body.string();
    DigestRange range;
    range.start = request.body.u64();
    range.length = request.body.u64();
    range.block = request.body.u32();
    if (!complete(request)) return;
    if (!wants_sha256(algorithms))
        return reply(request, Error{Errc::unsupported, 0, "check-file: only sha256 is computed here"});
    ask<Digests>(
        request, [&](auto done) { client_->digest(path, range, std::move(done)); },
        [this, id = request.id](const Digests& digests) {
            Writer writer(port_.out(), kExtendedReply);
            writer.u32(id);
            writer.string("check-file");
            writer.string("sha256");
            for (const Sha256& digest : digests)
                for (const std::uint8_t byte : digest.bytes) writer.u8(byte);
            writer.finish();
        });
}

void Session::check_file_name(Request& request) {
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    digest(request, *path);
}

void Session::check_file_handle(Request& request) {
    const std::string_view wire = request.body.string();
    if (!complete(request)) return;
    const OpenHandle* handle = file_of(request, wire);
    if (handle != nullptr) digest(request, handle->path);
}

}  // namespace burnbox::sftp
