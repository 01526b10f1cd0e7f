#include "server/sessions/failed_sync.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "common/base/digest.hpp"
#include "common/base/log.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox::upload {
namespace {

constexpr std::size_t kMostBytes = 4096;
constexpr std::size_t kBytes = 128;
constexpr const char* kNone = "none\n";

std::string path_of(const StagingArea& area) {
    const std::string* const watched = area.watched_folder();
    return "failed_sync." + (watched == nullptr ? std::string("inbox") : Sha256::of(*watched).hex());
}

std::optional<Timestamp> parse(std::string_view text, std::string_view boot_id) {
    if (!text.starts_with(boot_id) || text.substr(boot_id.size(), 1) != "\n") return std::nullopt;
    text.remove_prefix(boot_id.size() + 1);
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc()) return std::nullopt;
    return Timestamp(std::chrono::nanoseconds(count));
}

// As long as any will be.
std::string padded(std::string text) {
    text.resize(std::max(text.size(), kBytes), ' ');
    return text;
}

}  // namespace

FailedSync::FailedSync(FileSystem& state_fs, const StagingArea& area, std::string boot_id)
    : fs_(state_fs), path_(path_of(area)), boot_id_(std::move(boot_id)) {}

// Over the one that is there: a disk that is full, or fails, has that room.
Status FailedSync::write(const std::string& text) {
    const std::string bytes = padded(text);
    const auto file = fs_.open(path_, {.write = true});
    if (!file && file.error().code == Errc::not_found) return replace_file(fs_, path_, bytes);
    if (!file) return std::unexpected(file.error());
    BB_CHECK((*file)->write_at(std::as_bytes(std::span(std::string_view(bytes))), 0));
    return (*file)->sync();
}

void FailedSync::note(Timestamp now) {
    const std::lock_guard lock(mutex_);
    is_read_ = true;
    last_ = now;
    const Status done = write(fmt::format("{}\n{}\n", boot_id_, now.time_since_epoch().count()));
    if (!done) log::error("failed sync not noted", log::kv("file", path_), log::kv(done.error()));
}

Result<std::optional<Timestamp>> FailedSync::last() {
    const std::lock_guard lock(mutex_);
    if (is_read_) return last_;
    const auto text = read_file(fs_, path_, kMostBytes);
    if (!text && text.error().code != Errc::not_found) return std::unexpected(text.error());
    if (text) last_ = parse(*text, boot_id_);
    if (!text)
        if (const Status made = write(kNone); !made)
            log::warning("failed sync can't be noted", log::kv("file", path_), log::kv(made.error()));
    is_read_ = true;
    return last_;
}

}  // namespace burnbox::upload
