// What a program brought into a leased session, written down in the session's records: whole when the program
// ended well and the account's bounds hold, else cut off. The account is locked.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/files/hash_files.hpp"
#include "server/lease/lease.hpp"
#include "server/lease/leased_folder.hpp"
#include "server/sessions/session_registry.hpp"

namespace burnbox::upload {

struct Brought {
    bool counts = false;      // the program ended well; after write(): and within the bounds
    std::uint64_t began = 0;  // the moment before the look at what it left
    WriteManner manner{};
    Stamps before{};                           // what the program found
    std::vector<std::string> others_before{};  // folders and links
    std::set<std::uint64_t> cut{};             // the inodes of what was not whole then
    FolderLook look;
    LeasedAfter left;
    std::vector<std::optional<HashedFile>> hashed;  // one for each that changed; none: read at the seal
};

class LeaseRecord {
  public:
    LeaseRecord(SessionRegistry& registry, Account& account, OpenSession& session, ConnectionId sender)
        : registry_(registry), account_(account), session_(session), sender_(sender) {}

    void write(Brought& brought);

  private:
    struct NewFiles;
    void forget_missing(const Brought& brought);
    void check_bounds(const NewFiles& fresh, Brought& brought) const;
    void write_file(std::size_t index, const Brought& brought);
    [[nodiscard]] static bool is_unproven(const std::string& path, const FileInfo& info,
                                          const Brought& brought);
    void join_links(const Brought& brought);
    void note_made(const Brought& brought);
    void drop_leftovers(const FolderLook& now);

    SessionRegistry& registry_;
    Account& account_;
    OpenSession& session_;
    const ConnectionId sender_;
};

// Errors: Errc::quota.
[[nodiscard]] Status check_quota(const Account& account);

}  // namespace burnbox::upload
