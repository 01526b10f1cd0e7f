// The old name of a sealed session, for the connections that were open at the seal: sync clients look at what
// they sent and set its times after CLOSE, and upload everything again when it "vanished". Guarded by the
// account's mutex.
#pragma once

#include <map>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/error.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox::upload {

inline constexpr std::chrono::minutes kPoliteFor{5};

struct SealedAlias {
    std::string name;         // "holiday"
    std::string folder;       // where it was seen last: "holiday-queued"
    std::uint64_t inode = 0;  // of the sealed folder: it moves on while it burns
    std::string marker;       // in the session; it vanishes with the burn
    FileInfo marker_info;     // what STAT of the marker answers then
    SteadyTime last_request;
    bool dropped = false;                               // a new session of that name was asked for
    std::map<std::string, std::uint32_t> sent_modes{};  // by path in it, where its staging copy has others

    void tell_sent_mode(const std::string& path, FileInfo& info) const {
        if (const auto sent = sent_modes.find(path);
            sent != sent_modes.end() && info.type != FileType::symlink)
            info.mode = sent->second;
    }

    [[nodiscard]] bool is_over(SteadyTime now) const { return dropped || now - last_request > kPoliteFor; }
};

// Where the sealed folder is now, as a name in the account's inbox: asks the last place first, then looks
// through the state folders of that name. Errors: Errc::not_found when it was deleted, those of looking.
[[nodiscard]] Result<std::string> current_folder(FileSystem& inbox_fs, const std::string& account,
                                                 SealedAlias& alias);

}  // namespace burnbox::upload
