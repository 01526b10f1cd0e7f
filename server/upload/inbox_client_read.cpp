#include <fmt/format.h>

#include <cerrno>

#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/files/sent_modes.hpp"
#include "server/rules/link_rule.hpp"
#include "server/upload/close_upload.hpp"
#include "server/upload/inbox_client.hpp"

namespace burnbox::upload {
namespace {

constexpr int kMostLinks = 40;  // like Linux

// The account's inbox shows its folders only: whatever else an administrator keeps there is not a session.
class InboxFolder final : public Folder {
  public:
    explicit InboxFolder(std::unique_ptr<Folder> inner) : inner_(std::move(inner)) {}

    Result<std::vector<DirEntry>> next(std::size_t most) override {
        for (;;) {
            BB_TRY(auto page, inner_->next(most));
            if (page.empty()) return page;
            std::erase_if(page, [](const DirEntry& entry) {
                return entry.type != FileType::folder || entry.name.starts_with('.');
            });
            if (!page.empty()) return page;
        }
    }

  private:
    std::unique_ptr<Folder> inner_;
};

std::unexpected<Error> not_found(const ResolvedPath& place) {
    return fail(Errc::not_found, fmt::format("{}: no such file or folder", escape(place.path.text())));
}

bool may_be_made(const Account& account, const ResolvedPath& place) {
    return place.where == Where::missing && place.path.is_top() && place.path.trailing_slash &&
           account.terms.rights().upload && check_session_name(place.path.folder).has_value();
}

FileInfo virtual_folder(Timestamp now) {
    return {.type = FileType::folder, .mode = 0755, .links = 2, .atime = now, .mtime = now, .ctime = now};
}

}  // namespace

InboxClient::InboxClient(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account)
    : registry_(std::move(registry)), account_(std::move(account)) {
    const std::lock_guard lock(account_->mutex);
    id_ = registry_->tick();
    account_->connections.emplace(id_, ClientConnection{.id = id_,
                                                        .opened = id_,
                                                        .opened_at = registry_->services.clock.now(),
                                                        .alias = {},
                                                        .sealed_by = {},
                                                        .missed_early = {}});
}

InboxClient::~InboxClient() {
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    account_->connections.erase(id_);
    // Sessions leave the map when they are sealed, but not here: look_for_any_file only starts what is sealed
    // later.
    for (const auto& [name, session] : account_->sessions) {
        if (session->writers.erase(id_) == 0 || !session->writers.empty()) continue;
        session->files.rest_journal();
        look_for_any_file(registry_, account_, session, after);
    }
}

Result<ResolvedPath> InboxClient::find(const std::string& path) {
    BB_TRY(const VirtualPath virtual_path, parse_virtual_path(path));
    return locate(*registry_, *account_, id_, virtual_path);
}

Result<ResolvedPath> InboxClient::follow(const ResolvedPath& place) {
    ResolvedPath at = place;
    const std::string top = place.fs_path.substr(
        0, place.fs_path.size() - (place.path.inside.empty() ? 0 : place.path.inside.size() + 1));
    int links = 0;
    for (std::size_t end = 0; end < at.path.inside.size();) {
        end = std::min(at.path.inside.find('/', end == 0 ? 0 : end + 1), at.path.inside.size());
        const std::string part = at.path.inside.substr(0, end);
        BB_TRY(const FileInfo info, registry_->inbox().info(join_path(top, part)));
        if (info.type != FileType::symlink) continue;
        if (++links > kMostLinks) return fail_errno("follow links of", escape(place.path.text()), ELOOP);
        BB_TRY(const std::string target, registry_->inbox().read_symlink(join_path(top, part)));
        BB_TRY(const std::string leads, link_destination(part, target));
        const std::string_view rest =
            std::string_view(at.path.inside).substr(std::min(end + 1, at.path.inside.size()));
        at.path.inside = join_path(leads, rest);
        end = 0;
    }
    at.fs_path = join_path(top, at.path.inside);
    return at;
}

Result<std::string> InboxClient::real_path(const std::string& path) {
    BB_TRY(const VirtualPath virtual_path, parse_virtual_path(path));
    if (virtual_path.is_root()) return "/";
    std::string text = virtual_path.text();
    if (!virtual_path.trailing_slash) return text;
    // The slash of a missing name says that a folder is meant: without it a client would send a plain file of
    // that name next.
    const std::lock_guard lock(account_->mutex);
    const ResolvedPath place = locate(*registry_, *account_, id_, virtual_path);
    const bool there = place.where != Where::missing && registry_->inbox().info(place.fs_path).has_value();
    return there ? text : text + "/";
}

// `place` becomes that of the entry that is told of, at the end of links.
Result<FileInfo> InboxClient::info_at(ResolvedPath& place, bool follow_links) {
    if (place.where == Where::missing) {
        if (may_be_made(*account_, place)) return virtual_folder(registry_->services.clock.now());
        return not_found(place);
    }
    auto info = registry_->inbox().info(place.fs_path);
    if (info && (info->type != FileType::symlink || !follow_links)) return info;
    if (info || info.error().sys_errno == ELOOP) {
        BB_TRY(ResolvedPath target, follow(place));
        place.path.inside = std::move(target.path.inside);
        return registry_->inbox().info(target.fs_path);
    }
    if (info.error().code != Errc::not_found) return info;
    if (place.alias && place.path.inside == place.alias->marker)
        return place.alias->marker_info;  // it went with the burn
    return not_found(place);
}

Result<FileInfo> InboxClient::info_as_sent(ResolvedPath place, bool follow_links) {
    BB_TRY(FileInfo info, info_at(place, follow_links));
    if (place.where == Where::open) return as_sent(place.session->files, place.path.inside, info);
    if (place.alias) place.alias->tell_sent_mode(place.path.inside, info);
    return info;
}

Result<FileInfo> InboxClient::info(const std::string& path, bool follow_links) {
    const std::lock_guard lock(account_->mutex);
    BB_TRY(ResolvedPath place, find(path));
    const bool follows = follow_links || place.path.trailing_slash;
    auto info = info_as_sent(place, follows);
    if (info || place.where != Where::alias || info.error().code != Errc::not_found) return info;
    BB_TRY(place, find(path));  // its folder may have moved on between the look and the call
    return info_as_sent(place, follows);
}

Result<std::unique_ptr<Folder>> InboxClient::open_folder(const std::string& path) {
    const std::lock_guard lock(account_->mutex);
    BB_TRY(ResolvedPath place, find(path));
    if (place.where == Where::missing) return not_found(place);
    if (place.where == Where::inbox) {
        BB_TRY(auto folder, registry_->inbox().open_folder(account_->name));
        return std::make_unique<InboxFolder>(std::move(folder));
    }
    auto folder = registry_->inbox().open_folder(place.fs_path);
    if (folder) return folder;
    if (const auto target = follow(place); target && target->fs_path != place.fs_path)
        return registry_->inbox().open_folder(target->fs_path);
    if (folder.error().code == Errc::not_found) return not_found(place);
    return folder;
}

Result<std::string> InboxClient::read_symlink(const std::string& path) {
    const std::lock_guard lock(account_->mutex);
    BB_TRY(const ResolvedPath place, find(path));
    if (place.where == Where::missing) return not_found(place);
    return registry_->inbox().read_symlink(place.fs_path);
}

}  // namespace burnbox::upload
