// copy-data (draft-ietf-secsh-filexfer-extensions-00 7): copies between two open files on the server, one
// slice per turn of the network thread, so that a copy of 100 GB holds nobody up.
#include <algorithm>

#include "server/sftp/session.hpp"

namespace burnbox::sftp {
namespace {

constexpr std::uint64_t kSliceBytes = std::uint64_t{1} << 20U;

}  // namespace

struct Session::Copy {
    std::uint32_t id = 0;
    std::shared_ptr<OpenHandle> from, to;
    std::uint64_t from_offset = 0, to_offset = 0;
    std::uint64_t left = 0;
    FileInfo source{};  // when it began
};

namespace {

// What was read is one version of the source, and whole. One that is copied to its own end changes by that.
Status check_source(UploadFile& source, UploadFile& target, const FileInfo& before, std::uint64_t left) {
    BB_TRY(const FileInfo now, source.info());
    BB_TRY(const FileInfo copied, target.info());
    const bool is_same =
        now.inode == copied.inode ||
        (now.inode == before.inode && now.size_bytes == before.size_bytes && now.ctime == before.ctime);
    if (!is_same || left > 0)
        return fail(Errc::conflict, "copy-data: the source was changed while it was copied; copy it again");
    return now.inode == copied.inode ? Status() : source.check_complete();
}

}  // namespace

void Session::copy_data(Request& request) {
    const std::string_view from = request.body.string();
    const std::uint64_t from_offset = request.body.u64();
    const std::uint64_t length = request.body.u64();
    const std::string_view to = request.body.string();
    const std::uint64_t to_offset = request.body.u64();
    if (!complete(request) || file_of(request, from) == nullptr || file_of(request, to) == nullptr) return;
    auto copy = std::make_shared<Copy>(
        Copy{request.id, handles_.share(from), handles_.share(to), from_offset, to_offset});
    // Whoever closes the target all the same has not brought what it should hold.
    const auto refuse = [&](const Error& error) {
        if (copy->to->writable) copy->to->file->note_lost_write(error);
        reply(request, error);
    };
    constexpr auto kMost = static_cast<std::uint64_t>(INT64_MAX);
    if (from_offset > kMost || to_offset > kMost ||
        (length > 0 && (length > kMost - from_offset || length > kMost - to_offset)))
        return refuse({Errc::invalid, 0, "copy-data: offsets beyond any file's end"});
    if (!copy->from->readable || !copy->to->writable)
        return refuse(
            {Errc::permission, 0, "copy-data: wants one handle open for reading and one for writing"});
    if (copy->from->path == copy->to->path)
        return refuse({Errc::invalid, 0, "copy-data: both handles are the same file"});
    if (const Status whole = copy->from->file->check_complete(); !whole) return refuse(whole.error());
    const auto info = copy->from->file->info();
    if (!info) return refuse(info.error());
    // The end is where it is now: a file that is copied to its own end under another name would never end.
    copy->source = *info;
    copy->left = info->size_bytes - std::min(from_offset, info->size_bytes);
    if (length > 0) copy->left = std::min(copy->left, length);
    ++pending_;
    ++copy->from->in_use;
    ++copy->to->in_use;
    copy_slice(copy);
}

void Session::copy_slice(const std::shared_ptr<Copy>& copy) {
    const std::uint64_t wanted = std::min(copy->left, kSliceBytes);
    std::vector<std::byte> slice(wanted);
    const auto count =
        wanted == 0 ? Result<std::size_t>(0) : copy->from->file->read_at(slice, copy->from_offset);
    Status status;
    if (!count)
        status = std::unexpected(count.error());
    else if (*count > 0)
        status = copy->to->file->write_at(std::span(slice).first(*count), copy->to_offset);
    if (status && *count > 0 && !finished_) {
        copy->from_offset += *count;
        copy->to_offset += *count;
        copy->left -= *count;
        port_.poster()([this, client = client_, copy] { copy_slice(copy); });
        return;
    }
    --pending_;
    if (status && !finished_)
        status = check_source(*copy->from->file, *copy->to->file, copy->source, copy->left);
    if (!status) copy->to->file->note_lost_write(status.error());
    end_use(copy->from);
    end_use(copy->to);
    const Request request{
        .type = kExtended, .id = copy->id, .body = Reader({}), .name = "copy-data", .changes = true};
    reply(request, status);
    finish_if_done();
}

}  // namespace burnbox::sftp
