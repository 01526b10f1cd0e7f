#include "server/files/journal.hpp"

#include <atomic>
#include <charconv>
#include <vector>

#include "common/base/log.hpp"
#include "common/session/json_line.hpp"
#include "common/storage/durable_file.hpp"
#include "server/rules/attributes.hpp"

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

// The entries at and below "a" take the place of "b" and of nothing else.
template <typename Map>
void replay_rename(const std::string& from, const std::string& to, Map& files) {
    Map moved;
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

struct Line {
    std::string verb, path, to;
    std::optional<std::uint64_t> size, mode;
    std::optional<Sha256> digest;
    std::optional<Timestamp> mtime;
};

std::optional<Timestamp> parse_nanoseconds(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return Timestamp(std::chrono::nanoseconds(count));
}

std::optional<Line> parse_line(std::string_view text) {
    Line line;
    JsonLineReader reader(text);
    while (const auto field = reader.next()) {
        if (line.verb.empty())
            line.verb = field->key, line.path = field->text;
        else if (field->key == "to")
            line.to = field->text;
        else if (field->key == "size")
            line.size = field->number;
        else if (field->key == "mode")
            line.mode = field->number;
        else if (field->key == "mtime")
            line.mtime = parse_nanoseconds(field->text);
        else if (field->key == "sha256")
            line.digest = Sha256::parse(field->text);
    }
    return reader.good() ? std::optional(std::move(line)) : std::nullopt;
}

void replay_file(const Line& line, ProvenFiles& files) {
    using Kind = ProvenFile::Kind;
    auto& file = files[line.path];
    if (!file) file = std::make_shared<ProvenFile>();
    if (line.verb == "close" && line.size && line.digest)
        *file = {.kind = Kind::whole, .size_bytes = *line.size, .sha256 = *line.digest};
    else if (line.verb == "unkept")
        *file = {.kind = Kind::lost, .unkept = true};
    else if (line.verb == "lost" || line.verb == "scattered")
        *file = {.kind = Kind::lost, .unkept = file->unkept};
    else if (line.verb == "anew")
        *file = {.kind = Kind::in_order};
    else if (file->kind == Kind::whole)  // open, cut, and what a later version may add
        *file = {.kind = file->unsure ? Kind::lost : Kind::in_order};
    // One that is lost is that until it is sent anew, or whole.
}

std::string sent_line(std::string_view path, const SentFacts& facts) {
    std::string line;
    JsonLineWriter writer(line);
    writer.text("sent", path);
    if (facts.mode) writer.number("mode", *facts.mode);
    if (facts.mtime) writer.text("mtime", std::to_string(facts.mtime->time_since_epoch().count()));
    writer.end();
    return line;
}

}  // namespace

void replay_line(std::string_view text, JournalContent& content) {
    const auto parsed = parse_line(text);
    if (!parsed) return;
    const Line& line = *parsed;
    if (line.verb == "transfer") {
        content.transfer_open = line.path != "ended";
    } else if (line.verb == "missed") {
        content.missed.insert(line.path);
    } else if (line.verb == "made") {
        content.missed.erase(line.path);
    } else if (line.verb == "machine") {
        for (auto& [path, file] : content.files) file->unsure = file->kind == ProvenFile::Kind::whole;
    } else if (line.verb == "sent") {
        SentFacts& facts = content.sent[line.path];
        if (line.mode) facts.mode = static_cast<std::uint32_t>(*line.mode);
        if (line.mtime) facts.mtime = line.mtime;
    } else if (line.verb == "rename") {
        replay_rename(line.path, line.to, content.files);
        replay_rename(line.path, line.to, content.sent);
    } else if (line.verb == "remove") {
        content.files.erase(line.path);
        content.sent.erase(line.path);
    } else if (line.verb == "link") {
        auto& file = content.files[line.path];
        if (!file) file = std::make_shared<ProvenFile>();
        const auto shared = file;
        content.files.insert_or_assign(line.to, shared);
        if (const auto found = content.sent.find(line.path); found != content.sent.end())
            content.sent.insert_or_assign(line.to, SentFacts(found->second));
    } else {
        replay_file(line, content.files);
    }
}

Journal::Journal(FileSystem& state_fs, std::string account, std::string session)
    : fs_(&state_fs), account_(std::move(account)), path_(join_path(folder(account_), session + ".jsonl")) {}

Status Journal::begin() {
    close();
    torn_ = behind_ = is_short_ = false;
    waiting_.clear();
    if (fs_ == nullptr) return {};
    const OpenMode anew{
        .write = true, .create = true, .exclusive = true, .append = true, .permissions = kMode};
    auto made = fs_->open(path_, anew);
    if (!made && made.error().code == Errc::exists) {
        BB_CHECK(fs_->remove(path_));
        made = fs_->open(path_, anew);
    }
    if (!made) return std::unexpected(std::move(made).error());
    file_ = std::move(*made);
    size_bytes_ = 0;
    if (++open_files > kMostOpen) close();
    return {};
}

void Journal::close() {
    if (!file_) return;
    file_.reset();
    --open_files;
}

// One that was removed meanwhile is not made again.
void Journal::rest() {
    if (fs_ != nullptr && !waiting_.empty()) (void)write({}, false);
    close();
}

// Those that wait come first.
Status Journal::write(std::string_view lines, bool create) {
    if (!file_) {
        BB_TRY(file_,
               fs_->open(path_, {.write = true, .create = create, .append = true, .permissions = kMode}));
        ++open_files;
        BB_TRY(const FileInfo info, file_->info());
        size_bytes_ = info.size_bytes;
    }
    const bool is_plain = !torn_ && waiting_.empty();
    const std::string all = is_plain ? std::string() : (torn_ ? "\n" : "") + waiting_ + std::string(lines);
    const std::string_view text = is_plain ? lines : std::string_view(all);
    torn_ = true;  // a part may be written
    if (const Status written = file_->write_at(std::as_bytes(std::span(text)), 0); !written) {
        (void)file_->truncate(size_bytes_);  // all of it comes once more: no line may count twice
        return written;
    }
    size_bytes_ += text.size();
    torn_ = false;
    waiting_.clear();
    if (behind_ && !is_short_) behind_ = !fs_->set_mode(path_, kMode);
    return {};
}

// What could not be written is remembered where that takes no room.
Status Journal::fall_behind(const Error& why, std::string_view line) {
    close();
    if (waiting_.empty())
        log::warning("journal not written", log::kv("account", account_), log::kv("journal", path_),
                     log::kv("remedy", "make room in state_dir"), log::kv(why));
    waiting_ += line;
    if (waiting_.size() > kMostWaiting) {
        waiting_.clear();
        is_short_ = true;
    }
    if (!behind_) behind_ = fs_->set_mode(path_, kBehind).has_value();
    if (behind_) return {};
    return std::unexpected(why);
}

Status Journal::append(const std::string& line) {
    if (fs_ == nullptr) return {};
    if (const Status done = write(line, true); !done) return fall_behind(done.error(), line);
    if (open_files > kMostOpen) close();
    return {};
}

void Journal::caught_up() {
    is_short_ = false;
    if (behind_ && waiting_.empty()) behind_ = !fs_->set_mode(path_, kMode);
}

Status Journal::sync(FileSystem& state_fs, const std::string& path) {
    BB_TRY(const auto file, state_fs.open(path, {.write = true}));
    BB_CHECK(file->sync());
    return state_fs.sync_folder(std::string(parent_path(path)));
}

void Journal::opened(std::string_view path) {
    append(path_line("open", path));
}

void Journal::begun_anew(std::string_view path) {
    append(path_line("anew", path));
}

Status Journal::scattered(std::string_view path) {
    return append(path_line("scattered", path));
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

void Journal::unkept(std::string_view path) {
    append(path_line("unkept", path));
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

void Journal::machine_went_down() {
    append(path_line("machine", "down"));
}

void Journal::missed(std::string_view path) {
    append(path_line("missed", path));
}

void Journal::made(std::string_view path) {
    append(path_line("made", path));
}

Status Journal::transfer_began() {
    return append(path_line("transfer", "began"));
}

void Journal::transfer_ended_well() {
    append(path_line("transfer", "ended"));
}

void Journal::described(std::string_view path, const SentFacts& facts) {
    append(sent_line(path, facts));
}

void Journal::rename_session(const std::string& session) {
    if (fs_ == nullptr) return;
    const std::string from = std::exchange(path_, join_path(folder(account_), session + ".jsonl"));
    const Status done = fs_->rename(from, path_, RenameMode::replace);
    if (done || done.error().code == Errc::not_found) return;
    log::warning("journal not renamed", log::kv("account", account_), log::kv(done.error()));
    forsake();
}

void Journal::forsake() {
    close();
    waiting_.clear();
    path_.clear();
    fs_ = nullptr;
}

void Journal::remove() {
    close();
    waiting_.clear();
    if (fs_ == nullptr) return;
    if (const Status done = fs_->remove(path_); !done && done.error().code != Errc::not_found)
        log::warning("journal not removed", log::kv("account", account_), log::kv(done.error()));
}

Result<JournalContent> Journal::load() {
    JournalContent content;
    content.missing = fs_ == nullptr;
    if (content.missing) return content;
    auto file = fs_->open(path_, {.read = true});
    content.missing = !file && file.error().code == Errc::not_found;
    if (content.missing) return content;
    if (!file) return std::unexpected(std::move(file).error());
    BB_TRY(const FileInfo info, (*file)->info());
    content.behind = behind_ = is_short_ = (info.mode & kBehind) == kBehind;
    std::string text, chunk(kReadBytes, '\0');
    for (std::uint64_t offset = 0;;) {
        BB_TRY(const std::size_t got, (*file)->read_at(std::as_writable_bytes(std::span(chunk)), offset));
        if (got == 0) break;
        offset += got;
        text.append(chunk, 0, got);
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
            replay_line(std::string_view(text).substr(begin, end - begin), content);
        text.erase(0, begin);
    }
    torn_ = !text.empty();
    replay_line(text, content);  // it may lack nothing but its end, which the next line will give it
    return content;
}

Status Journal::restart(const Manifest& manifest) {
    close();
    torn_ = behind_ = is_short_ = false;
    waiting_.clear();
    if (fs_ == nullptr) return {};
    std::string text;
    for (const ManifestEntry& entry : manifest.entries) {
        if (entry.type == FileType::file) text += close_line(entry.path, entry.size_bytes, entry.sha256);
        if (entry.type != FileType::symlink && staged_mode(entry.type, entry.mode) != entry.mode)
            text += sent_line(entry.path, {.mode = sent_mode(entry.mode), .mtime = {}});
    }
    BB_CHECK(make_folders(*fs_, folder(account_), 0700));
    return replace_file(*fs_, path_, text, Durability::durable, 0600);
}

}  // namespace burnbox::upload
