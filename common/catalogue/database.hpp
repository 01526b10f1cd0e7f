// Database: what the catalogue is kept in, a seam. SqliteDatabase is the real one; tests put one in front of
// it that fails at operation N. An operation may call others: all of them are one transaction then, the first
// one's. Threads: any; one at a time gets in.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "common/base/error.hpp"

namespace soci {
class session;
}

namespace burnbox {

class Database {
  public:
    virtual ~Database() = default;

    // Runs query(session), which returns a Result; what it throws becomes "catalogue: <operation>: <cause>".
    // Errors are Origin::catalogue.
    template <typename Query>
    auto read(std::string_view operation, Query&& query) -> decltype(query(std::declval<soci::session&>())) {
        return perform(Access::read, operation, query);
    }
    // The same in one transaction: committed and durable when the query returns a value, undone when it
    // returns an error or throws.
    template <typename Query>
    auto write(std::string_view operation, Query&& query) -> decltype(query(std::declval<soci::session&>())) {
        return perform(Access::write, operation, query);
    }

  protected:
    enum class Access : std::uint8_t { read, write };
    using Work = std::function<Status(soci::session&)>;

  private:
    // One operation that no other called. One at a time.
    virtual Status run(Access access, std::string_view operation, const Work& work) = 0;

    template <typename Query>
    auto perform(Access access, std::string_view operation, Query& query)
        -> decltype(query(std::declval<soci::session&>())) {
        const std::lock_guard lock(mutex_);
        if (session_ != nullptr) {
            BB_ASSERT(access == Access::read || access_ == Access::write);
            return query(*session_);
        }
        std::optional<decltype(query(std::declval<soci::session&>()))> answer;
        const Status done = run(access, operation, [&](soci::session& session) -> Status {
            const Inside inside(*this, access, session);
            answer.emplace(query(session));
            return *answer ? Status() : std::unexpected(answer->error());
        });
        if (!done) answer.emplace(std::unexpected(done.error()));
        return with_origin(Origin::catalogue, std::move(*answer));
    }

    class Inside {  // while it lives, what this thread asks for is part of the operation
      public:
        Inside(Database& database, Access access, soci::session& session) : database_(database) {
            database_.session_ = &session, database_.access_ = access;
        }
        ~Inside() { database_.session_ = nullptr; }
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;

      private:
        Database& database_;
    };

    std::recursive_mutex mutex_;
    soci::session* session_ = nullptr;  // of the operation that runs
    Access access_ = Access::read;      // its
};

}  // namespace burnbox
