#include "common/marks/generation.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "common/marks/copied_state.hpp"
#include "common/marks/folder_mark.hpp"
#include "common/marks/found_again.hpp"
#include "common/marks/older_catalogue.hpp"

namespace burnbox {
namespace {

struct Reached {
    std::uint64_t generation = 0;
    std::uint64_t disc_number = 0;  // of the last disc that was begun
    bool by_another = false;        // noted: by a catalogue that has begun something else
};

Result<Reached> reached_by(Catalogue& catalogue) {
    BB_TRY(const std::uint64_t generation, catalogue.generation());
    BB_TRY(const unsigned next, catalogue.next_disc_number());
    return Reached{.generation = generation, .disc_number = next - 1};
}

// By whatever catalogue: each that was put back went on for itself.
Result<Reached> highest_noted(Catalogue& catalogue, std::span<FileSystem* const> places) {
    Reached highest;
    for (FileSystem* const place : places) {
        const auto mark = read_folder_mark(*place);
        // A shelf that is closed to us is away, as its drive says.
        if (!mark && mark.error().code == Errc::permission) continue;
        if (!mark) return std::unexpected(mark.error());
        if (!*mark) continue;
        highest.generation = std::max(highest.generation, (*mark)->generation);
        highest.disc_number = std::max(highest.disc_number, (*mark)->disc_number);
        BB_TRY(const bool ours, catalogue.has_begun((*mark)->last_begun));
        highest.by_another = highest.by_another || !ours;
    }
    return highest;
}

// A catalogue that begins beside what an earlier one left.
Result<bool> has_predecessor(Catalogue& catalogue, FileSystem& state_fs, FileSystem& inbox_fs) {
    BB_TRY(const auto rows, catalogue.sessions(""));
    if (!rows.empty()) return false;
    BB_TRY(const auto seals, unreferenced_seals(state_fs, catalogue));
    if (!seals.empty()) return true;
    BB_TRY(const auto accounts, list_folder(inbox_fs, ""));
    for (const DirEntry& account : accounts) {
        if (account.type != FileType::folder) continue;
        BB_TRY(const auto receipts, receipts_in(inbox_fs, account.name));
        if (!receipts.empty()) return true;
    }
    return false;
}

std::string what_it_is(CatalogueAge age) {
    switch (age) {
        case CatalogueAge::copied:
            return "the state folder was copied, and may be older than the discs";
        case CatalogueAge::missing:
            return "catalogue is empty";
        case CatalogueAge::older:
        case CatalogueAge::current:
            break;
    }
    return "catalogue is older than the data";
}

void tell(CatalogueAge age, std::uint64_t generation, std::uint64_t noted) {
    log::warning(what_it_is(age), log::kv("generation", generation), log::kv("noted", noted),
                 log::kv("what",
                         "what discs, seal records and receipts say is taken in, and disc labels go on "
                         "100 numbers later"),
                 log::kv("remedy", "put the newest backup of the catalogue back if there is a newer one"));
}

bool is_behind(const Reached& own, const Reached& noted) {
    return noted.generation > own.generation || noted.disc_number > own.disc_number || noted.by_another;
}

// Remembered before the catalogue looks like a current one.
Status go_on_behind(Catalogue& catalogue, FileSystem& state_fs, CatalogueAge age, const Reached& own,
                    const Reached& noted) {
    tell(age, own.generation, noted.generation);
    BB_CHECK(remember_older_catalogue(state_fs, own.generation, noted.generation));
    const std::uint64_t last = std::max(own.disc_number, noted.disc_number);
    return catalogue.go_on_after(noted.generation,
                                 static_cast<unsigned>(last - own.disc_number) + kSkippedDiscNumbers);
}

}  // namespace

Result<CatalogueAge> check_generation(Catalogue& catalogue, FileSystem& state_fs, FileSystem& inbox_fs,
                                      std::span<FileSystem* const> places) {
    BB_TRY(const Reached own, reached_by(catalogue));
    BB_TRY(const Reached noted, highest_noted(catalogue, places));
    CatalogueAge age = is_behind(own, noted) ? CatalogueAge::older : CatalogueAge::current;
    if (age == CatalogueAge::current && own.generation == 0) {
        BB_TRY(const bool missing, has_predecessor(catalogue, state_fs, inbox_fs));
        if (missing) age = CatalogueAge::missing;
    }
    if (age == CatalogueAge::current && own.generation != 0) {
        BB_TRY(const bool copied, is_copied_state(state_fs));
        if (copied) age = CatalogueAge::copied;
    }
    if (age == CatalogueAge::current) {
        BB_TRY(const bool unseen, has_unseen_shelves(state_fs));
        if (unseen) age = CatalogueAge::older;  // as an earlier start found, which came to nothing
    } else {
        BB_CHECK(go_on_behind(catalogue, state_fs, age, own, noted));
    }
    BB_CHECK(note_generation_in(catalogue, places));
    BB_CHECK(note_this_state(state_fs));
    return age;
}

Result<CatalogueAge> compare_generation(Catalogue& catalogue, FileSystem& state_fs, FileSystem& place) {
    FileSystem* const places[] = {&place};
    BB_TRY(const Reached own, reached_by(catalogue));
    BB_TRY(const Reached noted, highest_noted(catalogue, places));
    const bool behind = is_behind(own, noted);
    if (behind) BB_CHECK(go_on_behind(catalogue, state_fs, CatalogueAge::older, own, noted));
    BB_CHECK(note_generation_in(catalogue, places));
    return behind ? CatalogueAge::older : CatalogueAge::current;
}

Result<bool> skip_unseen_labels(Catalogue& catalogue) {
    BB_TRY(const unsigned next, catalogue.next_disc_number());
    if (next != 1) return false;
    log::warning(
        "disc labels go on 100 numbers later",
        log::kv("reason", "the catalogue has no disc, and discs may be in an image_dir that is away"),
        log::kv("remedy", "mount it"));
    BB_CHECK(catalogue.go_on_after(0, kSkippedDiscNumbers));
    return true;
}

Status note_generation_in(Catalogue& catalogue, std::span<FileSystem* const> places) {
    BB_TRY(const Reached own, reached_by(catalogue));
    BB_TRY(const std::string last_begun, catalogue.last_begun());
    bool noted = false;
    Status last;
    for (FileSystem* const place : places) {
        const Status done = note_generation(*place, own.generation, own.disc_number, last_begun);
        if (done) {
            noted = true;
        } else if (done.error().code != Errc::not_found || done.error().sys_errno != 0) {
            last = done;
            log::warning("generation not noted", log::kv("folder", place->host_path("")),
                         log::kv(done.error()));
        }
    }
    return noted ? Status() : last;
}

}  // namespace burnbox
