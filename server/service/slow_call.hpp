// Begins a slow operation of a Client and brings its answer to the connection's thread. Clients often answer
// at once, inside the call: then nothing is posted.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/service/service.hpp"
#include "server/upload/client.hpp"

namespace burnbox {

// `answer` runs on the connection's thread, or never, when the service that posts is gone by then. What it
// holds on to is let go before the client is, on that thread. Network thread.
void call_slow(const Poster& post, const std::shared_ptr<Client>& client,
               std::function<void(const Result<std::string>&)> answer,
               const std::function<void(Done)>& begin);

}  // namespace burnbox
