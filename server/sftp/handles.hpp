// The open files and folders of one SFTP session. A handle is an index and a generation, which counts every
// handle from a random number on: a closed one is never taken for another. The number over all sessions of a
// connection is bounded by limits.handles. Network thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/upload/client.hpp"

namespace burnbox::sftp {

struct OpenHandle {
    std::string path;
    std::unique_ptr<UploadFile> file;  // one of both
    std::unique_ptr<Folder> folder;
    bool readable = false, writable = false;
    bool failure_told = false;              // the first write that failed was; a client sends many at once
    unsigned in_use = 0;                    // fsyncs and copies under way: the file must stay open
    std::optional<std::uint32_t> close_id;  // CLOSE came meanwhile: its request
};

// How many handles a connection may have, and has.
struct HandleBudget {
    unsigned most = 256;
    unsigned open = 0;
};

class HandleTable {
  public:
    explicit HandleTable(std::shared_ptr<HandleBudget> budget);
    ~HandleTable();
    HandleTable(const HandleTable&) = delete;
    HandleTable& operator=(const HandleTable&) = delete;

    [[nodiscard]] unsigned most() const { return budget_->most; }
    [[nodiscard]] bool any() const { return free_.size() < slots_.size(); }
    [[nodiscard]] Status check_room() const;  // Errc::limit names the key
    [[nodiscard]] std::string add(std::shared_ptr<OpenHandle> handle);
    [[nodiscard]] OpenHandle* find(std::string_view wire) const;  // nullptr: not one of this session's
    [[nodiscard]] std::shared_ptr<OpenHandle> share(std::string_view wire) const;
    std::shared_ptr<OpenHandle> remove(std::string_view wire);

  private:
    struct Slot {
        std::shared_ptr<OpenHandle> handle;
        std::uint32_t generation = 0;
    };
    [[nodiscard]] std::optional<std::size_t> index_of(std::string_view wire) const;

    std::shared_ptr<HandleBudget> budget_;
    std::vector<Slot> slots_;
    std::vector<std::size_t> free_;
    std::uint32_t generation_;  // of the next one
};

}  // namespace burnbox::sftp
