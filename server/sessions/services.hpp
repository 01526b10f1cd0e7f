// What the inboxes need of the rest of the program.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/clock.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/config/current_config.hpp"
#include "common/events/events.hpp"
#include "common/inbox/inbox.hpp"
#include "common/marks/folder_mark.hpp"
#include "common/marks/generation.hpp"
#include "common/session/proof.hpp"
#include "server/sessions/sealing_names.hpp"

namespace burnbox {

struct DiscRoom {
    std::uint64_t total_bytes = 0, free_bytes = 0;
};

// What those of inbox_dir and the watched folders share.
struct SharedServices {
    const CurrentConfig& config;
    const Clock& clock;
    Catalogue& catalogue;
    FileSystem& state_fs;  // rooted at state_dir: seals/, journal/
    Events& events;
    // Runs a job on the disk pool; never blocks.
    std::function<void(std::function<void()>)> run_blocking;
    // Whether a session of this content can ever be burned in this pool (does_not_fit with both sizes). Pool
    // thread.
    std::function<Status(const std::string& pool, const Manifest& manifest)> check_fits;
    // Whether a disc would show a session as its seal record says (common/session/proof.hpp). Errors: it
    // can't be told now. Pool thread; waits for another process.
    std::function<Result<Proof>(const std::string& seal_id)> prove;
    // A session was queued or withdrawn: the burner may look. Any thread.
    std::function<void()> wake_burner;
    // What the disc that is next in this pool can take, and how much it holds at all; nothing when no drive
    // knows. Pool thread.
    std::function<Result<std::optional<DiscRoom>>(const std::string& pool)> disc_room{};
    // Another one than at the last start: the machine went down between. "" = nobody knows.
    std::string boot_id{};
    // Whether a seal may begin: the server neither stops nor lacks a part. Any thread.
    std::function<Status()> may_seal{};
    // Whether what is stored goes where it will be found; asked before a seal, and again once it is
    // committed. Any thread.
    std::function<Status()> check_storage{};

    // Whether the file system that the folder was on is mounted (KnownFolders). Any thread; blocks.
    std::function<Status(FolderKind kind, const std::string& path)> check_mount{};
    // A folder of the configuration is not there; "" = it is. Any thread.
    std::function<void(const std::string& path, const std::string& why)> folder_is_away{};
    // Found at start: an older copy of the catalogue does not know all that was sealed.
    CatalogueAge catalogue_age = CatalogueAge::current;
    std::shared_ptr<SealingNames> sealing = std::make_shared<SealingNames>();
};

struct UploadServices : SharedServices {
    Inbox& inbox;  // fs(): rooted at inbox_dir, or a watched folder that is laid out like it
};

}  // namespace burnbox
