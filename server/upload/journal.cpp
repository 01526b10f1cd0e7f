#include "server/upload/journal.hpp"

#include <atomic>
#include <vector>

#include "common/base/log.hpp"
#include "common/session/json_line.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox::upload {
namespace {

constexpr std::size_t kReadBytes = 1U << 20U;
std::atomic<int> open_files{0};

std::string path_line(std::string_view verb, std::string_view path) {
    std::string line;
    JsonLineWriter(line).text(verb, path).end();
    return line;
}

std::string pair_line(std::string_view verb, std::string_view from, std::string_view to) {
    std::string line;
    JsonLineWriter(line).text(verb, from).text("to", to).end();
    return line;
}

std::string close_line(std::string_view path, std::uint64_t size_bytes, const Sha256& sha256) {
    std::string line;
    JsonLineWriter(line).text("close", path).number("size", size_bytes).text("sha256", sha256.hex()).end();
    return line;
}

bool is_lost(const std::string& path, const ProvenFiles& files) {
    const auto found = files.find(path);
    return found != files.end() && found->second.lost;
}

// "b" and everything below it takes the place of "a".
void replay_rename(const std::string& from, const std::string& to, ProvenFiles& files) {
    ProvenFiles moved;
    const std::string below = from + "/";
    for (auto at = files.lower_bound(from); at != files.end() && at->first.starts_with(from);) {
        if (at->first != from && !at->first.starts_with(below)) {
            ++at;
            continue;
        }
        moved.emplace(to + at->first.substr(from.size()), at->second);
        at = files.erase(at);
    }
    files.erase(to);
    for (auto& [path, file] : moved) files.insert_or_assign(path, file);
}

}  // namespace

void replay_line(std::string_view line, ProvenFiles& files) {
    std::string verb, path, to;
    std::optional<std::uint64_t> size;
    std::optional<Sha256> digest;
    JsonLineReader reader(line);
    while (const auto field = reader.next()) {
        if (field->key == "to")
            to = field->text;
        else if (field->key == "size")
            size = field->number;
        else if (field->key == "sha256")
            digest = Sha256::parse(field->text);
        else if (verb.empty())
            verb = field->key, path = field->text;
    }
    if (!reader.good()) return;
    if (verb == "close" && size && digest)
        files.insert_or_assign(path, ProvenFile{.size_bytes = *size, .sha256 = *digest});
    else if (verb == "lost")
        files.insert_or_assign(path, ProvenFile{.sha256 = {}, .lost = true});
    else if ((verb == "open" || verb == "cut") && is_lost(path, files))
        return;  // until it is whole
    else if (verb == "rename")
        replay_rename(path, to, files);
    else if (verb == "link") {
        if (const auto found = files.find(path); found != files.end())
            files.insert_or_assign(to, ProvenFile(found->second));
    } else
        files.erase(path);  // open, cut, remove, and whatever a later version may add
}

Journal::Journal(FileSystem& state_fs, std::string account, std::string session)
    : fs_(state_fs), account_(std::move(account)), path_(join_path(folder(account_), session + ".jsonl")) {}

void Journal::rest() {
    if (!file_) return;
    file_.reset();
    --open_files;
}

Status Journal::write(const std::string& line) {
    if (!file_) {
        BB_TRY(file_, fs_.open(path_, {.write = true, .create = true, .append = true, .permissions = 0600}));
        ++open_files;
    }
    return file_->write_at(std::as_bytes(std::span(line)), 0);
}

void Journal::append(const std::string& line) {
    const Status done = write(line);
    if (!done) log::warning("journal not written", log::kv("account", account_), log::kv(done.error()));
    if (!done || open_files > kMostOpen) rest();
}

void Journal::opened(std::string_view path) {
    append(path_line("open", path));
}

void Journal::closed(std::string_view path, std::uint64_t size_bytes, const Sha256& sha256) {
    append(close_line(path, size_bytes, sha256));
}

void Journal::cut(std::string_view path) {
    append(path_line("cut", path));
}

void Journal::lost(std::string_view path) {
    append(path_line("lost", path));
}

void Journal::renamed(std::string_view from, std::string_view to) {
    append(pair_line("rename", from, to));
}

void Journal::linked(std::string_view existing, std::string_view path) {
    append(pair_line("link", existing, path));
}

void Journal::removed(std::string_view path) {
    append(path_line("remove", path));
}

void Journal::rename_session(const std::string& session) {
    const std::string from = std::exchange(path_, join_path(folder(account_), session + ".jsonl"));
    if (const Status done = fs_.rename(from, path_, RenameMode::replace);
        !done && done.error().code != Errc::not_found)
        log::warning("journal not renamed", log::kv("account", account_), log::kv(done.error()));
}

void Journal::remove() {
    rest();
    if (const Status done = fs_.remove(path_); !done && done.error().code != Errc::not_found)
        log::warning("journal not removed", log::kv("account", account_), log::kv(done.error()));
}

Result<ProvenFiles> Journal::load() {
    ProvenFiles files;
    auto file = fs_.open(path_, {.read = true});
    if (!file && file.error().code == Errc::not_found) return files;
    if (!file) return std::unexpected(std::move(file).error());
    std::string text, chunk(kReadBytes, '\0');
    for (std::uint64_t offset = 0;;) {
        BB_TRY(const std::size_t got, (*file)->read_at(std::as_writable_bytes(std::span(chunk)), offset));
        if (got == 0) break;
        offset += got;
        text.append(chunk, 0, got);
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
            replay_line(std::string_view(text).substr(begin, end - begin), files);
        text.erase(0, begin);
    }
    return files;
}

Status Journal::restart(const Manifest& manifest) {
    rest();
    std::string text;
    for (const ManifestEntry& entry : manifest.entries)
        if (entry.type == FileType::file) text += close_line(entry.path, entry.size_bytes, entry.sha256);
    BB_CHECK(make_folders(fs_, folder(account_), 0700));
    return replace_file(fs_, path_, text, Durability::durable, 0600);
}

}  // namespace burnbox::upload
