#include "server/sessions/resolved_path.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/session/names.hpp"

namespace burnbox::upload {
namespace {

std::shared_ptr<SealedAlias> find_alias(SessionRegistry& registry, Account& account, ConnectionId id,
                                        const std::string& name) {
    const auto connection = account.connections.find(id);
    if (connection == account.connections.end()) return nullptr;
    auto& alias = connection->second.alias;
    const auto found = alias.find(name);
    if (found == alias.end()) return nullptr;
    const SteadyTime now = registry.services.clock.steady_now();
    bool is_over = found->second->is_over(now);
    if (!is_over) {
        const auto folder = current_folder(registry.inbox(), account.name, *found->second);
        is_over = !folder && folder.error().code == Errc::not_found;
    }
    if (is_over) {
        alias.erase(found);
        return nullptr;
    }
    found->second->last_request = now;
    return found->second;
}

Where where_of(FolderState state) {
    switch (state) {
        case FolderState::queued:
            return Where::queued;
        case FolderState::burned:
            return Where::burned;
        case FolderState::failed:
            return Where::failed;
        case FolderState::open:
            break;
    }
    return Where::missing;
}

std::string shown(const ResolvedPath& place) {
    return escape(place.path.folder);
}

}  // namespace

bool ResolvedPath::is_own_file() const {
    return !path.inside.empty() && burnbox::is_own_file(path.inside);
}

bool ResolvedPath::is_sealed_or_sealing() const {
    return where == Where::alias || (where == Where::open && session->phase == Phase::sealing);
}

ResolvedPath locate(SessionRegistry& registry, Account& account, ConnectionId connection,
                    const VirtualPath& path) {
    ResolvedPath place{
        .where = Where::inbox, .path = path, .fs_path = account.name, .session = nullptr, .alias = nullptr};
    if (path.is_root()) return place;
    std::string folder = path.folder;
    if (auto alias = find_alias(registry, account, connection, path.folder)) {
        place.where = Where::alias;
        folder = alias->folder;
        place.alias = std::move(alias);
    } else if (const FolderState state = parse_folder(path.folder).state; state != FolderState::open) {
        place.where = where_of(state);
    } else {
        place.session = registry.find_session(account, path.folder);
        place.where = place.session ? Where::open : Where::missing;
    }
    place.fs_path = join_path(join_path(account.name, folder), path.inside);
    return place;
}

Status check_upload_right(const Account& account) {
    if (account.terms.rights().upload) return {};
    return fail(Errc::permission,
                fmt::format("the account {0} may not upload (accounts.{0}.rights)", account.name));
}

Status check_remove_right(const Account& account) {
    if (account.terms.rights().remove) return {};
    return fail(Errc::permission,
                fmt::format("the account {0} may not delete (accounts.{0}.rights)", account.name));
}

Status check_read_right(const Account& account, const ResolvedPath& place) {
    if (account.terms.rights().read || place.is_own_file()) return {};
    return fail(Errc::permission,
                fmt::format("the account {0} may not read (accounts.{0}.rights)", account.name));
}

Status check_not_sealed(const ResolvedPath& place) {
    // Only for a refusal: nearly every request passes.
    const auto name = [&] { return shown(place); };
    const auto refuse = [](std::string why) { return fail(Errc::permission, std::move(why)); };
    const auto open_name = [&] { return escape(parse_folder(place.path.folder).name); };
    switch (place.where) {
        case Where::inbox:
            return refuse("the inbox itself can't be changed");
        case Where::alias:
            return refuse(fmt::format("{} is sealed", name()));
        case Where::queued:
            return refuse(
                fmt::format("{} is sealed; rename it back to {} to cancel it", name(), open_name()));
        case Where::burned:
            return refuse(fmt::format("{} is sealed and on disc; it can only be read or deleted", name()));
        case Where::failed:
            return refuse(fmt::format("{} is sealed; rename it back to {} to mend it", name(), open_name()));
        case Where::missing:
            return {};
        case Where::open:
            break;
    }
    switch (place.session->phase) {
        case Phase::open:
            return {};
        case Phase::sealing:
            return fail(Errc::busy, fmt::format("{} is being sealed", name()));
        case Phase::arriving:
            return fail(Errc::busy, fmt::format("{} is being taken back; try again", name()));
        case Phase::sealed:
            return refuse(fmt::format("{} is sealed", name()));
        case Phase::away:
        case Phase::gone:
            return fail(Errc::not_found, fmt::format("{} was removed", name()));
    }
    return {};
}

Status check_changeable(const Account& account, const ResolvedPath& place) {
    BB_CHECK(check_not_sealed(place));
    return check_upload_right(account);
}

Status check_not_leased_alone(const ResolvedPath& place) {
    if (!place.session || !place.session->leased_alone) return {};
    return fail(Errc::busy,
                fmt::format("{} can't be written to: an rsync writes into the files of {} in place; "
                            "wait until it ends",
                            escape(place.path.text()), shown(place)));
}

Status check_new_name(const ResolvedPath& place) {
    if (place.where == Where::missing || place.path.is_top()) BB_CHECK(check_session_name(place.path.folder));
    if (place.path.is_top()) return {};
    BB_CHECK(check_entry_name(base_name(place.path.inside)));
    if (place.is_own_file())
        return fail(Errc::permission,
                    fmt::format("{} is a name that burnbox uses itself; choose another name for your file",
                                escape(place.path.inside)));
    return {};
}

std::unexpected<Error> refuse_file_in_inbox(const VirtualPath& path) {
    return fail(Errc::permission,
                fmt::format("{} would be a plain file directly in the inbox; upload into a folder: "
                            "scp FILE HOST:NAME/",
                            escape(path.text())));
}

}  // namespace burnbox::upload
