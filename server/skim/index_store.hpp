// A skimmer's index on the disk, and what ties it to the sessions it speaks of. In state_dir/skim/<key>/:
//     index                 what was taken, up to the end of the last run
//     <seal id>.pending     what a session takes; durable before that session is sealed
//     <seal id>.taken       the same once the session is sealed; goes into the index at the end of the run
// A crash leaves some of the latter two. Whether a pending one was sealed says the catalogue, which alone
// commits a session: so nothing is taken twice, and nothing counts as taken that is in no session. Threads:
// one at a time. Blocks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/catalogue/catalogue.hpp"
#include "server/skim/index_file.hpp"

namespace burnbox::skim {

class IndexStore {
  public:
    // `key` tells apart what is skimmed: the folder and whose sessions they become.
    IndexStore(FileSystem& state_fs, const std::string& account, const std::string& folder);

    // Ends what a crash cut: before every run, and at start before any client can withdraw a session.
    [[nodiscard]] Status merge_taken(Catalogue& catalogue);
    [[nodiscard]] Result<std::unique_ptr<IndexReader>> read();

    // `entries` in any order.
    [[nodiscard]] Status write_pending(const std::string& seal_id, std::vector<IndexEntry> entries);
    [[nodiscard]] Status mark_taken(const std::string& seal_id);
    [[nodiscard]] Status drop_pending(const std::string& seal_id);
    // Brings everything that is taken, and `more`, into the index.
    [[nodiscard]] Status merge(std::vector<IndexEntry> more);

    [[nodiscard]] std::string host_folder() const { return fs_.host_path(folder_); }

  private:
    [[nodiscard]] std::string file(const std::string& name) const { return join_path(folder_, name); }
    [[nodiscard]] Result<std::vector<std::string>> seal_ids(std::string_view suffix);

    FileSystem& fs_;
    const std::string account_;
    const std::string folder_;
};

}  // namespace burnbox::skim
