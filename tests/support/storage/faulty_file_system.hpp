// FaultyFileSystem: passes everything on to another FileSystem, except the operations that its FaultPlan says
// fail; those have no effect. Counted is whatever changes something or makes it durable, in files and
// subtrees too; reading is not. A look at one path can be planned to fail too.
#pragma once

#include <memory>
#include <string>

#include "common/storage/file_system.hpp"
#include "tests/support/storage/fault_plan.hpp"

namespace burnbox::test {

class FaultyFileSystem final : public FileSystem {
  public:
    FaultyFileSystem(FileSystem& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}
    FaultyFileSystem(std::unique_ptr<FileSystem> inner, FaultPlan& plan)
        : owned_(std::move(inner)), inner_(*owned_), plan_(plan) {}

    Result<std::unique_ptr<File>> open(const std::string& path, const OpenMode& mode) override;
    Result<std::unique_ptr<Folder>> open_folder(const std::string& path) override {
        BB_CHECK(plan_.look(path));
        return inner_.open_folder(path);
    }
    Result<FileInfo> info(const std::string& path) override {
        BB_CHECK(plan_.look(path));
        return inner_.info(path);
    }
    Status make_folder(const std::string& path, std::uint32_t permissions) override;
    Status remove_folder(const std::string& path) override;
    Status remove(const std::string& path) override;
    Status rename(const std::string& from, const std::string& to, RenameMode mode) override;
    Status make_symlink(const std::string& target, const std::string& path) override;
    Status make_hardlink(const std::string& existing, const std::string& path) override;
    Result<std::string> read_symlink(const std::string& path) override { return inner_.read_symlink(path); }
    Status set_mode(const std::string& path, std::uint32_t mode) override;
    Status set_times(const std::string& path, Timestamp atime, Timestamp mtime) override;
    Status sync_folder(const std::string& path) override;
    Status sync_all() override;
    Result<Space> space() override { return inner_.space(); }
    Result<std::unique_ptr<FileSystem>> subtree(const std::string& path) override;
    std::string host_path(const std::string& path) const override { return inner_.host_path(path); }

  private:
    std::unique_ptr<FileSystem> owned_;
    FileSystem& inner_;
    FaultPlan& plan_;
};

}  // namespace burnbox::test
