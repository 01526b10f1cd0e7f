// The Catalogue on SOCI: sqlite3://PATH (WAL, synchronous=FULL).
#pragma once

#include <memory>
#include <string>

#include "common/catalogue/catalogue.hpp"

namespace burnbox {

// Opens or creates the database and migrates its schema to this program's version. Errors name the database
// and the remedy; one written by a newer burnbox is refused.
[[nodiscard]] Result<std::unique_ptr<Catalogue>> open_sql_catalogue(const std::string& url);

}  // namespace burnbox
