// Which service an exec request gets: `scp -t|-f`, `rsync --server`, or one of the commands that accounts may
// give. Network thread.
#pragma once

#include <memory>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

#include "server/control/operations.hpp"
#include "server/rsync/program.hpp"
#include "server/sftp/session.hpp"
#include "server/ssh/service.hpp"
#include "server/upload/client.hpp"

namespace burnbox {

// What the services of exec requests need beside their channel and client.
struct CommandParts {
    Operations& operations;
    const rsync::Host& rsync;
    boost::asio::any_io_executor executor;  // of the network thread
};

// nullptr when the port was told to finish already: the command can't be run, and the client was told why.
[[nodiscard]] std::unique_ptr<Service> start_command(ServicePort& port, std::shared_ptr<Client> client,
                                                     const CommandParts& parts, std::string_view command);

}  // namespace burnbox
