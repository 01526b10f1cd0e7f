// What a client asks of files and of the room there is: answered on the disk pool.
#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/storage/disk_space.hpp"
#include "server/upload/file_digests.hpp"
#include "server/upload/inbox_client.hpp"

namespace burnbox::upload {
namespace {

Result<FileSystem::Space> room_left(SessionRegistry& registry, Account& account) {
    BB_TRY(FileSystem::Space space, space_at(registry.inbox(), account.name));
    const auto bound = [&](std::uint64_t total_bytes, std::uint64_t free_bytes) {
        space.total_bytes = std::min(space.total_bytes, total_bytes);
        space.free_bytes = std::min(space.free_bytes, free_bytes);
    };
    {
        const std::lock_guard lock(account.mutex);
        const std::uint64_t quota = account.terms.quota_bytes();
        if (quota != 0) bound(quota, quota - std::min(account.used_bytes(), quota));
    }
    if (!registry.services.disc_room) return space;
    BB_TRY(const auto disc, registry.services.disc_room(account.terms.pool()));
    if (disc) bound(disc->total_bytes, disc->free_bytes);
    return space;
}

}  // namespace

// An account that may only upload may still compare what it has just sent with what it has, but a digest of
// a few bytes is as good as reading them.
void InboxClient::digest(const std::string& path, const DigestRange& range,
                         std::function<void(Result<Digests>)> done) {
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    const auto answer = [&](Result<Digests> result) {
        after.add([done, result = std::move(result)] { done(result); });
    };
    const auto place = find(path);
    if (!place) return answer(std::unexpected(place.error()));
    const auto info = registry_->inbox().info(place->fs_path);
    if (!info || info->type != FileType::file)
        return answer(fail(Errc::not_found, fmt::format("{}: no such file", escape(path))));
    const bool whole = is_whole(range, info->size_bytes);
    if (place->where != Where::open || !whole)
        if (const Status right = check_read_right(*account_, *place); !right)
            return answer(std::unexpected(right.error()));
    if (const Status sane = check_range(range, info->size_bytes); !sane)
        return answer(std::unexpected(sane.error()));
    if (place->where == Where::open && whole) {
        const FileRecord* const record = place->session->find(place->path.inside);
        if (const auto known = record != nullptr ? record->digest(stamp_of(*info)) : std::nullopt)
            return answer(Digests{*known});
    }
    after.add([registry = registry_, fs_path = place->fs_path, range, done] {
        digest_file(registry->inbox(), fs_path, range, registry->services.run_blocking, done);
    });
}

void InboxClient::space(const std::string& path, std::function<void(Result<FileSystem::Space>)> done) {
    const auto place = [&] {
        const std::lock_guard lock(account_->mutex);
        return find(path);
    }();
    if (!place) return done(std::unexpected(place.error()));
    registry_->services.run_blocking([registry = registry_, account = account_, done = std::move(done)] {
        done(room_left(*registry, *account));
    });
}

}  // namespace burnbox::upload
