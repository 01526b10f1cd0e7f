// LSTAT, STAT, SETSTAT, REMOVE, MKDIR, RMDIR, REALPATH, RENAME, READLINK, SYMLINK
// (draft-ietf-secsh-filexfer-02 6.5 to 6.11).
#include "server/sftp/session.hpp"

namespace burnbox::sftp {

void Session::lstat(Request& request) {
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    reply_info(request, client_->info(*path, false));
}

void Session::stat(Request& request) {
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    reply_info(request, client_->info(*path, true));
}

// Also lsetstat@openssh.com: attributes are never set through links here.
void Session::setstat(Request& request) {
    const auto path = path_of(request);
    const Attributes attributes = request.body.attributes();
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    if (request.body.owner_given())
        if (const Status owner = check_owner(request, attributes, client_->info(*path, true)); !owner)
            return reply(request, owner);
    reply(request, client_->set_attributes(*path, attributes));
}

void Session::remove(Request& request) {
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    reply(request, client_->remove(*path));
}

void Session::mkdir(Request& request) {
    const auto path = path_of(request);
    const Attributes attributes = request.body.attributes();
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    reply(request, client_->make_folder(*path, attributes.mode.value_or(0755) & 0777U));
}

void Session::rmdir(Request& request) {
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    reply(request, client_->remove_folder(*path));
}

void Session::realpath(Request& request) {
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    const auto real = client_->real_path(path->empty() ? "." : *path);
    if (!real) return reply(request, real.error());
    reply_name(request.id, *real);
}

void Session::rename_as(Request& request, RenameMode mode) {
    const auto from = path_of(request);
    const auto to = path_of(request);
    if (!complete(request)) return;
    if (!from || !to) return reply(request, from ? to.error() : from.error());
    run_slow(request, {}, [&](Done done) { client_->rename(*from, *to, mode, std::move(done)); });
}

// 6.5: "it is an error if there already exists a file with the name specified by newpath".
void Session::rename(Request& request) {
    rename_as(request, RenameMode::no_replace);
}

void Session::readlink(Request& request) {
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!path) return reply(request, path.error());
    const auto target = client_->read_symlink(*path);
    if (!target) return reply(request, target.error());
    reply_name(request.id, *target);
}

// OpenSSH sends the target first, against the draft's text (6.10), and every client of weight follows it.
void Session::symlink(Request& request) {
    const auto target = path_of(request);
    const auto path = path_of(request);
    if (!complete(request)) return;
    if (!target || !path) return reply(request, target ? path.error() : target.error());
    reply(request, client_->make_symlink(*target, *path));
}

}  // namespace burnbox::sftp
