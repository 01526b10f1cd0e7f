// Where a client's path leads, as this connection sees it, and what may be done there.
#pragma once

#include <memory>
#include <string>

#include "server/rules/virtual_path.hpp"
#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

enum class Where : std::uint8_t {
    inbox,    // "/"
    open,     // in an open session
    missing,  // no folder of that name; a valid one may be made
    alias,    // in a sealed session, under its old name
    queued,
    burned,
    failed,
};

struct ResolvedPath {
    Where where = Where::inbox;
    VirtualPath path;
    std::string fs_path;                   // in the inbox file system
    std::shared_ptr<OpenSession> session;  // Where::open
    std::shared_ptr<SealedAlias> alias;    // Where::alias

    [[nodiscard]] bool is_own_file() const;  // one of burnbox's own texts at a session's top
    // In a session that takes no more changes, under its own name.
    [[nodiscard]] bool is_sealed_or_sealing() const;
    [[nodiscard]] bool is_folder_state() const {
        return where == Where::queued || where == Where::burned || where == Where::failed;
    }
};

// Account locked. A request under an old name keeps that name alive.
[[nodiscard]] ResolvedPath locate(SessionRegistry& registry, Account& account, ConnectionId connection,
                                  const VirtualPath& path);

// The account may upload. Errors: Errc::permission.
[[nodiscard]] Status check_upload_right(const Account& account);
[[nodiscard]] Status check_remove_right(const Account& account);
// Content may be read, or it is one of burnbox's texts.
[[nodiscard]] Status check_read_right(const Account& account, const ResolvedPath& place);

// Whether something below this place may be changed now. Says why not, and what to do instead. Where::missing
// is fine: what the client may make there is check_new_session's.
[[nodiscard]] Status check_not_sealed(const ResolvedPath& place);
// The same, by an account that has to have the right to upload for it.
[[nodiscard]] Status check_changeable(const Account& account, const ResolvedPath& place);

// Whether a client may write into files of the session now: not while a program does so in files that it
// finds, because nobody could tell what is whose. Errors: Errc::busy.
[[nodiscard]] Status check_not_leased_alone(const ResolvedPath& place);

// Whether an entry of this name may be made at this place: a valid session name, or a valid entry name that
// is not burnbox's own.
[[nodiscard]] Status check_new_name(const ResolvedPath& place);

// The same sentence wherever a plain file is put in the inbox itself.
[[nodiscard]] std::unexpected<Error> refuse_file_in_inbox(const VirtualPath& path);

}  // namespace burnbox::upload
