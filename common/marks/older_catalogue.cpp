#include "common/marks/older_catalogue.hpp"

#include <optional>

#include "common/session/json_line.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/existence.hpp"

namespace burnbox {
namespace {

constexpr const char* kMemory = "older_catalogue.json";
constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kMostBytes = 1U << 16U;

struct Memory {
    std::uint64_t generation = 0;
    std::uint64_t noted = 0;
    bool shelves_seen = false;
};

Status write_memory(FileSystem& state_fs, const Memory& memory) {
    std::string line;
    JsonLineWriter(line)
        .number("burnbox_older_catalogue", kFormat)
        .number("generation", memory.generation)
        .number("noted", memory.noted)
        .number("shelves_seen", memory.shelves_seen ? 1 : 0)
        .end();
    return replace_file(state_fs, kMemory, line);
}

// Nothing when the catalogue never was older. What can't be made out says the least.
Result<std::optional<Memory>> read_memory(FileSystem& state_fs) {
    const auto text = read_file(state_fs, kMemory, kMostBytes);
    if (!text && text.error().code == Errc::not_found) return std::optional<Memory>();
    if (!text) return std::unexpected(text.error());
    Memory memory;
    JsonLineReader line(*text);
    while (const auto field = line.next()) {
        if (field->key == "generation") memory.generation = field->number.value_or(0);
        if (field->key == "noted") memory.noted = field->number.value_or(0);
        if (field->key == "shelves_seen") memory.shelves_seen = field->number == 1U;
    }
    return std::optional(memory);
}

}  // namespace

Status remember_older_catalogue(FileSystem& state_fs, std::uint64_t generation, std::uint64_t noted) {
    return write_memory(state_fs, {.generation = generation, .noted = noted});
}

Result<bool> may_miss_discs(FileSystem& state_fs) {
    return exists(state_fs, kMemory);
}

Status note_shelves_seen(FileSystem& state_fs) {
    BB_TRY(auto memory, read_memory(state_fs));
    if (!memory || memory->shelves_seen) return {};
    memory->shelves_seen = true;
    return write_memory(state_fs, *memory);
}

Result<bool> has_unseen_shelves(FileSystem& state_fs) {
    BB_TRY(const auto memory, read_memory(state_fs));
    return memory && !memory->shelves_seen;
}

std::string age_text(CatalogueAge age) {
    std::string text;
    switch (age) {
        case CatalogueAge::current:
            return {};
        case CatalogueAge::older:
            text = "the catalogue is older than the data";
            break;
        case CatalogueAge::copied:
            text =
                "the state folder was copied, from a backup or another disk, and may be older than the discs";
            break;
        case CatalogueAge::missing:
            text = "the catalogue is empty, and there is data";
            break;
    }
    return text +
           ": what discs, seal records and receipts say is taken in, and disc labels go on 100 numbers "
           "later; put the newest backup back if there is a newer one. This is said until the next start";
}

}  // namespace burnbox
