// OPEN, CLOSE, READ, FSTAT, FSETSTAT, OPENDIR, READDIR (draft-ietf-secsh-filexfer-02 6.3 to 6.8).
#include <algorithm>

#include "server/sftp/session.hpp"

namespace burnbox::sftp {
namespace {

constexpr std::size_t kEntriesPerReply =
    128;  // with the longest names that is 128 * (2 * 255 + 120) bytes, far below a packet

Result<OpenMode> open_mode(std::uint32_t flags, const Attributes& attributes) {
    OpenMode mode;
    mode.read = (flags & kOpenRead) != 0;
    mode.write = (flags & kOpenWrite) != 0;
    mode.append = (flags & kOpenAppend) != 0;
    mode.create = (flags & kOpenCreate) != 0;
    mode.truncate = (flags & kOpenTruncate) != 0;
    mode.exclusive = (flags & kOpenExclusive) != 0;
    mode.permissions = attributes.mode.value_or(0644) & 0777U;
    if (flags > 0x3F) return fail(Errc::unsupported, "open: flags that version 3 does not have");
    if (!mode.read && !mode.write) return fail(Errc::invalid, "open: neither for reading nor for writing");
    if (!mode.write && (mode.append || mode.create || mode.truncate))
        return fail(Errc::invalid, "open: to create, append or truncate it must be for writing");
    if (mode.exclusive && !mode.create) return fail(Errc::invalid, "open: EXCL without CREAT");
    return mode;
}

}  // namespace

void Session::open(Request& request) {
    const auto path = path_of(request);
    const std::uint32_t flags = request.body.u32();
    const Attributes attributes = request.body.attributes();
    if (!complete(request)) return;
    request.changes = (flags & kOpenWrite) != 0;
    if (!path) return reply(request, path.error());
    const auto mode = open_mode(flags, attributes);
    if (!mode) return reply(request, mode.error());
    if (const Status room = handles_.check_room(); !room) {
        if (mode->write) client_->note_refused(*path, room.error());
        return reply(request, room.error());
    }
    auto file = client_->open(*path, *mode);
    if (!file) return reply(request, file.error());
    auto handle = std::make_shared<OpenHandle>();
    handle->path = *path;
    handle->file = std::move(*file);
    handle->readable = mode->read;
    handle->writable = mode->write;
    Writer writer(port_.out(), kHandle);
    writer.u32(request.id);
    writer.string(handles_.add(std::move(handle)));
    writer.finish();
}

// A handle is no longer one from here on, though an fsync may still hold the file: then the file is closed
// after that.
void Session::close(Request& request) {
    const std::string_view wire = request.body.string();
    if (!complete(request)) return;
    const auto handle = handles_.remove(wire);
    if (!handle) return reply(request.id, kFailure, "close: not an open handle");
    if (handle->folder) return reply(request.id, kOk);
    if (handle->in_use > 0) {
        handle->close_id = request.id;
        ++pending_;
        return;
    }
    begin_close(request, handle);
}

void Session::begin_close(const Request& request, const std::shared_ptr<OpenHandle>& handle) {
    run_slow(request, {}, [&](Done done) { client_->close(std::move(handle->file), std::move(done)); });
}

void Session::end_use(const std::shared_ptr<OpenHandle>& handle) {
    if (--handle->in_use > 0 || !handle->close_id) return;
    --pending_;
    begin_close(
        Request{
            .type = kClose, .id = *handle->close_id, .body = Reader({}), .name = "close", .changes = true},
        handle);
}

void Session::read(Request& request) {
    const std::string_view wire = request.body.string();
    const std::uint64_t offset = request.body.u64();
    const std::uint32_t wanted = std::min(request.body.u32(), kMostData);
    if (!complete(request)) return;
    OpenHandle* handle = file_of(request, wire);
    if (handle == nullptr) return;
    if (!handle->readable)
        return reply(request, Error{Errc::permission, 0, "read: the handle is not open for reading"});
    if (offset > static_cast<std::uint64_t>(INT64_MAX) - wanted) return reply(request.id, kEof);
    Writer writer(port_.out(), kData);
    writer.u32(request.id);
    writer.u32(0);
    const auto count = handle->file->read_at(port_.out().extend(wanted), offset);
    if (!count || *count == 0) {
        writer.abandon();
        if (!count) return reply(request, count.error());
        return reply(request.id, wanted == 0 ? kOk : kEof);
    }
    port_.out().shrink_by(wanted - *count);
    writer.patch_u32(9, static_cast<std::uint32_t>(*count));
    writer.finish();
}

void Session::fstat(Request& request) {
    const std::string_view wire = request.body.string();
    if (!complete(request)) return;
    OpenHandle* handle = handles_.find(wire);
    if (handle != nullptr && handle->folder) return reply_info(request, client_->info(handle->path, true));
    handle = file_of(request, wire);
    if (handle != nullptr) reply_info(request, handle->file->info());
}

void Session::fsetstat(Request& request) {
    const std::string_view wire = request.body.string();
    const Attributes attributes = request.body.attributes();
    if (!complete(request)) return;
    OpenHandle* handle = handles_.find(wire);
    const bool folder = handle != nullptr && handle->folder;
    if (!folder) handle = file_of(request, wire);
    if (handle == nullptr) return;
    if (request.body.owner_given()) {
        const auto info = folder ? client_->info(handle->path, true) : handle->file->info();
        if (const Status owner = check_owner(request, attributes, info); !owner) return reply(request, owner);
    }
    reply(request, folder ? client_->set_attributes(handle->path, attributes)
                          : handle->file->set_attributes(attributes));
}

void Session::opendir(Request& request) {
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    if (const Status room = handles_.check_room(); !room) return reply(request, room.error());
    auto folder = client_->open_folder(*path);
    if (!folder) return reply(request, folder.error());
    auto handle = std::make_shared<OpenHandle>();
    handle->path = path->empty() ? "." : *path;
    handle->folder = std::move(*folder);
    Writer writer(port_.out(), kHandle);
    writer.u32(request.id);
    writer.string(handles_.add(std::move(handle)));
    writer.finish();
}

void Session::readdir(Request& request) {
    const std::string_view wire = request.body.string();
    if (!complete(request)) return;
    const OpenHandle* handle = handles_.find(wire);
    if (handle == nullptr || !handle->folder)
        return reply(request.id, kFailure, "readdir: not an open folder's handle");
    const auto entries = handle->folder->next(kEntriesPerReply);
    if (!entries) return reply(request, entries.error());
    if (entries->empty()) return reply(request.id, kEof);
    const Timestamp now = system_clock().now();
    Writer writer(port_.out(), kName);
    writer.u32(request.id);
    writer.u32(static_cast<std::uint32_t>(entries->size()));
    for (const DirEntry& entry : *entries) {
        // One that vanished meanwhile, or that may not be looked at, is listed by its type alone.
        const auto info = client_->info(handle->path + "/" + entry.name, false);
        FileInfo bare;
        bare.type = entry.type;
        writer.string(entry.name);
        writer.string(long_name(entry.name, info ? *info : bare, client_->account(), now));
        writer.attributes(info ? *info : bare);
    }
    writer.finish();
}

}  // namespace burnbox::sftp
