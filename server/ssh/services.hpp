// Which service an exec request gets: `scp -t|-f` or one of the commands that accounts may give. Network
// thread.
#pragma once

#include <memory>
#include <string_view>

#include "server/control/operations.hpp"
#include "server/sftp/session.hpp"
#include "server/ssh/service.hpp"
#include "server/upload/client.hpp"

namespace burnbox {

// nullptr when the port was told to finish already: the command can't be run, and the client was told why.
[[nodiscard]] std::unique_ptr<Service> start_command(ServicePort& port, std::shared_ptr<Client> client,
                                                     Operations& operations, std::string_view command);

}  // namespace burnbox
