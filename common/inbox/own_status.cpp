#include "common/inbox/own_status.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/session/part.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox {
namespace {

constexpr std::uint64_t kMostBytes = 1U << 20U;

// "" when there is none, or one that is no file or too large to be burnbox's.
Result<std::string> read_status(FileSystem& fs, const std::string& folder) {
    auto text = read_file(fs, join_path(folder, "STATUS.txt"), kMostBytes);
    if (text) return text;
    if (text.error().code == Errc::not_found || text.error().code == Errc::invalid) return std::string();
    return text;
}

}  // namespace

Result<bool> has_own_status(FileSystem& fs, const std::string& folder) {
    BB_TRY(const std::string text, read_status(fs, folder));
    return text == kSealedStatus || text.starts_with(kStatusBegins);
}

Result<bool> has_status_of(FileSystem& fs, const std::string& folder, const SessionRow& row) {
    BB_TRY(const std::string text, read_status(fs, folder));
    const std::string name = row.account + "/" + std::string(whole_disc_name(row.disc_name));
    return text == kSealedStatus || text.starts_with(fmt::format("{}{}\n", kStatusBegins, escape(name)));
}

}  // namespace burnbox
