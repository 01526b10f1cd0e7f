// Links: symbolic ones are data, whatever their name; a hard link is a file like any other.
#include <fmt/format.h>

#include "common/base/text.hpp"
#include "server/rules/link_rule.hpp"
#include "server/sessions/resolved_path.hpp"
#include "server/upload/inbox_client.hpp"

namespace burnbox::upload {
namespace {

std::unexpected<Error> missing(const ResolvedPath& place) {
    return fail(Errc::not_found, fmt::format("{}: no such file or folder", escape(place.path.text())));
}

}  // namespace

Status InboxClient::make_symlink(const std::string& target, const std::string& path) {
    const std::lock_guard lock(account_->mutex);
    BB_TRY(const ResolvedPath place, find(path));
    return noted(place.path, make_symlink_at(place, target));
}

Status InboxClient::make_symlink_at(const ResolvedPath& place, const std::string& target) {
    if (place.where == Where::inbox || place.path.is_top())
        return fail(Errc::permission,
                    "a link can't lie directly in the inbox; make it inside a session's folder");
    BB_CHECK(check_changeable(*account_, place));
    if (place.where == Where::missing) return missing(place);
    BB_CHECK(check_new_name(place));
    BB_TRY(const std::string leads, link_destination(place.path.inside, target));
    BB_CHECK(account_->check_other_room(registry_->limits()));
    BB_CHECK(registry_->inbox().make_symlink(target, place.fs_path));
    ++place.session->others;
    place.session->files.made(place.path.inside);
    note_change(place);
    place.session->folders_completed = registry_->tick();
    return {};
}

Status InboxClient::link_entry(const ResolvedPath& from, const ResolvedPath& place) {
    if (place.where == Where::inbox || place.path.is_top())
        return fail(Errc::permission,
                    "a link can't lie directly in the inbox; make it inside a session's folder");
    BB_CHECK(check_changeable(*account_, place));
    if (place.where == Where::missing || from.where == Where::missing)
        return missing(place.where == Where::missing ? place : from);
    BB_CHECK(check_new_name(place));
    if (from.where != Where::open || from.session != place.session || from.is_own_file())
        return fail(Errc::permission, "a hard link must stay inside its open session");
    BB_CHECK(account_->check_file_room(registry_->limits()));
    BB_TRY(const FileInfo before, registry_->inbox().info(from.fs_path));
    OpenSession& session = *place.session;
    const FileRecord* const known = session.find(from.path.inside);
    if (before.type != FileType::file || (known != nullptr && !known->is_at_rest()))
        return fail(Errc::permission,
                    fmt::format("{} is no complete file: it can't be linked", escape(from.path.text())));
    const std::uint64_t more_bytes = known != nullptr ? known->size_bytes() : 2 * before.size_bytes;
    BB_CHECK(account_->charge(more_bytes));
    if (const Status made = registry_->inbox().make_hardlink(from.fs_path, place.fs_path); !made) {
        account_->release(more_bytes);
        return made;
    }
    FileRecord& record = session.files.found(from.path.inside);
    if (known == nullptr) {
        session.files.counted(record, before.size_bytes);
        session.files.stamped(record, before);
    }
    session.files.linked(from.path.inside, place.path.inside);
    if (const auto after = registry_->inbox().info(from.fs_path))
        session.files.restamped(record, before, *after);
    session.files.completed(record, {.now = registry_->tick()});  // never a marker by the predecessor's rule
    note_change(place);
    return {};
}

void InboxClient::make_hardlink(const std::string& existing, const std::string& path, Done done) {
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    const auto from = find(existing);
    const auto place = find(path);
    Status linked = !from    ? Status(std::unexpected(from.error()))
                    : !place ? Status(std::unexpected(place.error()))
                             : noted(place->path, link_entry(*from, *place));
    if (linked && seal_if_marker(*place, done, after)) return;
    after.add([done = std::move(done), linked = std::move(linked)] {
        done(linked ? Result<std::string>(std::string()) : std::unexpected(linked.error()));
    });
}

}  // namespace burnbox::upload
