// A session's folder leased to a program that works in it by itself (rsync). Nobody sees its single files
// come, so it counts as one open write handle of the whole session, and what it wrote counts only when it
// ended well: then everything that changed is looked at, hashed and written down, and a marker among it is
// answered. After any other end what changed is cut off until it is sent again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "server/sessions/done.hpp"

namespace burnbox {

// How a program writes in the folder.
struct WriteManner {
    bool dry_run = false;  // nothing is to come
    bool goes_on = false;  // it writes behind what it finds, and looks at none of that
    bool appends = false;  // it writes behind what it finds
    // It writes into files that it finds, having compared their content; else what it brings is a file of its
    // own.
    bool in_place = false;
};

struct LeaseRequest {
    std::vector<std::string> paths;  // the client's; all in one session
    bool writes = false;
    bool makes_folders = false;  // a missing session is meant as a folder, though no slash says so
    bool deletes = false;
    WriteManner manner{};
    // It writes into files that it finds, whatever it looks at: nobody else may write in the session then.
    bool writes_into_files = false;
};

class Lease {
  public:
    struct Terms {
        std::string folder;              // host path of the session's folder
        std::string start_in;            // host path of the folder that `paths` are relative to
        std::vector<std::string> paths;  // "./photos/": never like an option, never upwards
        std::uint64_t most_file_bytes =
            0;                 // what ends a file that grows faster than it is measured; 0 = no quota
        bool may_read = true;  // else nothing of what is there may be told to the client
    };

    virtual ~Lease() = default;  // must have been given back
    [[nodiscard]] virtual const Terms& terms() const = 0;
    // Counts what the program has written so far. Errors: Errc::quota, Errc::limit: end it. Blocks.
    [[nodiscard]] virtual Status measure() = 0;
    // The program is gone for good. `ended_well` makes what it wrote count. Once; blocks; `done` may come
    // later.
    virtual void give_back(bool ended_well, Done done) = 0;
};

using LeaseDone = std::function<void(Result<std::unique_ptr<Lease>>)>;

}  // namespace burnbox
