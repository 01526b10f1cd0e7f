// The folders in whose marks the catalogue's generation is noted: inbox_dir, and the image_dirs that are
// there. One that comes, or comes back, is compared with the catalogue before it is used. Threads: any.
// Blocks on the disks.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/marks/generation.hpp"

namespace burnbox {

class GenerationPlaces {
  public:
    // All outlive this.
    GenerationPlaces(Catalogue& catalogue, FileSystem& state_fs, FileSystem& inbox_fs)
        : catalogue_(catalogue), state_fs_(state_fs), inbox_fs_(inbox_fs) {}

    // Once all image_dirs that are there at the start have come. `away`: which of the image_dirs, from 1, is
    // known and not among them; 0 = none. Of an empty catalogue the labels begin by that, so that two starts
    // with another one away each give none twice. Errors: as check_generation().
    [[nodiscard]] Result<CatalogueAge> begin(unsigned away);

    // The folder is the image_dir that it should be; told again and again. True: the catalogue is older than
    // what is noted there, and goes on behind that. Errors: as compare_generation().
    [[nodiscard]] Result<bool> came(const std::string& image_dir);
    void gone(const std::string& image_dir);

    // Notes the generation, durably in at least one of them.
    [[nodiscard]] Status note();

  private:
    [[nodiscard]] std::vector<FileSystem*> all() const;  // under the lock

    Catalogue& catalogue_;
    FileSystem& state_fs_;
    FileSystem& inbox_fs_;
    std::mutex mutex_;
    bool began_ = false;
    std::map<std::string, std::unique_ptr<FileSystem>> image_dirs_;
};

}  // namespace burnbox
