#include "server/sftp/session.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "server/service/slow_call.hpp"

namespace burnbox::sftp {
namespace {

constexpr unsigned kMostPending = 64;     // slow answers of one session under way at once
constexpr unsigned kMostRefusals = 1000;  // lines on the person's screen and in the log

}  // namespace

// draft-ietf-secsh-filexfer-02 3 and 6. WRITE is not here: its data is streamed, see write_begin().
// Who may do what is for upload::Client to say.
const Session::Entry Session::kTable[] = {
    {kOpen, "open", false, &Session::open},
    {kClose, "close", false, &Session::close},
    {kRead, "read", false, &Session::read},
    {kLstat, "lstat", false, &Session::lstat},
    {kFstat, "fstat", false, &Session::fstat},
    {kSetstat, "setstat", true, &Session::setstat},
    {kFsetstat, "fsetstat", true, &Session::fsetstat},
    {kOpendir, "opendir", false, &Session::opendir},
    {kReaddir, "readdir", false, &Session::readdir},
    {kRemove, "remove", true, &Session::remove},
    {kMkdir, "mkdir", true, &Session::mkdir},
    {kRmdir, "rmdir", true, &Session::rmdir},
    {kRealpath, "realpath", false, &Session::realpath},
    {kStat, "stat", false, &Session::stat},
    {kRename, "rename", true, &Session::rename},
    {kReadlink, "readlink", false, &Session::readlink},
    {kSymlink, "symlink", true, &Session::symlink},
    {kExtended, "extended", false, &Session::extended},
};

Session::Session(ServicePort& port, const SessionParts& parts)
    : port_(port), client_(parts.client), gather_(parts.gather), handles_(parts.handles), decoder_(*this) {}

Session::~Session() {
    if (gather_.lent_to(*this)) gather_.release();
}

std::size_t Session::receive(std::span<const std::byte> data) {
    if (finished_) return data.size();
    const std::size_t taken = decoder_.feed(data);
    if (decoder_.broken()) give_up("sftp: a packet of impossible length");
    return finished_ ? data.size() : taken;
}

void Session::end_of_input() {
    flush_writes();
    input_ended_ = true;
    finish_if_done();
}

void Session::finish_if_done() {
    if (!input_ended_ || pending_ > 0 || finished_) return;
    finished_ = true;
    port_.finish(decoder_.between_packets() ? 0 : 1);
}

void Session::give_up(std::string_view why) {
    if (finished_) return;
    finished_ = true;
    log::info("sftp session closed", log::kv("account", client_->account()), log::kv("reason", why));
    port_.say(why);
    port_.finish(1);
}

bool Session::full() const {
    return finished_ || pending_ >= kMostPending || port_.out().size() >= kMostQueued;
}

void Session::packet(std::uint8_t type, std::span<const std::byte> body) {
    flush_writes();
    if (finished_) return;
    if (type == kInit) {
        start(Reader(body));
        return;
    }
    Request request{.type = type, .body = Reader(body)};
    request.id = request.body.u32();
    if (!request.body.ok()) {
        give_up("sftp: a packet without a request id");
        return;
    }
    if (!started_) {
        reply(request.id, kOpUnsupported, "INIT must come first");
        return;
    }
    const auto* entry = std::ranges::find(kTable, type, &Entry::type);
    if (entry != std::end(kTable)) {
        request.name = entry->name;
        request.changes = entry->changes;
        (this->*entry->function)(request);
    } else if (type == kWrite) {
        reply(request.id, kBadMessage, "write: lengths that contradict each other");
    } else {
        reply(request.id, kOpUnsupported, "unknown request type");
    }
}

// 4: the version is the lower of both; below 3 nothing here fits.
void Session::start(Reader body) {
    const std::uint32_t version = body.u32();
    if (started_ || !body.ok() || version < 3) {
        give_up(started_ ? "sftp: a second INIT" : "sftp: the client does not speak version 3");
        return;
    }
    started_ = true;
    Writer writer(port_.out(), kVersion);
    writer.u32(3);
    for (const Extension* extension = kExtensions; !extension->name.empty(); ++extension) {
        if (extension->version.empty()) continue;
        writer.string(extension->name);
        writer.string(extension->version);
    }
    writer.finish();
}

void Session::run_slow(const Request& request, std::function<void()> then,
                       const std::function<void(Done)>& begin) {
    ++pending_;
    auto answer = [this, id = request.id, name = request.name,
                   then = std::move(then)](const Result<std::string>& result) {
        --pending_;
        if (result) {
            if (!result->empty()) port_.say(*result);
            reply(id, kOk, *result);
        } else {
            refuse(name, result.error());
            reply(id, status_of(result.error()), result.error().message);
        }
        if (then) then();
        finish_if_done();
    };
    call_slow(port_.poster(), client_, std::move(answer), begin);
}

bool Session::complete(const Request& request) {
    if (request.body.ok()) return true;
    reply(request.id, kBadMessage,
          std::string(request.name) + ": the packet is cut short or contradicts itself");
    return false;
}

Result<std::string> Session::path_of(Request& request) {
    const std::string_view path = request.body.string();
    if (path.size() > kMostPath)
        return fail(Errc::invalid, std::string(request.name) + ": a path of more than 4096 bytes");
    if (path.find('\0') != std::string_view::npos)
        return fail(Errc::invalid, std::string(request.name) + ": a NUL in a path");
    return std::string(path);
}

// Clients that change one attribute may send back all that they were told (JSch does), the owner too: beside
// others it is taken when it stays as it is. Asked for by itself it is a chown, and refused.
Status Session::check_owner(const Request& request, const Attributes& attributes,
                            const Result<FileInfo>& info) const {
    const Reader& body = request.body;
    const auto stays = [](std::uint32_t wanted, std::uint32_t is) {
        return wanted == Reader::kNobody || wanted == is;
    };
    if (!info) return std::unexpected(info.error());
    const bool beside_others = attributes.size_bytes || attributes.mode || attributes.mtime;
    if (beside_others && stays(body.uid(), info->uid) && stays(body.gid(), info->gid)) return {};
    return fail(
        Errc::permission,
        std::string(request.name) + ": owners can't be changed here; who owned a file is not kept on a disc");
}

OpenHandle* Session::file_of(Request& request, std::string_view wire) {
    OpenHandle* handle = handles_.find(wire);
    if (handle != nullptr && handle->file) return handle;
    reply(request.id, kFailure, std::string(request.name) + ": not an open file's handle");
    return nullptr;
}

StatusCode status_of(const Error& error) {
    switch (error.code) {
        case Errc::not_found:
            return kNoSuchFile;
        case Errc::permission:
            return kPermissionDenied;
        case Errc::unsupported:
            return kOpUnsupported;
        default:
            return kFailure;
    }
}

void Session::reply(std::uint32_t id, StatusCode code, std::string_view text) {
    if (finished_) return;
    Writer writer(port_.out(), kStatus);
    writer.u32(id);
    writer.u32(code);
    writer.string(text);
    writer.string("");  // language tag
    writer.finish();
}

// Most clients show no status texts, so a refusal goes to their standard error too; what a program merely
// probes for does not.
void Session::refuse(const char* name, const Error& error) {
    if (++refusals_ > kMostRefusals) return;
    log::info("request refused", log::kv("account", client_->account()), log::kv("request", name),
              log::kv(error));
    port_.say(error.message);
    if (refusals_ == kMostRefusals) port_.say("further refusals of this session are not shown");
}

void Session::reply(const Request& request, const Error& error) {
    const bool probe = (error.code == Errc::not_found && !request.changes) ||
                       error.code == Errc::unsupported ||
                       (error.code == Errc::exists && request.type == kMkdir);
    if (!probe) refuse(request.name, error);
    reply(request.id, status_of(error), error.message);
}

void Session::reply(const Request& request, const Status& status) {
    if (status)
        reply(request.id, kOk);
    else
        reply(request, status.error());
}

void Session::reply_info(const Request& request, const Result<FileInfo>& info) {
    if (!info) {
        reply(request, info.error());
        return;
    }
    Writer writer(port_.out(), kAttrs);
    writer.u32(request.id);
    writer.attributes(*info);
    writer.finish();
}

void Session::reply_name(std::uint32_t id, std::string_view path) {
    Writer writer(port_.out(), kName);
    writer.u32(id);
    writer.u32(1);
    writer.string(path);
    writer.string(path);
    writer.u32(0);
    writer.finish();
}

}  // namespace burnbox::sftp
