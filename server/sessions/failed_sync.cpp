#include "server/sessions/failed_sync.hpp"

#include <fmt/format.h>

#include <charconv>

#include "common/base/digest.hpp"
#include "common/base/log.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox::upload {
namespace {

constexpr std::size_t kMostBytes = 4096;

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

}  // namespace

FailedSync::FailedSync(FileSystem& state_fs, const StagingArea& area, std::string boot_id)
    : fs_(state_fs), path_(path_of(area)), boot_id_(std::move(boot_id)) {}

void FailedSync::note(Timestamp now) {
    const std::lock_guard lock(mutex_);
    is_read_ = true;
    last_ = now;
    const std::string text = fmt::format("{}\n{}\n", boot_id_, now.time_since_epoch().count());
    if (const Status done = replace_file(fs_, path_, text); !done)
        log::error("failed sync not noted", log::kv("file", path_), log::kv(done.error()));
}

std::optional<Timestamp> FailedSync::last() {
    const std::lock_guard lock(mutex_);
    if (is_read_) return last_;
    const auto text = read_file(fs_, path_, kMostBytes);
    if (!text && text.error().code != Errc::not_found) {
        log::warning("failed sync not read", log::kv("file", path_), log::kv(text.error()));
        return std::nullopt;
    }
    is_read_ = true;
    if (text) last_ = parse(*text, boot_id_);
    return last_;
}

}  // namespace burnbox::upload
