#include "server/seal/watched_origin.hpp"

#include "server/withdraw/withdraw_session.hpp"

namespace burnbox::upload {

std::string WatchedOrigin::pool() const {
    return pool_of(services().config, account_).value_or(AccountConfig{}.pool);
}

Status WatchedOrigin::open_again(OpenSession& /*session*/, const SessionRow& row) {
    BB_CHECK(withdraw_from_watched_folder(services(), row));
    return {};
}

}  // namespace burnbox::upload
