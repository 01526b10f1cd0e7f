// The Catalogue on SOCI: sqlite3://PATH (WAL, synchronous=FULL).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/catalogue/catalogue.hpp"

namespace burnbox {

// Told of every operation that failed because the database could not be read or written, from the thread it
// failed on and before the caller knows. Only notes it: the database waits.
using CatalogueTrouble = std::function<void(const Error&)>;

// Opens or creates the database and migrates its schema to this program's version. Errors name the database
// and the remedy; one written by a newer burnbox is refused.
[[nodiscard]] Result<std::unique_ptr<Catalogue>> open_sql_catalogue(const std::string& url,
                                                                    CatalogueTrouble on_trouble = {});

}  // namespace burnbox
