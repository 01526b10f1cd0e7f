#include "common/inbox/older_catalogue.hpp"

#include "common/session/json_line.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/existence.hpp"

namespace burnbox {
namespace {

constexpr const char* kMemory = "older_catalogue.json";
constexpr std::uint64_t kFormat = 1;

}  // namespace

Status remember_older_catalogue(FileSystem& state_fs, std::uint64_t generation, std::uint64_t noted) {
    std::string line;
    JsonLineWriter(line)
        .number("burnbox_older_catalogue", kFormat)
        .number("generation", generation)
        .number("noted", noted)
        .end();
    return replace_file(state_fs, kMemory, line);
}

Result<bool> may_miss_discs(FileSystem& state_fs) {
    return exists(state_fs, kMemory);
}

std::string age_text(CatalogueAge age) {
    if (age == CatalogueAge::current) return {};
    return std::string(age == CatalogueAge::older ? "the catalogue is older than the data"
                                                  : "the catalogue is empty, and there is data") +
           ": what discs, seal records and receipts say is taken in, and disc labels go on 100 numbers "
           "later; put "
           "the newest backup back if there is a newer one. This is said until the next start";
}

}  // namespace burnbox
