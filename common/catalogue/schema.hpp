// The catalogue's schema as numbered migrations.
#pragma once

#include <string>

#include "common/base/error.hpp"

namespace soci {
class session;
}

namespace burnbox {

// The schema this program reads and writes.
[[nodiscard]] int newest_schema_version();

// Brings the database to newest_schema_version(), inside the caller's transaction. `path` is for messages.
// Errors: unsupported when a newer burnbox wrote it, invalid when it is a database of another program. Throws
// what SOCI throws.
[[nodiscard]] Status migrate(soci::session& sql, const std::string& path);

// Writes the row that says the version as it is.
[[nodiscard]] Status write_unchanged_version(soci::session& sql);

}  // namespace burnbox
