// One connection to the SQLite file: the only place where SOCI's exceptions become errors and where
// transactions begin and end. Every write is one BEGIN IMMEDIATE ... COMMIT, durable when it returns
// (synchronous=FULL).
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "common/catalogue/catalogue.hpp"
#include "common/catalogue/database.hpp"

namespace burnbox {

class SqliteDatabase final : public Database {
  public:
    // Opens or creates the file and sets its modes. Errors name the file.
    [[nodiscard]] static Result<std::unique_ptr<SqliteDatabase>> open(const std::string& path,
                                                                      CatalogueTrouble on_trouble);
    ~SqliteDatabase() override;

  private:
    SqliteDatabase(std::string file, std::unique_ptr<soci::session> sql, CatalogueTrouble on_trouble);
    Status run(Access access, std::string_view operation, const Work& work) override;
    void roll_back();
    [[nodiscard]] Error to_error(std::string_view operation, const std::exception& exception);

    const std::string file_;
    const std::unique_ptr<soci::session> sql_;
    const CatalogueTrouble on_trouble_;
};

}  // namespace burnbox
