#include "server/upload/closed_client.hpp"

#include <fmt/format.h>

#include "server/rules/virtual_path.hpp"

namespace burnbox::upload {
namespace {

class ClosedClient final : public Client {
  public:
    explicit ClosedClient(std::string account) : account_(std::move(account)), why_(closed_error(account_)) {}

    const std::string& account() const override { return account_; }
    Result<std::string> real_path(const std::string& path) override {
        BB_TRY(const VirtualPath place, parse_virtual_path(path));
        return place.is_root() ? "/" : place.text();
    }
    Result<FileInfo> info(const std::string& /*path*/, bool /*follow_links*/) override { return no(); }
    Result<std::unique_ptr<UploadFile>> open(const std::string& /*path*/, const OpenMode& /*mode*/) override {
        return no();
    }
    Result<std::unique_ptr<Folder>> open_folder(const std::string& /*path*/) override { return no(); }
    Status make_folder(const std::string& /*path*/, std::uint32_t /*permissions*/) override { return no(); }
    Status remove_folder(const std::string& /*path*/) override { return no(); }
    Status remove(const std::string& /*path*/) override { return no(); }
    Status set_attributes(const std::string& /*path*/, const Attributes& /*attributes*/) override {
        return no();
    }
    Status make_symlink(const std::string& /*target*/, const std::string& /*path*/) override { return no(); }
    Result<std::string> read_symlink(const std::string& /*path*/) override { return no(); }
    void close(std::unique_ptr<UploadFile> /*file*/, Done done) override { done(no()); }
    void sync(UploadFile& /*file*/, Done done) override { done(no()); }
    void rename(const std::string& /*from*/, const std::string& /*to*/, RenameMode /*mode*/,
                Done done) override {
        done(no());
    }
    void make_hardlink(const std::string& /*existing*/, const std::string& /*path*/, Done done) override {
        done(no());
    }
    void burn(const std::string& /*session*/, bool /*again*/, Done done) override { done(no()); }
    void cancel(const std::string& /*session*/, Done done) override { done(no()); }
    void digest(const std::string& /*path*/, const DigestRange& /*range*/,
                std::function<void(Result<Digests>)> done) override {
        done(no());
    }
    void space(const std::string& /*path*/, std::function<void(Result<FileSystem::Space>)> done) override {
        done(no());
    }
    void lease(const LeaseRequest& /*request*/, LeaseDone done) override { done(no()); }

  private:
    [[nodiscard]] std::unexpected<Error> no() const { return std::unexpected(why_); }

    const std::string account_;
    const Error why_;
};

}  // namespace

std::unique_ptr<Client> make_closed_client(std::string account) {
    return std::make_unique<ClosedClient>(std::move(account));
}

Error closed_error(const std::string& account) {
    return {.code = Errc::unreachable,
            .sys_errno = 0,
            .message = fmt::format("account {} is not served now: its folder on the server can't be used; "
                                   "`burnbox status` tells the operator why",
                                   account)};
}

}  // namespace burnbox::upload
