// Who makes the services of a connection's channels. SSH knows these two and no protocol behind them; which
// there are is chosen by the composition root. Network thread, both.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

#include "server/service/service.hpp"

namespace burnbox {

// Of one connection, whose client has logged in. Services may outlive it.
class ClientServices {
  public:
    virtual ~ClientServices() = default;
    [[nodiscard]] virtual std::unique_ptr<Service> make_subsystem(
        ServicePort& port,
        std::string_view name) = 0;  // nullptr: refused
    // `scp -t|-f`, `rsync --server`, or one of the commands that accounts may give. nullptr: it can't be run,
    // the client was told why, and the port to finish.
    [[nodiscard]] virtual std::unique_ptr<Service> make_command(ServicePort& port,
                                                                std::string_view command) = 0;
};

// Of one network thread: what its connections share. It outlives them.
class ThreadServices {
  public:
    virtual ~ThreadServices() = default;
    // `executor` is that of the thread.
    [[nodiscard]] virtual std::unique_ptr<ClientServices> log_in(
        const std::string& account, const boost::asio::any_io_executor& executor) = 0;
};

using MakeThreadServices = std::function<std::unique_ptr<ThreadServices>()>;

}  // namespace burnbox
