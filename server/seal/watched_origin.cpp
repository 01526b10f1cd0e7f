#include "server/seal/watched_origin.hpp"

#include "server/seal/withdraw_session.hpp"

namespace burnbox::upload {

std::string WatchedOrigin::pool() const {
    const auto& accounts = services().config.accounts;
    const auto found = accounts.find(account_);
    return found == accounts.end() ? AccountConfig{}.pool : found->second.pool;
}

Status WatchedOrigin::open_again(OpenSession& /*session*/, const SessionRow& row) {
    BB_CHECK(withdraw_from_watched_folder(services(), row));
    return {};
}

}  // namespace burnbox::upload
