// A sealed session as the uploader leaves it: folder, seal record, row.
#pragma once

#include <map>
#include <string>

#include "common/base/clock.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/storage/file_system.hpp"
#include "tests/support/tree_generator.hpp"

namespace burnbox::test {

struct SessionPlace {
    FileSystem& inbox_fs;
    FileSystem& state_fs;
    Catalogue& catalogue;
    const Clock& clock;
    unsigned copies = 1;  // that are promised
};

// Of the account alice, in the pool default, durable; content by path. Aborts when it can't be made.
SessionId queue_session(const SessionPlace& place, const std::string& name,
                        const std::map<std::string, std::string>& files, const std::string& marker,
                        const std::string& seal_id);
// The same of a tree whose names a client may send.
SessionId queue_tree(const SessionPlace& place, const std::string& name, const GeneratedTree& tree,
                     const std::string& marker, const std::string& seal_id);

}  // namespace burnbox::test
