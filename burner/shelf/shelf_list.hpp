// What lies in the folder of an emulated drive, whatever the catalogue says: every image with the label and
// the serial in its head. Threads: any. Blocks on the disk.
#pragma once

#include <sys/stat.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "burner/drive/drive.hpp"

namespace burnbox {

class ShelfList {
  public:
    explicit ShelfList(std::string folder) : folder_(std::move(folder)) {}

    // The plain files in the folder, by name; hidden ones are none. A head is read again only when its file
    // changed. One that can't be read has the name of its file as label. Errors: io when the folder is away.
    [[nodiscard]] Result<std::vector<ShelfDisc>> read();

  private:
    struct Known {
        struct ::stat info{};
        ShelfDisc disc;
    };
    [[nodiscard]] const ShelfDisc* look_at(const std::string& path);

    const std::string folder_;
    std::mutex mutex_;
    std::map<std::string, Known> known_;  // by path
};

}  // namespace burnbox
