#include "common/storage/account_view.hpp"

#include <cerrno>

namespace burnbox {
namespace {

class OneEntry final : public Folder {
  public:
    explicit OneEntry(std::string name) : name_(std::move(name)) {}
    Result<std::vector<DirEntry>> next(std::size_t most) override {
        if (name_.empty() || most == 0) return std::vector<DirEntry>();
        return std::vector<DirEntry>{{.name = std::exchange(name_, {}), .type = FileType::folder}};
    }

  private:
    std::string name_;
};

class AccountView final : public FileSystem {
  public:
    AccountView(std::unique_ptr<FileSystem> folder, std::string account)
        : folder_(std::move(folder)), account_(std::move(account)) {}

    Result<std::unique_ptr<File>> open(const std::string& path, const OpenMode& mode) override {
        BB_TRY(const std::string inner, inside("open", path));
        return folder_->open(inner, mode);
    }
    Result<std::unique_ptr<Folder>> open_folder(const std::string& path) override {
        if (path.empty()) return std::make_unique<OneEntry>(account_);
        BB_TRY(const std::string inner, inside("open folder", path));
        return folder_->open_folder(inner);
    }
    Result<FileInfo> info(const std::string& path) override {
        if (path.empty()) return folder_->info("");
        BB_TRY(const std::string inner, inside("stat", path));
        return folder_->info(inner);
    }
    Status make_folder(const std::string& path, std::uint32_t permissions) override {
        BB_TRY(const std::string inner, inside("make folder", path));
        return folder_->make_folder(inner, permissions);
    }
    Status remove_folder(const std::string& path) override {
        BB_TRY(const std::string inner, inside("remove folder", path));
        return folder_->remove_folder(inner);
    }
    Status remove(const std::string& path) override {
        BB_TRY(const std::string inner, inside("remove", path));
        return folder_->remove(inner);
    }
    Status rename(const std::string& from, const std::string& to, RenameMode mode) override {
        BB_TRY(const std::string inner_from, inside("rename", from));
        BB_TRY(const std::string inner_to, inside("rename", to));
        return folder_->rename(inner_from, inner_to, mode);
    }
    Status make_symlink(const std::string& target, const std::string& path) override {
        BB_TRY(const std::string inner, inside("make link", path));
        return folder_->make_symlink(target, inner);
    }
    Status make_hardlink(const std::string& existing, const std::string& path) override {
        BB_TRY(const std::string inner_existing, inside("make hard link", existing));
        BB_TRY(const std::string inner, inside("make hard link", path));
        return folder_->make_hardlink(inner_existing, inner);
    }
    Result<std::string> read_symlink(const std::string& path) override {
        BB_TRY(const std::string inner, inside("read link", path));
        return folder_->read_symlink(inner);
    }
    Status set_mode(const std::string& path, std::uint32_t mode) override {
        BB_TRY(const std::string inner, inside("set mode of", path));
        return folder_->set_mode(inner, mode);
    }
    Status set_times(const std::string& path, Timestamp atime, Timestamp mtime) override {
        BB_TRY(const std::string inner, inside("set times of", path));
        return folder_->set_times(inner, atime, mtime);
    }
    Status sync_folder(const std::string& path) override {
        if (path.empty()) return folder_->sync_folder("");
        BB_TRY(const std::string inner, inside("fsync folder", path));
        return folder_->sync_folder(inner);
    }
    Status sync_all() override { return folder_->sync_all(); }
    Result<Space> space() override { return folder_->space(); }
    Result<std::unique_ptr<FileSystem>> subtree(const std::string& path) override {
        BB_TRY(const std::string inner, inside("open folder", path));
        return folder_->subtree(inner);
    }
    std::string host_path(const std::string& path) const override {
        const auto inner = inside("find", path);
        return folder_->host_path(inner ? *inner : std::string());
    }

  private:
    static Result<std::string> inside(std::string_view operation, const std::string& path) {
        if (path.empty()) return fail_errno(operation, ".", EBUSY);
        const std::size_t slash = path.find('/');
        return slash == std::string::npos ? std::string() : path.substr(slash + 1);
    }

    std::unique_ptr<FileSystem> folder_;
    std::string account_;
};

}  // namespace

std::unique_ptr<FileSystem> make_account_view(std::unique_ptr<FileSystem> folder, std::string account) {
    return std::make_unique<AccountView>(std::move(folder), std::move(account));
}

}  // namespace burnbox
