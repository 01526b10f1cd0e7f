// One connection to the SQLite file behind a mutex: the only place where SOCI's exceptions become errors and
// where transactions begin and end. Every write is one BEGIN IMMEDIATE ... COMMIT, durable when it returns
// (synchronous=FULL). Threads: any; one at a time gets in.
#pragma once

#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/error.hpp"
#include "common/catalogue/sql_catalogue.hpp"

namespace soci {
class session;
}

namespace burnbox {

class Database {
  public:
    // Opens or creates the file and sets its modes. Errors name the file.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string& path,
                                                                CatalogueTrouble on_trouble);
    ~Database();

    // Runs query(session); what it throws becomes "catalogue: <operation>: <cause>".
    template <typename Query>
    auto read(std::string_view operation, Query&& query) -> decltype(query(std::declval<soci::session&>())) {
        const std::lock_guard lock(mutex_);
        try {
            return with_origin(Origin::catalogue, query(*sql_));
        } catch (const std::exception& exception) {
            return std::unexpected(to_error(operation, exception));
        }
    }

    // The same in one transaction: committed when the query returns a value, undone when it returns an error
    // or throws.
    template <typename Query>
    auto write(std::string_view operation, Query&& query) -> decltype(query(std::declval<soci::session&>())) {
        const std::lock_guard lock(mutex_);
        try {
            begin();
            auto result = query(*sql_);
            if (result)
                commit();
            else
                rollback();
            return with_origin(Origin::catalogue, std::move(result));
        } catch (const std::exception& exception) {
            Error error =
                to_error(operation, exception);  // before the rollback overwrites SQLite's error code
            rollback();
            return std::unexpected(std::move(error));
        }
    }

    // See Catalogue::rescue().
    [[nodiscard]] Result<bool> rescue(const std::string& copy);

  private:
    Database(std::string file, std::unique_ptr<soci::session> sql, CatalogueTrouble on_trouble);
    void begin();
    void commit();
    void rollback();
    [[nodiscard]] Error to_error(std::string_view operation, const std::exception& exception);

    const std::string file_;
    std::mutex mutex_;
    std::unique_ptr<soci::session> sql_;
    CatalogueTrouble on_trouble_;
};

}  // namespace burnbox
