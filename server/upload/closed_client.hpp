// The Client of an account that can't be served (Account::closed): every request is answered with that.
#pragma once

#include <memory>
#include <string>

#include "server/upload/client.hpp"

namespace burnbox::upload {

[[nodiscard]] std::unique_ptr<Client> make_closed_client(std::string account);

// What its requests get. Clients need not know the machine's paths, which Account::closed has.
[[nodiscard]] Error closed_error(const std::string& account);

}  // namespace burnbox::upload
