// Which protocols clients are served by: the subsystem sftp, and exec requests for scp, rsync and an
// account's own commands.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/config/current_config.hpp"
#include "server/control/operations.hpp"
#include "server/rsync/program.hpp"
#include "server/service/services.hpp"
#include "server/upload/client.hpp"

namespace burnbox {

struct ChannelParts {
    std::function<std::unique_ptr<Client>(const std::string& account)> connect;
    Operations& operations;
    const rsync::Host& rsync;
    const CurrentConfig& config;
};

// `parts` outlives what is made. Threads: any; what it makes belongs to one network thread.
[[nodiscard]] std::unique_ptr<ThreadServices> make_channel_services(const ChannelParts& parts);

}  // namespace burnbox
