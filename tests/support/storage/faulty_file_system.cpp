#include "tests/support/storage/faulty_file_system.hpp"

#include <fmt/format.h>

namespace burnbox::test {
namespace {

class FaultyFile final : public File {
  public:
    FaultyFile(std::unique_ptr<File> inner, FaultPlan& plan, std::string path)
        : inner_(std::move(inner)), plan_(plan), path_(std::move(path)) {}

    Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset) override {
        return inner_->read_at(buffer, offset);
    }
    Status write_at(std::span<const std::byte> data, std::uint64_t offset) override {
        BB_CHECK(plan_.step(fmt::format("write {} at {}", path_, offset)));
        return inner_->write_at(data, offset);
    }
    Status truncate(std::uint64_t size_bytes) override {
        BB_CHECK(plan_.step("truncate " + path_));
        return inner_->truncate(size_bytes);
    }
    Result<FileInfo> info() override { return inner_->info(); }
    Status set_mode(std::uint32_t mode) override {
        BB_CHECK(plan_.step("set mode of " + path_));
        return inner_->set_mode(mode);
    }
    Status set_times(Timestamp atime, Timestamp mtime) override {
        BB_CHECK(plan_.step("set times of " + path_));
        return inner_->set_times(atime, mtime);
    }
    Status sync() override {
        BB_CHECK(plan_.step("fsync " + path_));
        return inner_->sync();
    }
    void start_writeback(std::uint64_t offset, std::uint64_t length) override {
        inner_->start_writeback(offset, length);
    }
    void reserve(std::uint64_t offset, std::uint64_t length) override { inner_->reserve(offset, length); }

  private:
    std::unique_ptr<File> inner_;
    FaultPlan& plan_;
    std::string path_;
};

}  // namespace

Result<std::unique_ptr<File>> FaultyFileSystem::open(const std::string& path, const OpenMode& mode) {
    if (mode.create || mode.truncate) BB_CHECK(plan_.step("create " + path));
    BB_TRY(auto file, inner_.open(path, mode));
    return std::make_unique<FaultyFile>(std::move(file), plan_, path);
}

Status FaultyFileSystem::make_folder(const std::string& path, std::uint32_t permissions) {
    BB_CHECK(plan_.step("make folder " + path));
    return inner_.make_folder(path, permissions);
}

Status FaultyFileSystem::remove_folder(const std::string& path) {
    BB_CHECK(plan_.step("remove folder " + path));
    return inner_.remove_folder(path);
}

Status FaultyFileSystem::remove(const std::string& path) {
    BB_CHECK(plan_.step("remove " + path));
    return inner_.remove(path);
}

Status FaultyFileSystem::rename(const std::string& from, const std::string& to, RenameMode mode) {
    BB_CHECK(plan_.step(fmt::format("rename {} to {}", from, to)));
    return inner_.rename(from, to, mode);
}

Status FaultyFileSystem::make_symlink(const std::string& target, const std::string& path) {
    BB_CHECK(plan_.step("make link " + path));
    return inner_.make_symlink(target, path);
}

Status FaultyFileSystem::make_hardlink(const std::string& existing, const std::string& path) {
    BB_CHECK(plan_.step("make hard link " + path));
    return inner_.make_hardlink(existing, path);
}

Status FaultyFileSystem::set_mode(const std::string& path, std::uint32_t mode) {
    BB_CHECK(plan_.step("set mode of " + path));
    return inner_.set_mode(path, mode);
}

Status FaultyFileSystem::set_times(const std::string& path, Timestamp atime, Timestamp mtime) {
    BB_CHECK(plan_.step("set times of " + path));
    return inner_.set_times(path, atime, mtime);
}

Status FaultyFileSystem::sync_folder(const std::string& path) {
    BB_CHECK(plan_.step("fsync folder " + path));
    return inner_.sync_folder(path);
}

Status FaultyFileSystem::sync_all() {
    BB_CHECK(plan_.step("syncfs"));
    return inner_.sync_all();
}

Result<std::unique_ptr<FileSystem>> FaultyFileSystem::subtree(const std::string& path) {
    BB_TRY(auto tree, inner_.subtree(path));
    return std::make_unique<FaultyFileSystem>(std::move(tree), plan_);
}

}  // namespace burnbox::test
