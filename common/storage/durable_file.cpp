#include "common/storage/durable_file.hpp"

namespace burnbox {
namespace {

// Created exclusively, never truncated: a leftover of that name might be a hard link to something else.
Result<std::unique_ptr<File>> create_fresh(FileSystem& fs, const std::string& path,
                                           std::uint32_t permissions) {
    const OpenMode mode{.write = true, .create = true, .exclusive = true, .permissions = permissions};
    auto file = fs.open(path, mode);
    if (file || file.error().code != Errc::exists) return file;
    BB_CHECK(fs.remove(path));
    return fs.open(path, mode);
}

Status write_temporary(FileSystem& fs, const std::string& path, const std::function<Status(File&)>& write,
                       Durability durability, std::uint32_t permissions) {
    BB_TRY(const auto file, create_fresh(fs, path, permissions));
    BB_CHECK(write(*file));
    if (durability == Durability::durable) BB_CHECK(file->sync());
    return {};
}

}  // namespace

Status replace_file(FileSystem& fs, const std::string& path, std::string_view content, Durability durability,
                    std::uint32_t permissions) {
    return replace_file_with(
        fs, path, [&](File& file) { return file.write_at(std::as_bytes(std::span(content)), 0); }, durability,
        permissions);
}

Status replace_file_with(FileSystem& fs, const std::string& path, const std::function<Status(File&)>& write,
                         Durability durability, std::uint32_t permissions) {
    const std::string folder(parent_path(path));
    const std::string temporary = join_path(folder, "." + std::string(base_name(path)) + ".tmp");
    Status done = write_temporary(fs, temporary, write, durability, permissions);
    if (done) done = fs.rename(temporary, path, RenameMode::replace);
    if (!done) {
        (void)fs.remove(temporary);  // the first error is the one to report
        return done;
    }
    if (durability == Durability::durable) BB_CHECK(fs.sync_folder(folder));
    return {};
}

}  // namespace burnbox
