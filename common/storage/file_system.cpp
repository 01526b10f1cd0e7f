#include "common/storage/file_system.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace burnbox {

Status check_path(std::string_view path) {
    if (path.empty()) return {};
    bool good = path.find('\0') == std::string_view::npos;
    for (std::size_t begin = 0; good && begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const auto component = path.substr(begin, end - begin);
        good = !component.empty() && component != "." && component != "..";
        begin = end + 1;
    }
    if (!good) return fail(Errc::invalid, fmt::format("\"{}\" is no path inside the folder", escape(path)));
    return {};
}

std::string join_path(std::string_view folder, std::string_view name) {
    if (folder.empty()) return std::string(name);
    if (name.empty()) return std::string(folder);
    std::string path;
    path.reserve(folder.size() + 1 + name.size());
    path.append(folder).append("/").append(name);
    return path;
}

std::string_view parent_path(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

Result<std::vector<DirEntry>> list_folder(FileSystem& fs, const std::string& path) {
    BB_TRY(const auto folder, fs.open_folder(path));
    std::vector<DirEntry> entries;
    for (;;) {
        BB_TRY(auto page, folder->next(4096));
        if (page.empty()) break;
        if (entries.empty())
            entries = std::move(page);
        else
            std::ranges::move(page, std::back_inserter(entries));
    }
    std::ranges::sort(entries, {}, &DirEntry::name);
    return entries;
}

Result<std::string> read_file(FileSystem& fs, const std::string& path, std::uint64_t most_bytes) {
    BB_TRY(const auto file, fs.open(path, {.read = true}));
    BB_TRY(const FileInfo info, file->info());
    const auto too_large = [&] {
        return fail(Errc::invalid,
                    fmt::format("read {}: the file is larger than {} bytes", path, most_bytes));
    };
    if (info.size_bytes > most_bytes) return too_large();
    std::string content;
    content.resize(info.size_bytes + 1);  // one byte more, to see the end of the file in the same read
    std::size_t filled = 0;
    for (;;) {
        if (filled == content.size()) content.resize(content.size() * 2);
        const auto rest = std::as_writable_bytes(std::span(content)).subspan(filled);
        BB_TRY(const std::size_t got, file->read_at(rest, filled));
        filled += got;
        if (filled > most_bytes) return too_large();  // it grew since
        if (got == 0) break;
    }
    content.resize(filled);
    return content;
}

namespace {

// Makes one folder that may be there already.
Status make_one(FileSystem& fs, const std::string& path, std::uint32_t permissions) {
    const Status made = fs.make_folder(path, permissions);
    if (made || made.error().code != Errc::exists) return made;
    BB_TRY(const FileInfo info, fs.info(path));
    if (info.type != FileType::folder)
        return fail(Errc::exists, fmt::format("make folder {}: something else has that name", path));
    return {};
}

}  // namespace

Status make_folders(FileSystem& fs, const std::string& path, std::uint32_t permissions) {
    if (path.empty()) return {};
    // From the deepest up to the first parent that is there, then down again: one call when only the last is
    // missing.
    std::size_t end = path.size();
    for (;;) {
        const Status made = make_one(fs, path.substr(0, end), permissions);
        if (made) break;
        const std::size_t slash = path.rfind('/', end - 1);
        if (made.error().code != Errc::not_found || slash == std::string::npos) return made;
        end = slash;
    }
    while (end < path.size()) {
        end = std::min(path.find('/', end + 1), path.size());
        BB_CHECK(make_one(fs, path.substr(0, end), permissions));
    }
    return {};
}

Status remove_tree(FileSystem& fs, const std::string& path) {
    const auto info = fs.info(path);
    if (!info) {
        if (info.error().code == Errc::not_found) return {};
        return std::unexpected(info.error());
    }
    if (info->type != FileType::folder) return fs.remove(path);
    // A stack instead of recursion: a client decides how deep a tree is.
    struct Step {
        std::string path;
        bool emptied = false;
    };
    std::vector<Step> stack = {{path}};
    while (!stack.empty()) {
        if (stack.back().emptied) {
            if (!stack.back().path.empty()) BB_CHECK(fs.remove_folder(stack.back().path));
            stack.pop_back();
            continue;
        }
        stack.back().emptied = true;
        const std::string folder = stack.back().path;
        BB_TRY(const auto entries, list_folder(fs, folder));
        for (const DirEntry& entry : entries) {
            std::string child = join_path(folder, entry.name);
            if (entry.type == FileType::folder)
                stack.push_back({std::move(child)});
            else
                BB_CHECK(fs.remove(child));
        }
    }
    return {};
}

}  // namespace burnbox
